package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

class DependenciesTest {
    private final Tables tables = new Tables();

    @BeforeEach
    void ports() {
        for (int port = 1; port <= 2; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
    }

    private Dependencies of(String packet, String... flows) {
        for (String flow : flows) {
            tables.put(new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1)));
        }
        tables.publish();
        Match match = FlowText.parseMatch(packet);
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] = match.value(w);
        }
        Translation run = new Translation(tables, key, 0);
        run.run();
        return run.dependencies();
    }

    private static boolean touches(String flow, Dependencies on) {
        return on.touchedBy(FlowText.parse(flow));
    }

    @Test
    void entryForOthersDoesNotTouch() {
        Dependencies on =
                of("in_port=1,udp,udp_dst=80", "priority=9,udp,tp_dst=80,actions=goto_table:3");
        assertTrue(touches("priority=9,udp,actions=drop", on));
        assertTrue(touches("priority=9,in_port=1,nw_dst=1.2.3.4,ip,actions=drop", on));
        assertTrue(touches("table=3,ip,actions=drop", on));
        assertFalse(touches("table=3,in_port=2,actions=drop", on));
        assertFalse(touches("table=3,ipv6,actions=drop", on));
        assertFalse(touches("table=2,actions=drop", on));
        assertFalse(touches("priority=8,actions=drop", on)); // below what is hit
        assertFalse(touches("priority=9,udp,tp_dst=81,actions=drop", on));
        assertFalse(touches("priority=9,reg3=1,actions=drop", on)); // no packet brings any
    }

    @Test
    void whatThePipelineWroteIsKnown() {
        Dependencies on =
                of(
                        "in_port=1,udp",
                        "udp,actions=set_field:1.2.3.4->ip_dst,set_field:7->reg1,goto_table:1",
                        "table=1,priority=1,actions=resubmit(2,2)");
        assertTrue(touches("table=1,priority=1,ip,nw_dst=1.2.3.4,actions=drop", on));
        assertTrue(touches("table=1,priority=1,reg1=7,actions=drop", on));
        assertTrue(touches("table=2,in_port=2,actset_output=unset,actions=drop", on));
        assertFalse(touches("table=1,priority=1,ip,nw_dst=1.2.3.5,actions=drop", on));
        assertFalse(touches("table=1,priority=1,reg1=6,actions=drop", on));
        assertFalse(touches("table=2,in_port=1,actions=drop", on));
    }

    @Test
    void conjunctionsAreToldByTheirClauses() {
        Dependencies on =
                of(
                        "in_port=1,udp,nw_dst=1.2.3.4",
                        "priority=9,udp,actions=conjunction(5,1/2)",
                        "priority=9,ip,nw_dst=1.2.3.4,actions=conjunction(5,2/2)");
        assertTrue(touches("conj_id=5,actions=drop", on));
        assertTrue(touches("priority=1,conj_id=5,actions=drop", on));
        assertFalse(touches("conj_id=5,ipv6,actions=drop", on));
    }

    @Test
    void addressesOfBothEndsAreNamed() {
        Dependencies on =
                of(
                        "in_port=1,dl_vlan=3,eth_src=02:00:00:00:00:01,eth_dst=02:00:00:00:00:02",
                        "actions=NORMAL");
        long[] macs = on.macs().clone();
        java.util.Arrays.sort(macs);
        assertArrayEquals(
                new long[] {3L << 48 | 0x020000000001L, 3L << 48 | 0x020000000002L}, macs);
    }

    @Test
    void runThatLooksUpTooMuchIsTouchedByAll() {
        String[] flows = new String[100];
        for (int i = 0; i < flows.length; i++) {
            flows[i] =
                    "table=%d,actions=set_field:%d->reg0,resubmit(,%d)".formatted(i, i + 1, i + 1);
        }
        assertTrue(touches("table=200,reg7=9,actions=drop", of("in_port=1", flows)));
    }
}
