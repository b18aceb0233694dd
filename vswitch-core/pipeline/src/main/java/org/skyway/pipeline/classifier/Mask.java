package org.skyway.pipeline.classifier;

import java.util.Arrays;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// Which bits the entries of a [Tuple] look at; a map key.
///
/// @param words the words with any, ascending
/// @param bits of each of them
record Mask(int[] words, long[] bits) {
    static Mask of(Match match) {
        int[] words = new int[Long.bitCount(match.words())];
        long[] bits = new long[words.length];
        int i = 0;
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            words[i] = Long.numberOfTrailingZeros(rest);
            bits[i] = match.mask(words[i]);
            i++;
        }
        return new Mask(words, bits);
    }

    /// Whether it is that of a match.
    boolean isOf(Match match) {
        if (Long.bitCount(match.words()) != words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (match.mask(words[i]) != bits[i]) {
                return false;
            }
        }
        return true;
    }

    boolean isExactInPort() {
        return words.length > 0 && words[0] == FlowKey.IN_PORT && bits[0] == Tuple.IN_PORT_MASK;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Mask m && Arrays.equals(words, m.words) && Arrays.equals(bits, m.bits);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(words) + Arrays.hashCode(bits);
    }
}
