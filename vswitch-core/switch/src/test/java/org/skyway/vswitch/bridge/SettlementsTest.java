package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.port.LocalPort;
import org.skyway.vswitch.tables.Tables;

@Timeout(60)
class SettlementsTest {
    private static final int ROUNDS = 20_000; // fewer on a machine where threads take turns
    private static final long NANOS = 10_000_000_000L;

    // Whoever removes ports counts on it: interfaces that are closed after the last of them are
    // those that the ones before have left. The thread that goes on meanwhile is a real one.
    @Test
    void noneEndsBeforeOneThatWasBegunEarlier() {
        Faults faults = new Faults();
        LocalPort port = new LocalPort(1);
        Queue<Runnable> work = new ArrayDeque<>();
        try (Datapath datapath = new Datapath(1, new Tables(), null, faults)) {
            Settlements settlements = new Settlements(datapath, faults, new Notes(null));
            settlements.start(work::add, () -> {});
            datapath.start(List.of());
            long end = System.nanoTime() + NANOS;
            for (int round = 0; round < ROUNDS && System.nanoTime() - end < 0; round++) {
                List<Integer> over = new ArrayList<>();
                datapath.removePort(port);
                settlements.afterGrace(() -> over.add(1));
                settlements.afterGrace(() -> over.add(2));
                settlements.afterGrace(() -> over.add(3));
                while (over.size() < 3) {
                    Runnable next = work.poll();
                    if (next == null) {
                        settlements.check();
                    } else {
                        next.run();
                    }
                }
                assertEquals(List.of(1, 2, 3), over, "round " + round);
            }
        }
        assertEquals(0, faults.total());
    }
}
