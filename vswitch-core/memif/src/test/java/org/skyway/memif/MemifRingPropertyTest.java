package org.skyway.memif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.ivshmem.region.Memory;

class MemifRingPropertyTest {
    /// Both ends of both rings, against two queues.
    @ParameterizedTest
    @CsvSource({"10,2048", "3,2048", "6,128", "1,2048", "9,64"})
    void packetsArriveWholeAndInOrderBothWays(int log2, int bufferBytes) throws Exception {
        long seed = 1811 + log2;
        Random random = new Random(seed);
        try (Pair pair = new Pair(log2, bufferBytes)) {
            Deque<byte[]> up = new ArrayDeque<>();
            Deque<byte[]> down = new ArrayDeque<>();
            long moved = 0;
            int most = Math.min(1514, bufferBytes << log2);
            for (int round = 0; round < 12_000; round++) {
                moved += send(random, pair, pair.client().sender(), up, most);
                moved += send(random, pair, pair.server().sender(), down, most);
                receive(random, pair.server().receiver(), up);
                receive(random, pair.client().receiver(), down);
            }
            assertTrue(moved > 0);
            while (!up.isEmpty()) {
                receive(random, pair.server().receiver(), up);
            }
            while (!down.isEmpty()) {
                receive(random, pair.client().receiver(), down);
            }
            assertNull(pair.server().fault());
            assertNull(pair.client().fault());
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static int send(
            Random random, Pair pair, MemifSender by, Deque<byte[]> queue, int most) {
        List<byte[]> burst = new ArrayList<>();
        int n = random.nextInt(33);
        for (int i = 0; i < n; i++) {
            byte[] packet =
                    new byte
                            [random.nextInt(3) == 0
                                    ? Math.min(64, most)
                                    : 1 + random.nextInt(most)];
            random.nextBytes(packet);
            burst.add(packet);
        }
        int taken = pair.send(by, burst);
        queue.addAll(burst.subList(0, taken));
        return taken;
    }

    private static void receive(Random random, MemifReceiver by, Deque<byte[]> queue) {
        for (byte[] packet : Pair.receive(by, 1 + random.nextInt(32))) {
            assertArrayEquals(queue.remove(), packet);
        }
    }

    @Test
    void aFullRingTakesNoMoreAndAnEmptyOneGivesNone() throws Exception {
        try (Pair pair = new Pair(3, 2048)) {
            for (MemifConnection from : List.of(pair.client(), pair.server())) {
                MemifConnection to = from == pair.client() ? pair.server() : pair.client();
                for (int i = 0; i < 8; i++) {
                    assertTrue(pair.send(from.sender(), new byte[64]));
                }
                assertEquals(false, pair.send(from.sender(), new byte[64]));
                assertEquals(8, Pair.receive(to.receiver(), 32).size());
                assertEquals(0, Pair.receive(to.receiver(), 32).size());
                assertTrue(pair.send(from.sender(), new byte[64]));
            }
        }
    }

    @Test
    void packetsThatAreTooLongAreDroppedAndCounted() throws Exception {
        for (int bufferBytes : new int[] {4096, 1024}) {
            try (Pair pair = new Pair(4, bufferBytes)) {
                MemifReceiver r = pair.server().receiver();
                assertTrue(pair.send(pair.client().sender(), new byte[Pair.MAX_FRAME + 1]));
                assertEquals(0, Pair.receive(r, 32).size());
                assertEquals(1, r.tooLong());
                assertTrue(pair.send(pair.client().sender(), new byte[Pair.MAX_FRAME]));
                assertEquals(Pair.MAX_FRAME, Pair.receive(r, 32).getFirst().length);
                for (int i = 0; i < 100; i++) {
                    assertTrue(pair.send(pair.client().sender(), new byte[2100]));
                    assertEquals(0, Pair.receive(r, 32).size());
                }
                assertEquals(101, r.tooLong());
                assertNull(r.fault());
            }
        }
    }

    @Test
    void bothSidesPollSoNobodySignals() throws Exception {
        try (Pair pair = new Pair(3, 2048)) {
            pair.send(pair.server().sender(), new byte[64]);
            assertEquals(0, pair.server().sender().signals());
            // A client that sleeps clears its ring's flag.
            Memory.putShort(pair.ring(false) + MemifLayout.FLAGS_OFFSET, 0);
            pair.send(pair.server().sender(), new byte[64]);
            assertEquals(1, pair.server().sender().signals());
            assertTrue(pair.client().events().get(1).drain());
            Memory.putShort(pair.ring(false) + MemifLayout.FLAGS_OFFSET, 1);
            pair.send(pair.server().sender(), new byte[64]);
            assertEquals(1, pair.server().sender().signals());
        }
    }

    @Test
    void nothingOnAPacketsWayMakesObjects() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        try (Pair pair = new Pair(6, 256)) {
            long frame = pair.client.memory().address(); // any bytes that are mapped
            long[] from = {frame, frame, frame};
            int[] lengths = {64, 200, 700}; // the last takes three buffers
            long[] at = new long[32];
            int[] seen = new int[32];
            long before = 0;
            for (int i = 0; i < 2 * rounds; i++) {
                if (i == rounds) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                // Its client sleeps, so it is woken.
                Memory.putShort(pair.ring(false) + MemifLayout.FLAGS_OFFSET, 0);
                assertEquals(3, pair.server().sender().offer(from, lengths, 0, 3));
                assertEquals(3, pair.client().receiver().peek(at, seen, 32));
                pair.client().receiver().release();
                assertEquals(3, pair.client().sender().offer(from, lengths, 0, 3));
                assertEquals(3, pair.server().receiver().peek(at, seen, 32));
                pair.server().receiver().release();
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(bytes < rounds, bytes + " bytes in " + rounds + " rounds");
            assertEquals(2 * rounds, pair.server().sender().signals());
        }
    }
}
