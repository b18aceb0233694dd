package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.text.FlowText;
import org.skyway.pipeline.classifier.TupleTable;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// One entry takes the place of another, in two tables at once: a reader sees it so in both or in
/// none of them, and never a table without either.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "before")
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "after")
@Outcome(expect = FORBIDDEN, desc = "a change that is seen half done")
@State
public class TablesPublished {
    private static final FlowEntry[] OLD = {entry("priority=1", 0), entry("priority=1", 1)};
    private static final FlowEntry[] NEW = {entry("priority=2", 0), entry("priority=2", 1)};

    private final Tables tables = new Tables();
    private final long[] key = new long[FlowKey.WORDS];
    private final long[] examined = new long[FlowKey.WORDS];

    /// The old entries are there.
    public TablesPublished() {
        for (FlowEntry entry : OLD) {
            tables.put(entry);
        }
        tables.publish();
    }

    private static FlowEntry entry(String priority, int table) {
        return new FlowEntry(
                FlowText.parse("table=%d,%s,actions=drop".formatted(table, priority)),
                0,
                0,
                new FlowCounters(1));
    }

    /// The ofproto thread.
    @Actor
    public void change() {
        for (int table = 0; table < 2; table++) {
            tables.put(NEW[table]);
            tables.remove(OLD[table]);
        }
        tables.publish();
    }

    /// A poll thread.
    ///
    /// @param r the priorities of what matched
    @Actor
    public void look(II_Result r) {
        long version = tables.version();
        r.r2 = found(1, version);
        r.r1 = found(0, version);
    }

    private int found(int table, long version) {
        TupleTable<FlowEntry> entries = tables.table(table);
        FlowEntry entry = entries.lookup(key, examined, version, Integer.MAX_VALUE);
        return entry == null ? 0 : entry.rule().priority();
    }
}
