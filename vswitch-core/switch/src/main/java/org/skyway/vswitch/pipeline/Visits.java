package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.MacTable;

/// Where a packet came by: whom to count it to.
final class Visits {
    private final List<FlowEntry> entries = new ArrayList<>();
    private final List<FlowCounters> groups = new ArrayList<>(0);
    private int[] lookedUp = new int[4];
    private int lookups;
    private int[] matched = new int[4];
    private int matches;

    void lookedUp(int table) {
        if (lookups == lookedUp.length) {
            lookedUp = Arrays.copyOf(lookedUp, 2 * lookups);
        }
        lookedUp[lookups++] = table;
    }

    void hit(int table, FlowEntry entry) {
        if (matches == matched.length) {
            matched = Arrays.copyOf(matched, 2 * matches);
        }
        matched[matches++] = table;
        entries.add(entry);
    }

    void group(FlowCounters counters) {
        groups.add(counters);
    }

    /// The first entry that was hit, or null.
    FlowEntry first() {
        return entries.isEmpty() ? null : entries.getFirst();
    }

    DatapathProgram program(List<DatapathAction> actions, MacTable.Entry source) {
        return new DatapathProgram(
                actions,
                entries,
                Arrays.copyOf(lookedUp, lookups),
                Arrays.copyOf(matched, matches),
                source,
                groups);
    }
}
