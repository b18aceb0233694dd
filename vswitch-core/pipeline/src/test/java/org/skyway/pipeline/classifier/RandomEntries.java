package org.skyway.pipeline.classifier;

import java.util.List;
import java.util.Random;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// Matches and keys that often meet, and the obviously right look-up among them.
final class RandomEntries {
    private RandomEntries() {}

    /// An entry of a table; its own value.
    record Entry(Match match, int priority) {}

    /// Searches from front to back.
    ///
    /// @param model entries of different priorities
    static Entry linear(List<Entry> model, long[] key) {
        Entry best = null;
        for (Entry e : model) {
            if (e.match.matches(key) && (best == null || e.priority > best.priority)) {
                best = e;
            }
        }
        return best;
    }

    /// A random key that agrees with another on the bits that were examined, and so must get the
    /// same answer: that is what a megaflow relies on.
    static long[] agreeing(long[] key, long[] examined, Random random) {
        long[] other = key(random);
        for (int w = 0; w < FlowKey.WORDS; w++) {
            other[w] = other[w] & ~examined[w] | key[w] & examined[w];
        }
        return other;
    }

    static Match match(Random random) {
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

    static long[] key(Random random) {
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, random.nextInt(5));
        Field.ETH_TYPE.set(key, random.nextInt(3));
        Field.IPV4_DST.set(key, random.nextInt(16));
        Field.TCP_DST.set(key, random.nextInt(4));
        Field.IPV6_SRC.setHigh(key, random.nextInt(2));
        return key;
    }
}
