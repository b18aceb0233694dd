package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Translation;

/// What runs of the pipeline see while the tables change under them.
class TablesStressTest {
    private static final int PAIRS = 400;
    private static final int ROUNDS = 10;
    private static final int BUNDLES = 3000;

    private final Tables tables = new Tables();
    private final AtomicLong reading = new AtomicLong(); // the oldest version in use
    private final AtomicLong runs = new AtomicLong();
    private volatile boolean over;

    TablesStressTest() {
        for (int port = 1; port <= 4; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
    }

    private static FlowEntry entry(String flow) {
        return new FlowEntry(FlowText.parse(flow), 0, 0, new FlowCounters(1));
    }

    private static long[] key() {
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, 1);
        Field.ETH_TYPE.set(key, 0x0800);
        Field.IP_PROTO.set(key, 17);
        Field.UDP_DST.set(key, 80);
        return key;
    }

    private void publish() {
        tables.publish();
        tables.reclaim(Math.min(reading.get(), tables.version()));
    }

    private Callable<Void> reader(Runnable look) {
        return () -> {
            while (!over) {
                reading.set(tables.version());
                look.run();
                runs.incrementAndGet();
            }
            reading.set(Long.MAX_VALUE);
            return null;
        };
    }

    private void whileReading(Runnable look, Runnable changes) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Void> reader = thread.submit(reader(look));
            try {
                while (runs.get() == 0 && !reader.isDone()) {
                    Thread.onSpinWait();
                }
                changes.run();
            } finally {
                over = true;
            }
            reader.get();
        }
        assertTrue(runs.get() > 1000, runs + " runs");
    }

    /// The entry that comes and goes is the highest of its mask; what is wanted stands behind that
    /// mask, and something lower that matches, too, before it.
    @Test
    void unrelatedEntriesThatComeAndGoHideNone() throws Exception {
        tables.put(entry("priority=10,in_port=1,udp,tp_dst=80,actions=output:2"));
        tables.put(entry("priority=25,udp,tp_dst=81,actions=drop"));
        tables.put(entry("priority=6,udp,tp_dst=80,actions=output:3"));
        tables.put(entry("priority=4,udp,tp_src=9,actions=output:4"));
        publish();
        DatapathProgram expected = new Translation(tables, key(), 0).run();
        whileReading(
                () -> {
                    DatapathProgram program = new Translation(tables, key(), 0).run();
                    assertArrayEquals(expected.entries(), program.entries());
                    assertEquals(2, program.onlyOutput());
                },
                () -> {
                    for (int i = 0; i < PAIRS * ROUNDS; i++) {
                        FlowEntry other = entry("priority=20,udp,tp_src=7,actions=drop");
                        tables.put(other);
                        publish();
                        tables.remove(other);
                        publish();
                    }
                });
    }

    /// Each bundle moves the packet to another port in three tables and a group, and something is
    /// rolled back in between.
    @Test
    void bundlesAreSeenWhole() throws Exception {
        bundle(2, List.of());
        publish();
        Random random = new Random(1);
        whileReading(
                () -> {
                    DatapathProgram program = new Translation(tables, key(), 0).run();
                    DatapathAction[] actions = program.actions();
                    assertEquals(4, program.entries().length);
                    assertEquals(3, actions.length);
                    for (DatapathAction action : actions) {
                        assertEquals(actions[0], action);
                    }
                },
                () -> {
                    List<FlowEntry> before = bundle(2, List.of());
                    for (int i = 0; i < BUNDLES; i++) {
                        FlowEntry rolledBack = entry("priority=99,actions=drop");
                        tables.put(rolledBack);
                        tables.remove(rolledBack);
                        before = bundle(2 + random.nextInt(3), before);
                        publish();
                    }
                });
    }

    private List<FlowEntry> bundle(int port, List<FlowEntry> before) {
        int priority = 10 + (port + before.size()) % 3;
        List<FlowEntry> now =
                List.of(
                        entry("table=0,priority=7,udp,actions=output:" + port + ",goto_table:1"),
                        entry(
                                "table=1,priority=%d,tp_dst=80,udp,actions=output:%d,goto_table:2"
                                        .formatted(priority, port)),
                        entry("table=2,priority=" + priority + ",actions=group:1,goto_table:3"),
                        entry("table=3,priority=" + priority + ",actions=drop"));
        before.forEach(tables::remove);
        now.forEach(tables::put);
        String group = "group_id=1,type=all,bucket=actions=output:" + port;
        tables.group(1, new GroupState(GroupText.parse(group), 0, () -> new FlowCounters(1)));
        return now;
    }
}
