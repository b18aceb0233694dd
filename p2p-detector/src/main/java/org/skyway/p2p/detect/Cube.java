package org.skyway.p2p.detect;

import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// A ternary cube: the flow keys that agree with `value` wherever `mask` has a one. Mutable.
///
/// Bits are numbered `64 * word + shift`, `shift` counting from the least significant bit. Value
/// bits outside the mask are zero.
final class Cube {
    final long[] mask;
    final long[] value;

    /// The cube of all flow keys.
    Cube() {
        mask = new long[FlowKey.WORDS];
        value = new long[FlowKey.WORDS];
    }

    Cube(Cube other) {
        mask = other.mask.clone();
        value = other.value.clone();
    }

    static int bit(int word, int shift) {
        return word << 6 | shift;
    }

    boolean fixed(int bit) {
        return (mask[bit >> 6] >>> bit & 1) != 0;
    }

    boolean valueOf(int bit) {
        return (value[bit >> 6] >>> bit & 1) != 0;
    }

    /// Narrows the cube to one value of one bit.
    ///
    /// @return false if the bit is fixed to the other value; the cube is then unchanged
    boolean fix(int bit, boolean one) {
        if (fixed(bit)) {
            return valueOf(bit) == one;
        }
        long b = 1L << bit;
        mask[bit >> 6] |= b;
        if (one) {
            value[bit >> 6] |= b;
        }
        return true;
    }

    /// Fixes some bits of a word.
    ///
    /// @return false if one of them is fixed to the other value; the cube is then unchanged
    boolean fix(int word, long bits, long to) {
        if (((value[word] ^ to) & bits & mask[word]) != 0) {
            return false;
        }
        mask[word] |= bits;
        value[word] |= to & bits;
        return true;
    }

    /// Widens the cube: these bits of a word may have any value.
    void free(int word, long bits) {
        mask[word] &= ~bits;
        value[word] &= ~bits;
    }

    boolean overlaps(Match match) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if (((value[w] ^ match.value(w)) & mask[w] & match.mask(w)) != 0) {
                return false;
            }
        }
        return true;
    }

    boolean overlaps(Cube other) {
        for (int w = 0; w < FlowKey.WORDS; w++) {
            if (((value[w] ^ other.value[w]) & mask[w] & other.mask[w]) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Narrows this cube to what it has in common with another that it overlaps.
    void intersect(Cube other) {
        for (int w = 0; w < FlowKey.WORDS; w++) {
            mask[w] |= other.mask[w];
            value[w] |= other.value[w];
        }
    }

    /// Narrows this cube to what it has in common with a match.
    ///
    /// @return false if that is nothing; the cube is then undefined
    boolean intersect(Match match) {
        for (long rest = match.words(); rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if (!fix(w, match.mask(w), match.value(w))) {
                return false;
            }
        }
        return true;
    }

    boolean contains(long[] key) {
        for (int w = 0; w < FlowKey.WORDS; w++) {
            if (((key[w] ^ value[w]) & mask[w]) != 0) {
                return false;
            }
        }
        return true;
    }
}
