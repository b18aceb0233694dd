package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.counters.BurstLog;

class FlowEntryTest {
    private static final FlowRule RULE =
            FlowText.parse("in_port=1,idle_timeout=3,actions=output:2");

    @Test
    void toReplaceAnEntryIsNotToUseIt() {
        FlowCounters counters = new FlowCounters(1);
        FlowEntry entry = new FlowEntry(RULE, 100, 100, counters);
        assertEquals(100, entry.lastUsedNanos());
        FlowEntry modified = entry.replacedBy(RULE, 100, 500, counters);
        assertEquals(100, modified.lastUsedNanos());
        counters.add(BurstLog.none(0), 1, 64, 600);
        assertEquals(600, modified.lastUsedNanos());
        FlowEntry reset = modified.replacedBy(RULE, 700, 700, new FlowCounters(1));
        assertEquals(600, reset.lastUsedNanos());
    }
}
