package org.skyway.bypass.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ring does what a queue does, and takes packets whenever it has room for one more of the
/// longest.
class RingPropertyTest {
    private record Record(long mark, long number, int length) {}

    @TempDir Path dir;

    @Test
    void ringIsAQueue() throws IOException {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("RingPropertyTest seed " + seed + " (-Dskyway.seed=…)");
        for (int round = 0; round < 8; round++) {
            run(new Random(seed + round), 512 << round % 3, round);
        }
    }

    private void run(Random random, int cells, int round) throws IOException {
        Path directory = Files.createDirectory(dir.resolve("r" + round));
        try (RingRig rig = new RingRig(directory, cells, 2048)) {
            var model = new ArrayDeque<Record>();
            long number = 0;
            for (int step = 0; step < 4000; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> number += offer(rig, model, random, number);
                    case 3 -> mark(rig, model, random);
                    case 4 -> {
                        if (random.nextInt(20) == 0) {
                            rig.attach(); // new processes at both ends; nothing is held then
                        }
                    }
                    default -> take(rig, model, random);
                }
            }
            while (!model.isEmpty()) {
                take(rig, model, random);
            }
            assertEquals(0, rig.producer.usedCells());
            assertTrue(rig.consumer.isEmpty());
            assertNull(rig.producer.fault());
            assertNull(rig.consumer.fault());
            assertTrue(rig.guardsAreIntact());
        }
    }

    private static int offer(RingRig rig, ArrayDeque<Record> model, Random random, long number) {
        int count = 1 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            int length = random.nextBoolean() ? 64 : 1 + random.nextInt(2048);
            rig.make(i, number + i, length);
        }
        int taken = rig.offer(count);
        // 2048 bytes are 32 cells, and at worst 31 more are skipped before the end.
        assertTrue(
                taken == count
                        || rig.producer.usedCells() + 63 + RingLayout.RESERVED_CELLS
                                > (rig.ringBytes - 512) / 72,
                "refused a packet that would have fit");
        for (int i = 0; i < taken; i++) {
            model.add(new Record(0, number + i, rig.lengths[i]));
        }
        return taken;
    }

    private static void mark(RingRig rig, ArrayDeque<Record> model, Random random) {
        Mark.Kind kind = Mark.Kind.values()[random.nextInt(3)];
        long mark = Mark.of(kind, random.nextInt(65536), random.nextInt());
        if (rig.producer.mark(mark)) {
            model.add(new Record(mark, 0, 0));
        }
    }

    private static void take(RingRig rig, ArrayDeque<Record> model, Random random) {
        int count = rig.peek(1 + random.nextInt(64));
        for (int i = 0; i < count; i++) {
            Record expected = model.remove();
            assertEquals(0, expected.mark, "a mark was passed by");
            assertEquals(expected.length, rig.shownLengths[i]);
            assertTrue(rig.isInside(i));
            assertTrue(RingRig.is(rig.shown[i], expected.length, expected.number));
        }
        rig.consumer.release();
        long mark = rig.consumer.mark();
        if (mark != 0) {
            assertEquals(model.remove().mark, mark);
            rig.consumer.takeMark();
        } else if (count == 0) {
            assertTrue(model.isEmpty(), "the ring says that it is empty");
        }
    }
}
