package org.skyway.vswitch.bond;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.vswitch.bond.Rebalancing.Move;

/// What is moved is worth it, and when nothing is, nothing could have been.
class RebalancingPropertyTest {
    private static final int PARTS = 256;

    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private long load(long[] bytes, int[] senders, int member) {
        long sum = 0;
        for (int part = 0; part < PARTS; part++) {
            sum += senders[part] == member ? bytes[part] : 0;
        }
        return sum;
    }

    private static int parts(long[] bytes, int[] senders, int member) {
        int n = 0;
        for (int part = 0; part < PARTS; part++) {
            n += senders[part] == member && bytes[part] != 0 ? 1 : 0;
        }
        return n;
    }

    @Test
    void eachMoveGoesFromTheMostToTheLeastLoadedAndEvensThem() {
        for (int run = 0; run < 2000; run++) {
            String where = "seed " + seed + ", run " + run;
            List<Integer> enabled = new ArrayList<>();
            for (int m = 1; m <= 4; m++) {
                if (random.nextInt(4) != 0) {
                    enabled.add(m);
                }
            }
            long[] bytes = new long[PARTS];
            int[] senders = new int[PARTS];
            int busy = random.nextInt(1, 40);
            for (int i = 0; i < busy; i++) {
                int part = random.nextInt(PARTS);
                bytes[part] = (long) Math.pow(10, random.nextDouble(3, 8));
                senders[part] = random.nextInt(5); // some are nobody's, some a disabled member's
            }
            check(bytes, senders, enabled, where);
        }
    }

    private void check(long[] bytes, int[] senders, List<Integer> enabled, String where) {
        List<Move> moves = Rebalancing.of(bytes, senders, enabled);
        Set<Integer> moved = new HashSet<>();
        int[] now = senders.clone();
        for (Move move : moves) {
            assertTrue(moved.add(move.part()), where + ": moved twice");
            assertEquals(now[move.part()], move.from(), where);
            assertEquals(bytes[move.part()], move.bytes(), where);
            assertTrue(enabled.contains(move.to()), where);
            long from = load(bytes, now, move.from());
            long to = load(bytes, now, move.to());
            for (int m : enabled) {
                assertTrue(load(bytes, now, m) >= to, where + ": others have less");
            }
            assertTrue(from - to >= 100_000, where + ": for nothing");
            now[move.part()] = move.to();
            long less = Math.min(load(bytes, now, move.from()), load(bytes, now, move.to()));
            assertTrue(less - to >= ((from + to) / 2 - to) / 10 && less > to, where);
        }
        if (enabled.size() == 2 && moves.isEmpty()) {
            assertNothingWorthIt(bytes, senders, enabled, where);
        }
    }

    private void assertNothingWorthIt(
            long[] bytes, int[] senders, List<Integer> enabled, String where) {
        boolean first = load(bytes, senders, enabled.get(0)) > load(bytes, senders, enabled.get(1));
        int from = enabled.get(first ? 0 : 1);
        int to = enabled.get(first ? 1 : 0);
        long much = load(bytes, senders, from);
        long little = load(bytes, senders, to);
        if (much - little < 100_000
                || much - little < little / 32
                || parts(bytes, senders, from) < 2) {
            return;
        }
        for (int part = 0; part < PARTS; part++) {
            if (senders[part] == from && bytes[part] != 0) {
                long gain = Math.min(much - bytes[part], little + bytes[part]) - little;
                assertTrue(
                        gain <= 0 || gain < ((much + little) / 2 - little) / 10,
                        where + ": part " + part + " should have moved");
            }
        }
    }

    @Test
    void loadsAreForgottenByAndBy() {
        long[] bytes = {1000, 1, 0};
        Rebalancing.age(bytes);
        assertEquals(500, bytes[0]);
        assertEquals(0, bytes[1]);
    }
}
