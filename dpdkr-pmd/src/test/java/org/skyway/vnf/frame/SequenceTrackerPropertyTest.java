package org.skyway.vnf.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Compares with a set of everything that has come.
class SequenceTrackerPropertyTest {
    @Test
    void countsAreThoseOfASet() {
        Random random = seeded("countsAreThoseOfASet");
        for (int round = 0; round < 200; round++) {
            var both = new Compared();
            long number = random.nextInt(100);
            for (int i = 0; i < 500; i++) {
                both.add(number);
                long next = both.seen.last() + 1;
                number =
                        switch (random.nextInt(6)) {
                            case 0 -> next + random.nextInt(5);
                            case 1 -> Math.max(0, next - 1 - random.nextInt(40));
                            default -> next;
                        };
            }
        }
    }

    @Test
    void permutationsLossesAndRepeatsAreToldApart() {
        Random random = seeded("permutationsLossesAndRepeatsAreToldApart");
        for (int round = 0; round < 300; round++) {
            List<Long> stream = new ArrayList<>();
            long from = random.nextInt(1000);
            int count = 1 + random.nextInt(300);
            for (long number = from; number < from + count; number++) {
                if (random.nextInt(10) != 0) {
                    stream.add(number);
                }
                if (random.nextInt(20) == 0) {
                    stream.add(number);
                }
            }
            // The whole is shuffled, or a part of it comes late.
            if (random.nextInt(3) == 0) {
                Collections.shuffle(stream, random);
            } else if (!stream.isEmpty()) {
                Collections.rotate(stream, random.nextInt(stream.size()));
            }
            var both = new Compared();
            stream.forEach(both::add);
        }
    }

    @Test
    void aStreamWhoseFirstPacketsComeLateIsReorderedAndWhole() {
        var tracker = new SequenceTracker();
        tracker.add(20, 980);
        tracker.add(0, 20);
        assertEquals(0, tracker.first());
        assertEquals(0, tracker.duplicates());
        assertEquals(20, tracker.reordered());
        assertEquals(0, tracker.lost());
    }

    @Test
    void moreGapsThanItKeepsStayLost() {
        var tracker = new SequenceTracker();
        int gaps = SequenceTracker.MAX_RANGES + 10;
        for (long i = 0; i <= gaps; i++) {
            tracker.add(2 * i);
        }
        assertEquals(gaps, tracker.lost());
        tracker.add(1); // given up
        assertEquals(1, tracker.duplicates());
        tracker.add(2L * gaps - 1);
        assertEquals(1, tracker.reordered());
        assertEquals(gaps - 1, tracker.lost());
    }

    private static Random seeded(String test) {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("SequenceTrackerPropertyTest." + test + " seed " + seed);
        return new Random(seed);
    }

    // A tracker beside all that has come.
    private static final class Compared {
        final SequenceTracker tracker = new SequenceTracker();
        final TreeSet<Long> seen = new TreeSet<>();
        private long packets;
        private long duplicates;
        private long reordered;

        void add(long number) {
            tracker.add(number);
            packets++;
            boolean behind = !seen.isEmpty() && number < seen.last();
            if (!seen.add(number)) {
                duplicates++;
            } else if (behind) {
                reordered++;
            }
            long first = seen.first();
            long next = seen.last() + 1;
            assertEquals(packets, tracker.packets());
            assertEquals(first, tracker.first());
            assertEquals(next, tracker.next());
            assertEquals(duplicates, tracker.duplicates());
            assertEquals(reordered, tracker.reordered());
            assertEquals(next - first - seen.size(), tracker.lost());
        }
    }
}
