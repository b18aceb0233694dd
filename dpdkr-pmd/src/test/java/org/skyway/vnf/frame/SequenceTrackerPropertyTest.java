package org.skyway.vnf.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Compares with a set of everything that has come.
class SequenceTrackerPropertyTest {
    @Test
    void countsAreThoseOfASet() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("SequenceTrackerPropertyTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            var tracker = new SequenceTracker();
            var seen = new TreeSet<Long>();
            long first = random.nextInt(100);
            long duplicates = 0;
            long reordered = 0;
            long next = first;
            for (int i = 0; i < 500; i++) {
                long number =
                        switch (random.nextInt(6)) {
                            case 0 -> next + random.nextInt(5);
                            case 1 -> Math.max(first, next - 1 - random.nextInt(40));
                            default -> next;
                        };
                if (i == 0) {
                    number = first;
                }
                tracker.add(number);
                if (!seen.isEmpty() && number < seen.last() && !seen.contains(number)) {
                    reordered++;
                }
                if (!seen.add(number)) {
                    duplicates++;
                }
                next = seen.last() + 1;
                assertEquals(next - first - seen.size(), tracker.lost());
                assertEquals(duplicates, tracker.duplicates());
                assertEquals(reordered, tracker.reordered());
                assertEquals(i + 1, tracker.packets());
                assertEquals(next, tracker.next());
            }
            assertEquals(first, tracker.first());
        }
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

    @Test
    void whatCameBeforeTheFirstIsADuplicate() {
        var tracker = new SequenceTracker();
        tracker.add(10);
        tracker.add(3);
        assertEquals(0, tracker.lost());
        assertEquals(1, tracker.duplicates());
    }
}
