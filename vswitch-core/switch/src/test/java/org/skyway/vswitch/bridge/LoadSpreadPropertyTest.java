package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoadSpreadPropertyTest {
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());

    private static double busiest(List<LoadSpread.Unit> units, int[] on, int threads) {
        double[] sums = new double[threads];
        double busiest = 0;
        for (int i = 0; i < on.length; i++) {
            sums[on[i]] += units.get(i).load();
            busiest = Math.max(busiest, sums[on[i]]);
        }
        return busiest;
    }

    // By trying all.
    private static double best(List<LoadSpread.Unit> units, int threads, int[] on, int from) {
        if (from == on.length) {
            return busiest(units, on, threads);
        }
        double best = Double.MAX_VALUE;
        int pinned = units.get(from).pinned();
        for (int t = 0; t < threads; t++) {
            if (pinned == LoadSpread.ANY || pinned == t) {
                on[from] = t;
                best = Math.min(best, best(units, threads, on, from + 1));
            }
        }
        return best;
    }

    @Test
    void isNearTheBestAndNeverWorseThanBefore() {
        System.out.println("LoadSpreadPropertyTest seed " + SEED);
        Random random = new Random(SEED);
        for (int run = 0; run < 2000; run++) {
            int threads = 1 + random.nextInt(3);
            boolean pins = random.nextInt(3) == 0;
            List<LoadSpread.Unit> units = new ArrayList<>();
            int[] now = new int[random.nextInt(8)];
            for (int i = 0; i < now.length; i++) {
                int pinned =
                        pins && random.nextInt(3) == 0 ? random.nextInt(threads) : LoadSpread.ANY;
                int thread = random.nextInt(threads);
                units.add(
                        new LoadSpread.Unit(
                                random.nextInt(5) * random.nextDouble(), thread, pinned));
                now[i] = pinned == LoadSpread.ANY ? thread : pinned;
            }
            int[] then = LoadSpread.assign(units, threads);
            for (int i = 0; i < then.length; i++) {
                int pinned = units.get(i).pinned();
                assertTrue(pinned == LoadSpread.ANY || then[i] == pinned, "a pin holds");
            }
            double busiest = busiest(units, then, threads);
            assertTrue(busiest <= busiest(units, now, threads) + 1e-9, units.toString());
            double best = best(units, threads, new int[then.length], 0);
            double bound = pins ? 2 : 4 / 3.0;
            assertTrue(
                    busiest <= bound * best + 1e-9, () -> units + ": " + busiest + ", not " + best);
        }
    }

    @Test
    void nothingIsMovedThatIsAsWellWhereItIs() {
        var idle = List.of(new LoadSpread.Unit(0, 1, -1), new LoadSpread.Unit(0, 1, -1));
        assertArrayEquals(new int[] {1, 1}, LoadSpread.assign(idle, 3));
        var even = List.of(new LoadSpread.Unit(5, 1, -1), new LoadSpread.Unit(5, 0, -1));
        assertArrayEquals(new int[] {1, 0}, LoadSpread.assign(even, 2));
        var mixed = List.of(new LoadSpread.Unit(5, 1, -1), new LoadSpread.Unit(0, 1, -1));
        assertArrayEquals(new int[] {1, 1}, LoadSpread.assign(mixed, 2));
        var uneven = List.of(new LoadSpread.Unit(5, 0, -1), new LoadSpread.Unit(4, 0, -1));
        assertEquals(1, LoadSpread.assign(uneven, 2)[1]);
    }
}
