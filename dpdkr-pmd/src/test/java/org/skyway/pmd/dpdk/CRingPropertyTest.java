package org.skyway.pmd.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// A ring with one end in Java and one in C does what a queue does; and given the same garbage,
/// both implementations say the same.
@Timeout(120)
class CRingPropertyTest {
    private static final int CELLS = 512;
    private static final int GUARD_BYTES = 4096;
    private static final int TAIL = 128;
    private static final int HEAD = 256;
    private static final int DESCRIPTORS = 512;

    private record Record(long mark, long number, int length) {}

    @TempDir Path dir;
    private Region region;
    private Region scratch;
    private RingPeer peer;
    private long ring;
    private RingEnds java;
    private RingEnds c;

    private void open() throws Exception {
        Path program = CCore.program(CCore.Build.ADDRESS, "ring_peer");
        long bytes = RingLayout.sizeBytes(CELLS);
        region = Region.create(dir.resolve("ring"), Long.highestOneBit(bytes + GUARD_BYTES) << 1);
        scratch = Region.create(dir.resolve("scratch"), 64 * 2048);
        ring = region.address() + GUARD_BYTES;
        RingLayout.create(ring, CELLS, 2048);
        peer = new RingPeer(program, region.path(), GUARD_BYTES, bytes);
        java = new RingEnds.InJava(ring, bytes, scratch);
        c = new RingEnds.InC(peer);
        java.attach();
        c.attach();
    }

    @AfterEach
    void close() throws IOException {
        if (peer != null) {
            peer.close();
            region.close();
            scratch.close();
            Files.delete(dir.resolve("ring"));
            Files.delete(dir.resolve("scratch"));
            peer = null;
        }
    }

    @Test
    void ringFromJavaToCIsAQueue() throws Exception {
        open();
        queue(java, c);
    }

    @Test
    void ringFromCToJavaIsAQueue() throws Exception {
        open();
        queue(c, java);
    }

