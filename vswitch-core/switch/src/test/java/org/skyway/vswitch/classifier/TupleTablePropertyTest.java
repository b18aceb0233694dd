package org.skyway.vswitch.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// The table against a list of entries, searched from front to back.
class TupleTablePropertyTest {
    private record Entry(Match match, int priority) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void findsWhatALinearSearchFinds(long seed) {
        Random random = new Random(seed);
        TupleTable<Entry> table = new TupleTable<>();
        List<Entry> model = new ArrayList<>();
        for (int step = 0; step < 3000; step++) {
            if (!model.isEmpty() && random.nextInt(3) == 0) {
                Entry gone = model.remove(random.nextInt(model.size()));
                assertEquals(true, table.remove(gone.match, gone.priority), "seed " + seed);
            } else {
                // Distinct priorities, so that there is one right answer.
                Entry entry = new Entry(match(random), step);
                model.add(entry);
                table.put(entry.match, entry.priority, entry);
            }
            assertEquals(model.size(), table.size());
            long[] key = key(random);
            long[] examined = new long[FlowKey.WORDS];
            Entry expected = linear(model, key);
            String where = "seed " + seed + " step " + step;
            assertEquals(expected, table.lookup(key, examined), where);
            assertEquals(expected, table.lookup(agreeing(key, examined, random), null), where);
            if (expected != null) {
                assertEquals(expected, table.get(expected.match, expected.priority), where);
            }
        }
    }

    private static Entry linear(List<Entry> model, long[] key) {
        Entry best = null;
        for (Entry e : model) {
            if (e.match.matches(key) && (best == null || e.priority > best.priority)) {
                best = e;
            }
        }
        return best;
    }

    // Any key that agrees on the examined bits must get the same answer: that is what a megaflow
    // relies on.
    private static long[] agreeing(long[] key, long[] examined, Random random) {
        long[] other = key(random);
        for (int w = 0; w < FlowKey.WORDS; w++) {
            other[w] = other[w] & ~examined[w] | key[w] & examined[w];
        }
        return other;
    }

    private static Match match(Random random) {
        Match.Builder b = Match.builder();
        if (random.nextBoolean()) {
            b.exact(Field.IN_PORT, random.nextInt(4));
        }
        if (random.nextBoolean()) {
            b.exact(Field.ETH_TYPE, random.nextInt(2));
        }
        if (random.nextInt(3) == 0) {
            b.masked(Field.IPV4_DST, random.nextInt(8), 7L << random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            b.exact(Field.TCP_DST, random.nextInt(3));
        }
        if (random.nextInt(6) == 0) {
            b.masked(Field.IPV6_SRC, random.nextInt(2), 0, 1, 0);
        }
        return b.build();
    }

    private static long[] key(Random random) {
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, random.nextInt(5));
        Field.ETH_TYPE.set(key, random.nextInt(3));
        Field.IPV4_DST.set(key, random.nextInt(16));
        Field.TCP_DST.set(key, random.nextInt(4));
        Field.IPV6_SRC.setHigh(key, random.nextInt(2));
        return key;
    }
}
