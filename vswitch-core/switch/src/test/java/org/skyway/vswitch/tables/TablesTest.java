package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.pipeline.Translation;

class TablesTest {
    private final Tables tables = new Tables();

    private static FlowEntry entry(String flow) {
        return new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1));
    }

    private static PortState port(int number) {
        return PortState.of(number, "p" + number, number);
    }

    private int output(Translation run) {
        return run.run().onlyOutput();
    }

    @Test
    void readersSeeWhatIsPublished() {
        long[] key = new long[FlowKey.WORDS];
        tables.port(port(1));
        tables.port(port(2));
        tables.put(entry("actions=group:1"));
        tables.publish();
        Translation before = new Translation(tables, key, 0);
        tables.group(
                1,
                new GroupState(
                        GroupText.parse("group_id=1,type=all,bucket=output:2"),
                        0,
                        () -> new FlowCounters(1)));
        assertEquals(-1, output(new Translation(tables, key, 0)));
        assertEquals(2, output(Translation.ofNewest(tables, key, 0)));
        TableChanges changes = tables.publish();
        assertTrue(changes.everything());
        assertEquals(2, changes.version());
        assertEquals(-1, output(before));
        assertEquals(2, output(new Translation(tables, key, 0)));
        tables.removePort(2);
        assertEquals(2, output(new Translation(tables, key, 0)));
        tables.publish();
        assertEquals(-1, output(new Translation(tables, key, 0)));
    }

    @Test
    void changesNameTheEntries() {
        FlowEntry one = entry("priority=1,actions=drop");
        FlowEntry two = entry("priority=2,actions=drop");
        tables.put(one);
        tables.publish();
        tables.put(two);
        tables.remove(one);
        TableChanges changes = tables.publish();
        assertFalse(changes.everything());
        assertEquals(List.of(two.rule(), one.rule()), changes.rules());
        assertTrue(tables.publish().isEmpty());
    }

    @Test
    void whatIsLearnedAtAPortWhileItGoesIsForgotten() {
        tables.port(port(1));
        tables.publish();
        tables.removePort(1);
        tables.publish();
        tables.macs().learn(0, 5, 1, 0); // by a run that began before
        tables.reclaim(tables.version());
        assertNull(tables.macs().find(0, 5));
    }
}