    private void queue(RingEnds writer, RingEnds reader) throws IOException {
        Random random = new Random(seed("queue"));
        ArrayDeque<Record> model = new ArrayDeque<>();
        long number = 0;
        for (int step = 0; step < 4000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> number += offer(writer, model, random, number);
                case 3 -> {
                    Mark.Kind kind = Mark.Kind.values()[random.nextInt(3)];
                    long mark = Mark.of(kind, random.nextInt(65536), random.nextInt());
                    if (writer.mark(mark)) {
                        model.add(new Record(mark, 0, 0));
                    }
                }
                case 4 -> {
                    if (random.nextInt(20) == 0) {
                        writer.attach(); // new processes at both ends; nothing is held then
                        reader.attach();
                    }
                }
                default -> take(reader, model, 1 + random.nextInt(60));
            }
        }
        while (!model.isEmpty()) {
            take(reader, model, 60);
        }
        assertEquals(0, writer.usedCells());
        assertTrue(reader.isEmpty());
        assertEquals("", writer.producerFault());
        assertEquals("", reader.consumerFault());
    }

    private static int offer(RingEnds writer, ArrayDeque<Record> model, Random random, long number)
            throws IOException {
        int[] lengths = new int[1 + random.nextInt(40)];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = random.nextBoolean() ? 64 : 1 + random.nextInt(2048);
        }
        int taken = writer.offer(number, lengths, lengths.length);
        // 2048 bytes are 32 cells, and at worst 31 more are skipped before the end.
        assertTrue(
                taken == lengths.length
                        || writer.usedCells() + 63 + RingLayout.RESERVED_CELLS > CELLS,
                "refused a packet that would have fit");
        for (int i = 0; i < taken; i++) {
            model.add(new Record(0, number + i, lengths[i]));
        }
        return taken;
    }

    private static void take(RingEnds reader, ArrayDeque<Record> model, int max)
            throws IOException {
        RingEnds.Peek peek = reader.peek(max);
        for (RingEnds.Shown shown : peek.packets()) {
            Record expected = model.remove();
            assertEquals(0, expected.mark, "a mark was passed by");
            assertEquals(expected.length, shown.length());
            assertEquals((int) expected.number & 0xff, shown.first());
            assertTrue(shown.whole());
        }
        reader.release();
        if (peek.mark() != 0) {
            assertEquals(model.remove().mark, peek.mark());
            reader.takeMark();
        } else if (peek.packets().isEmpty()) {
            assertTrue(model.isEmpty(), "the ring says that it is empty");
        }
    }

    @Test
    void readersAgreeOnWhateverIsWritten() throws Exception {
        long seed = seed("garbage");
        int faults = 0;
        for (int round = 0; round < 24; round++) {
            open();
            faults += read(new Random(seed + round)) ? 1 : 0;
            close();
        }
        assertTrue(faults > 15, "only " + faults + " of 24 rings were found faulty");
    }

    // Both read the same ring, one after the other: the second takes up the first's cursor.
    private boolean read(Random random) throws IOException {
        for (int step = 0; step < 30; step++) {
            for (int i = 0; i < 8; i++) {
                long plausible =
                        (long) random.nextInt(5) << 16 | (random.nextInt(4) == 0 ? 2048 : 64);
                Memory.putLong(
                        ring + DESCRIPTORS + 8L * random.nextInt(CELLS),
                        random.nextInt(4) == 0 ? random.nextLong() : plausible);
            }
            long tail = Memory.getLongAcquire(ring + TAIL);
            Memory.putLongRelease(ring + TAIL, cursor(random, tail));
            if (random.nextInt(3) == 0) {
                long limit = Memory.getLongAcquire(ring + TAIL) - random.nextInt(64);
                java.limit(limit);
                c.limit(limit);
            } else if (random.nextInt(3) == 0) {
                java.unlimit();
                c.unlimit();
            }
            for (int polls = 0; polls < 4; polls++) {
                int max = 1 + random.nextInt(60);
                RingEnds.Peek expected = java.peek(max);
                RingEnds.Peek found = c.peek(max);
                assertEquals(expected, found);
                assertEquals(java.shown(), c.shown());
                assertEquals(java.isAtLimit(), c.isAtLimit());
                assertEquals(java.isEmpty(), c.isEmpty());
                assertEquals(java.consumerFault(), c.consumerFault());
                if (expected.packets().isEmpty() && expected.mark() != 0) {
                    java.takeMark();
                    c.takeMark();
                }
                java.release();
                c.release();
            }
        }
        return !c.consumerFault().isEmpty();
    }

    @Test
    void writersAgreeOnWhateverTheReaderSays() throws Exception {
        long seed = seed("cursors");
        int faults = 0;
        for (int round = 0; round < 24; round++) {
            open();
            Random random = new Random(seed + round);
            int[] lengths = new int[8];
            for (int step = 0; step < 30; step++) {
                long tail = Memory.getLongAcquire(ring + TAIL);
                Memory.putLongRelease(ring + HEAD, cursor(random, tail - CELLS));
                for (int i = 0; i < lengths.length; i++) {
                    lengths[i] = 1 + random.nextInt(2048);
                }
                int taken = java.offer(step, lengths, lengths.length);
                long after = Memory.getLongAcquire(ring + TAIL);
                Memory.putLongRelease(ring + TAIL, tail); // as if nothing had been written
                assertEquals(taken, c.offer(step, lengths, lengths.length));
                assertEquals(after, Memory.getLongAcquire(ring + TAIL));
                assertEquals(java.usedCells(), c.usedCells());
                assertEquals(java.producerFault(), c.producerFault());
            }
            faults += c.producerFault().isEmpty() ? 0 : 1;
            close();
        }
        assertTrue(faults > 14, "only " + faults + " of 24 rings were found faulty");
    }

    @Test
    void ringsThatAreNoneAreRefusedInTheSameWords() throws Exception {
        for (long[] change :
                List.of(
                        new long[] {0, 1},
                        new long[] {4, 9},
                        new long[] {8, 1000},
                        new long[] {8, 1 << 20},
                        new long[] {12, 63},
                        new long[] {12, 65536})) {
            open();
            Memory.putInt(ring + change[0], (int) change[1]);
            var expected = assertThrows(IOException.class, java::attach);
            var found = assertThrows(IOException.class, c::attach);
            assertEquals(expected.getMessage(), found.getMessage());
            close();
        }
    }

    private static long cursor(Random random, long now) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(4) == 0 ? random.nextLong() : now;
            case 1 -> now - random.nextInt(CELLS);
            case 2 -> now + CELLS + 1;
            default -> now + random.nextInt(CELLS / 4);
        };
    }

    private static long seed(String what) {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("CRingPropertyTest " + what + " seed " + seed + " (-Dskyway.seed=…)");
        return seed;
    }
}
