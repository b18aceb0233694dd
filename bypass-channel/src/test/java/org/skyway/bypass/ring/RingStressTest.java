package org.skyway.bypass.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;

/// Two threads: order, content and the place of marks.
@Timeout(120)
class RingStressTest {
    private static final long NANOS = 2_000_000_000L;
    private static final int MARK_EVERY = 1000;

    @TempDir Path dir;

    @Test
    void everythingArrivesInOrder() throws Exception {
        try (RingRig rig = new RingRig(dir, 1024, 2048)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread writer = Thread.ofPlatform().unstarted(() -> write(rig));
            writer.setUncaughtExceptionHandler((_, e) -> failure.set(e));
            writer.start();
            long packets = read(rig, writer);
            writer.join();
            assertNull(failure.get());
            assertTrue(packets > 10 * MARK_EVERY, "only " + packets + " packets");
            assertTrue(rig.guardsAreIntact());
        }
    }

    private static void write(RingRig rig) {
        long end = System.nanoTime() + NANOS;
        long number = 0;
        while (System.nanoTime() - end < 0) {
            int count = (int) Math.min(32, MARK_EVERY - number % MARK_EVERY);
            for (int i = 0; i < count; i++) {
                long n = number + i;
                rig.lengths[i] = length(n);
                Memory.putLong(rig.addresses[i], n);
                Memory.putByte(rig.addresses[i] + rig.lengths[i] - 1, (int) n);
            }
            int taken = rig.offer(count);
            if (taken == 0) {
                Thread.yield();
            }
            number += taken;
            if (taken > 0 && number % MARK_EVERY == 0) {
                while (!rig.producer.mark(Mark.of(Mark.Kind.END, 0, (int) (number / MARK_EVERY)))) {
                    Thread.yield();
                }
            }
        }
    }

    private static long read(RingRig rig, Thread writer) {
        long next = 0;
        int marks = 0;
        while (true) {
            boolean ended = !writer.isAlive();
            int count = rig.peek(32);
            for (int i = 0; i < count; i++) {
                assertEquals(next, Memory.getLong(rig.shown[i]));
                assertEquals(length(next), rig.shownLengths[i]);
                assertEquals(
                        (int) next & 0xff, Memory.getByte(rig.shown[i] + rig.shownLengths[i] - 1));
                next++;
            }
            rig.consumer.release();
            long mark = rig.consumer.mark();
            if (mark != 0) {
                assertEquals(++marks, Mark.epoch(mark));
                assertEquals(next, (long) marks * MARK_EVERY);
                rig.consumer.takeMark();
            } else if (count == 0) {
                assertNull(rig.consumer.fault());
                if (ended) {
                    return next;
                }
                Thread.yield();
            }
        }
    }

    private static int length(long number) {
        return number % 3 == 0 ? 16 + (int) (number % 2033) : 64;
    }
}
