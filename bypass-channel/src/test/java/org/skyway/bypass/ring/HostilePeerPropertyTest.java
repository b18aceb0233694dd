package org.skyway.bypass.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the other side writes, an end stays within its ring, comes back, and says what was
/// wrong.
@Timeout(120)
class HostilePeerPropertyTest {
    private static final int CELLS = 512;

    @TempDir Path dir;

    @Test
    void consumerSurvivesRandomCursorsAndDescriptors() throws IOException {
        long seed = seed("consumer");
        int faults = 0;
        for (int round = 0; round < 400; round++) {
            Random random = new Random(seed + round);
            try (RingRig rig = rig(round)) {
                for (int step = 0; step < 50; step++) {
                    scribbleAsWriter(rig, random);
                    for (int polls = 0; polls < 20; polls++) {
                        int count = rig.peek(1 + random.nextInt(64));
                        assertTrue(count <= 64);
                        for (int i = 0; i < count; i++) {
                            assertTrue(rig.isInside(i), "shows a packet outside of the ring");
                            assertTrue(rig.shownLengths[i] <= 2048);
                        }
                        if (count == 0 && rig.consumer.mark() != 0) {
                            rig.consumer.takeMark();
                        }
                        rig.consumer.release();
                    }
                }
                if (rig.consumer.isFaulty()) {
                    faults++;
                    assertTrue(rig.consumer.fault().contains("ring test"), rig.consumer.fault());
                    assertEquals(0, rig.peek(32), "a faulty ring shows nothing");
                    assertTrue(rig.consumer.isEmpty());
                    assertEquals(rig.consumer.shown(), rig.consumer.written());
                }
                assertTrue(rig.guardsAreIntact());
            }
        }
        assertTrue(faults > 300, "only " + faults + " of 400 rings were found faulty");
    }

    @Test
    void producerSurvivesRandomCursors() throws IOException {
        long seed = seed("producer");
        int faults = 0;
        for (int round = 0; round < 200; round++) {
            Random random = new Random(seed + round);
            try (RingRig rig = rig(round)) {
                for (int i = 0; i < 64; i++) {
                    rig.make(i, i, 1 + random.nextInt(2048));
                }
                for (int step = 0; step < 50; step++) {
                    rig.head(cursor(random, rig.tail()));
                    for (int polls = 0; polls < 4; polls++) {
                        rig.offer(1 + random.nextInt(64));
                        rig.producer.mark(Mark.of(Mark.Kind.END, 0, 1));
                        rig.producer.usedCells();
                    }
                }
                if (rig.producer.isFaulty()) {
                    faults++;
                    assertTrue(rig.producer.fault().contains("ring test"), rig.producer.fault());
                    long tail = rig.tail();
                    assertEquals(0, rig.offer(1), "a faulty ring takes nothing");
                    assertFalse(rig.producer.mark(Mark.of(Mark.Kind.END, 0, 1)));
                    assertEquals(tail, rig.tail());
                }
                assertTrue(rig.guardsAreIntact());
            }
        }
        assertTrue(faults > 150, "only " + faults + " of 200 rings were found faulty");
    }

    @Test
    void eachKindOfGarbageIsNamed() throws IOException {
        consumerFault(1, 0x1_0000L, 1, "length 0");
        consumerFault(2, 0x1_0801L, 40, "length 2049");
        consumerFault(3, 0x1_0800L, 2, "length 2048"); // longer than what was published
        consumerFault(4, 0x0_0040L, 1, "type 0");
        consumerFault(5, 0x4_0040L, 1, "type 4");
        consumerFault(6, 0x3_0000L, 512, "type 3"); // padding at the start would be all there is
        consumerFault(7, 0x1_0040L, 513, "513");
        consumerFault(8, 0x1_0040L, -1, "-1");
        consumerFault(9, 0x1_0040L, Long.MIN_VALUE, String.valueOf(Long.MIN_VALUE));
    }

    @Test
    void cursorThatGoesBackIsAFault() throws IOException {
        try (RingRig rig = rig(0)) {
            for (int i = 0; i < 3; i++) {
                rig.make(i, i, 64);
            }
            rig.offer(3);
            assertEquals(3, rig.peek(32));
            rig.consumer.release();
            rig.tail(2);
            assertEquals(0, rig.peek(32));
            assertTrue(rig.consumer.fault().contains("from 3 to 2"), rig.consumer.fault());
        }
        try (RingRig rig = rig(1)) {
            rig.make(0, 0, 64);
            while (rig.offer(1) == 1) {}
            rig.head(100);
            assertEquals(1, rig.offer(1));
            rig.head(99);
            rig.producer.usedCells();
            assertTrue(rig.producer.fault().contains("from 100 to 99"), rig.producer.fault());
        }
    }

    @Test
    void packetsBeforeTheGarbageAreStillShown() throws IOException {
        try (RingRig rig = rig(0)) {
            for (int i = 0; i < 3; i++) {
                rig.make(i, i, 64);
            }
            rig.offer(3);
            rig.descriptor(2, -1);
            assertEquals(2, rig.peek(32));
            assertTrue(rig.consumer.isFaulty());
            assertTrue(RingRig.is(rig.shown[1], 64, 1));
            rig.consumer.release();
            assertEquals(0, rig.peek(32));
        }
    }

    private void consumerFault(int round, long descriptor, long tail, String says)
            throws IOException {
        try (RingRig rig = rig(round)) {
            rig.descriptor(0, descriptor);
            rig.tail(tail);
            assertEquals(0, rig.peek(32));
            assertNotNull(rig.consumer.fault());
            assertTrue(rig.consumer.fault().contains(says), rig.consumer.fault());
        }
    }

    private static void scribbleAsWriter(RingRig rig, Random random) {
        for (int i = 0; i < 8; i++) {
            long plausible = (long) random.nextInt(5) << 16 | (random.nextInt(4) == 0 ? 2048 : 64);
            rig.descriptor(
                    random.nextInt(CELLS), random.nextInt(4) == 0 ? random.nextLong() : plausible);
        }
        rig.tail(cursor(random, rig.tail()));
    }

    private static long cursor(Random random, long now) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> now - random.nextInt(CELLS);
            case 2 -> now + CELLS + 1;
            default -> now + random.nextInt(CELLS / 4);
        };
    }

    private RingRig rig(int round) throws IOException {
        Path directory = dir.resolve("r" + round);
        if (Files.exists(directory)) {
            Files.delete(directory.resolve("ring"));
            Files.delete(directory.resolve("scratch"));
            Files.delete(directory);
        }
        return new RingRig(Files.createDirectory(directory), CELLS, 2048);
    }

    private static long seed(String what) {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("HostilePeerPropertyTest " + what + " seed " + seed);
        return seed;
    }
}
