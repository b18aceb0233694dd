package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.PortQos;
import org.skyway.vswitch.tables.PortQos.Queue;
import org.skyway.vswitch.tables.PortQos.Rate;
import org.skyway.vswitch.tables.Tables;

/// Into which queue of a port a packet gets.
class QueueTranslationTest {
    private final Tables tables = new Tables();

    @BeforeEach
    void ports() {
        for (int port = 1; port <= 4; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
        Queue marked = new Queue(Rate.ANY, Rate.ANY, 10);
        Queue markedFirst = new Queue(Rate.ANY, Rate.ANY, 0);
        PortQos two =
                new PortQos(
                        "linux-htb",
                        Rate.ANY,
                        0,
                        new TreeMap<>(Map.of(0, Queue.PLAIN, 1, Queue.PLAIN, 2, Queue.PLAIN)));
        PortQos three =
                new PortQos(
                        "linux-htb", Rate.ANY, 0, new TreeMap<>(Map.of(0, markedFirst, 2, marked)));
        tables.qos(Map.of(2, two, 3, three));
    }

    /// Outputs as port or port:queue, and DSCPs that are written.
    private String sent(String... flows) {
        for (String flow : flows) {
            tables.put(new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1)));
        }
        tables.publish();
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, 1);
        Field.ETH_TYPE.set(key, 0x0800);
        Field.IP_PROTO.set(key, 17);
        Field.IP_DSCP.set(key, 5);
        Translation run = new Translation(tables, key, 0);
        List<String> all = new ArrayList<>();
        for (DatapathAction action : run.run().actions()) {
            all.add(
                    switch (action) {
                        case DatapathAction.Output(int port) -> "" + port;
                        case DatapathAction.Enqueue(int port, int queue) -> port + ":" + queue;
                        case DatapathAction.Rewrite(long[] values, long[] masks) -> {
                            assertEquals(Field.IP_DSCP.ones(), Field.IP_DSCP.get(masks));
                            yield "dscp" + Field.IP_DSCP.get(values);
                        }
                        default -> action.getClass().getSimpleName();
                    });
        }
        return String.join(" ", all);
    }

    @Test
    void aQueueGoesWithThePacketUntilItIsPopped() {
        assertEquals(
                "2:1 4 2:2 2",
                sent(
                        "actions=set_queue:1,output:2,4,set_queue:2,resubmit(,1)",
                        "table=1,actions=output:2,pop_queue,output:2"));
    }

    @Test
    void aQueueThatAPortHasNotIsTheDefaultOne() {
        assertEquals(
                "2 4 2 2",
                sent(
                        "actions=set_queue:9,output:2,4,set_queue:4294967295,output:2,set_queue:0,output:2"));
    }

    @Test
    void enqueueIsForItsOutputOnly() {
        assertEquals("2 2:2 2 4", sent("actions=output:2,enqueue:2:2,output:2,enqueue:4:2"));
    }

    @Test
    void whatIsPutAsideComesBack() {
        tables.group(
                1,
                new GroupState(
                        GroupText.parse(
                                "group_id=1,type=all,bucket=set_queue:1,output:2,bucket=output:2"),
                        0,
                        () -> new FlowCounters(1)));
        assertEquals(
                "2:1 2 2 2:2 2",
                sent("actions=group:1,output:2,clone(set_queue:2,output:2),output:2"));
    }

    @Test
    void packetsAreMarkedWhereTheirQueueSaysSo() {
        assertEquals(
                "dscp10 3:2 dscp5 4 3 dscp0 3 dscp5 2",
                sent("actions=set_queue:2,output:3,4,pop_queue,output:3,set_queue:0,output:3,2"));
    }
}
