package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.sys.EventDescriptor;

/// Ports come, go, rest and wake; the model is a list of ports with how many packets each has.
class RxPortsPropertyTest {
    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /// A port whose packets an event announces, or one that is looked at in every pass.
    private static final class Announced extends DatapathPort {
        final EventDescriptor event;
        int packets;
        int silentPasses;

        Announced(int number, EventDescriptor event) {
            super(number, 1);
            this.event = event;
        }

        void put() {
            packets++;
            if (event != null) {
                event.signal();
            }
        }

        @Override
        protected int descriptor() {
            return event == null ? -1 : event.descriptor().number();
        }

        @Override
        protected int rxBurst(long[] addresses, int[] lengths, int max) {
            int n = Math.min(packets, max);
            packets -= n;
            if (packets == 0 && event != null) {
                event.drain();
            }
            return n;
        }

        @Override
        protected void rxRelease() {}

        @Override
        protected int txBurst(long[] addresses, int[] lengths, int from, int count) {
            return count;
        }
    }

    private static void pass(RxPorts ports, boolean idle, Set<DatapathPort> looked) {
        ports.wake(idle);
        boolean silence = false;
        for (int i = 0; i < ports.count(); i++) {
            RxPort rx = ports.awake()[i];
            assertTrue(looked.add(rx.port), "twice in one pass");
            if (rx.port.rxBurst(null, null, PollThread.BURST) > 0) {
                rx.silent = 0;
            } else {
                silence |= RxPorts.isSilent(rx);
            }
        }
        if (silence) {
            ports.rest();
        }
    }

    @Test
    void everyPacketIsFetchedSoonAndSilentPortsCostNothing() throws IOException {
        for (int round = 0; round < 100; round++) {
            List<Announced> there = new ArrayList<>();
            Map<Announced, Integer> waits = new HashMap<>(); // passes since it got a packet
            try (RxPorts ports = new RxPorts()) {
                for (int step = 0; step < 300; step++) {
                    String told = "seed %d, round %d, step %d".formatted(seed, round, step);
                    int what = random.nextInt(12);
                    if (what == 0 || there.isEmpty()) {
                        boolean announced = random.nextInt(4) != 0;
                        Announced port =
                                new Announced(step, announced ? EventDescriptor.create() : null);
                        there.add(port);
                        ports.add(port);
                    } else if (what == 1) {
                        Announced gone = there.remove(random.nextInt(there.size()));
                        ports.remove(gone);
                        waits.remove(gone);
                        if (gone.event != null) {
                            gone.event.close();
                        }
                    } else if (what == 2) {
                        Announced port = there.get(random.nextInt(there.size()));
                        port.put();
                        port.silentPasses = 0;
                        waits.putIfAbsent(port, 0);
                    } else {
                        Set<DatapathPort> looked = new HashSet<>();
                        pass(ports, random.nextInt(3) == 0, looked);
                        waits.keySet().removeIf(p -> p.packets == 0);
                        waits.replaceAll((_, passes) -> passes + 1);
                        for (Announced p : there) {
                            p.silentPasses++;
                            if (p.event == null) {
                                assertTrue(looked.contains(p), told);
                            } else if (p.silentPasses
                                    > RxPorts.SILENT_TURNS + 2 * RxPorts.PASSES_BETWEEN) {
                                assertFalse(looked.contains(p), told);
                            }
                        }
                        waits.values()
                                .forEach(passes ->
                                        assertTrue(passes <= RxPorts.PASSES_BETWEEN, told));
                    }
                    assertEquals(
                            there, Arrays.stream(ports.all()).map(rx -> rx.port).toList(), told);
                }
            } finally {
                for (Announced port : there) {
                    if (port.event != null) {
                        port.event.close();
                    }
                }
            }
        }
    }
}
