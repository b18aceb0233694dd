package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;

class UpcallsTest {
    private final Faults faults = new Faults();
    private final Upcalls upcalls = new Upcalls(faults);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final long packet = Arena.ofAuto().allocate(1 << 17, 64).address();

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static DatapathAction.Learned rule(int port) {
        return new DatapathAction.Learned(
                FlowText.parse("udp,tp_dst=" + port + ",actions=drop"), 0);
    }

    @Test
    void consumerThatThrowsGetsTheNextOneAllTheSame() {
        List<Integer> lengths = new ArrayList<>();
        upcalls.deliver(
                tasks::add,
                p -> {
                    if (p.length() > 65_535) {
                        throw new StackOverflowError();
                    }
                    lengths.add(p.length());
                },
                l -> {
                    throw new IllegalStateException("no");
                });
        upcalls.packetIn(packet, 70_000, null);
        upcalls.learned(rule(1));
        upcalls.packetIn(packet, 60, null);
        runAll();
        upcalls.packetIn(packet, 70_000, null);
        upcalls.packetIn(packet, 61, null);
        runAll();
        assertEquals(List.of(60, 61), lengths);
        assertEquals(3, faults.total());
    }

    @Test
    void oneTaskTakesManyLearnedRulesAndWhatFindsNoRoomIsCounted() {
        int[] learned = {0};
        upcalls.deliver(tasks::add, p -> {}, l -> learned[0]++);
        for (int i = 0; i < Upcalls.RULES + 100; i++) {
            upcalls.learned(rule(i));
        }
        assertEquals(1, tasks.size());
        runAll();
        assertEquals(Upcalls.RULES, learned[0]);
        assertEquals(100, upcalls.rulesDropped());
        upcalls.learned(rule(7));
        runAll();
        assertEquals(Upcalls.RULES + 1, learned[0]);
    }

    @Test
    void packetsBeyondTheBoundAreCounted() {
        int[] came = {0};
        upcalls.deliver(tasks::add, p -> came[0]++, l -> {});
        for (int i = 0; i < Upcalls.PACKETS + 5; i++) {
            upcalls.packetIn(packet, 60, null);
        }
        runAll();
        assertEquals(Upcalls.PACKETS, came[0]);
        assertEquals(5, upcalls.dropped());
    }

    @Test
    void eventLoopThatRefusesOnceIsAskedAgain() {
        int[] came = {0};
        int[] asked = {0};
        upcalls.deliver(
                task -> {
                    if (asked[0]++ == 0) {
                        throw new RejectedExecutionException();
                    }
                    tasks.add(task);
                },
                p -> came[0]++,
                l -> {});
        upcalls.packetIn(packet, 60, null);
        upcalls.packetIn(packet, 60, null);
        runAll();
        assertEquals(2, came[0]);
    }
}
