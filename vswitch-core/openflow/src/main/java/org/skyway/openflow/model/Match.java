package org.skyway.openflow.model;

import java.util.Arrays;

/// A value and a mask over the words of a [FlowKey]: which packets a rule is about.
///
/// Immutable. Only words with a non-zero mask are stored, so a typical match takes some 80 bytes.
/// Value bits outside the mask are always zero, so two matches are equal exactly when they mean the
/// same bits.
public final class Match {
    /// Matches every packet.
    public static final Match ANY = new Match(0, new long[0]);

    private final long words; // bitmap: which words are constrained
    private final long[] data; // value, mask of each constrained word, in ascending order of words

    private Match(long words, long[] data) {
        this.words = words;
        this.data = data;
    }

    /// A match from whole flow keys.
    ///
    /// @param values [FlowKey#WORDS] words; bits outside the mask are ignored
    /// @param masks [FlowKey#WORDS] words
    /// @return the match
    public static Match of(long[] values, long[] masks) {
        long words = 0;
        for (int w = 0; w < FlowKey.WORDS; w++) {
            if (masks[w] != 0) {
                words |= 1L << w;
            }
        }
        if (words == 0) {
            return ANY;
        }
        long[] data = new long[2 * Long.bitCount(words)];
        int i = 0;
        for (long rest = words; rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            data[i++] = values[w] & masks[w];
            data[i++] = masks[w];
        }
        return new Match(words, data);
    }

    /// Starts a match.
    ///
    /// @return a builder that matches everything
    public static Builder builder() {
        return new Builder();
    }

    /// Which words are constrained.
    ///
    /// @return a bitmap; bit `w` is set if `mask(w)` is not zero
    public long words() {
        return words;
    }

    /// The value of one word.
    ///
    /// @param word below [FlowKey#WORDS]
    /// @return the value; 0 if the word is not constrained
    public long value(int word) {
        long bit = 1L << word;
        return (words & bit) == 0 ? 0 : data[2 * Long.bitCount(words & (bit - 1))];
    }

    /// The mask of one word.
    ///
    /// @param word below [FlowKey#WORDS]
    /// @return the mask; 0 if the word is not constrained
    public long mask(int word) {
        long bit = 1L << word;
        return (words & bit) == 0 ? 0 : data[2 * Long.bitCount(words & (bit - 1)) + 1];
    }

    /// Whether a packet matches.
    ///
    /// @param key [FlowKey#WORDS] words
    /// @return true if every masked bit is equal
    public boolean matches(long[] key) {
        int i = 0;
        for (long rest = words; rest != 0; rest &= rest - 1, i += 2) {
            if ((key[Long.numberOfTrailingZeros(rest)] & data[i + 1]) != data[i]) {
                return false;
            }
        }
        return true;
    }

    /// The mask on a field, or on the low half of a wide one.
    ///
    /// @param field any
    /// @return right-aligned mask; 0 if the field is not matched
    public long maskOf(Field field) {
        return field.wide()
                ? mask(field.word() + 1)
                : (mask(field.word()) >>> field.shift()) & field.ones();
    }

    /// The mask on the high half of a wide field.
    ///
    /// @param field any
    /// @return the mask; 0 if the field is not wide
    public long maskHighOf(Field field) {
        return field.wide() ? mask(field.word()) : 0;
    }

    /// The value wanted of a field, or of the low half of a wide one.
    ///
    /// @param field any
    /// @return right-aligned value; 0 where not matched
    public long valueOf(Field field) {
        return field.wide()
                ? value(field.word() + 1)
                : (value(field.word()) >>> field.shift()) & field.ones();
    }

    /// The value wanted of the high half of a wide field.
    ///
    /// @param field any
    /// @return the value; 0 if the field is not wide
    public long valueHighOf(Field field) {
        return field.wide() ? value(field.word()) : 0;
    }

    /// Whether any bit of a field is matched.
    ///
    /// @param field any
    /// @return true if so
    public boolean has(Field field) {
        return (maskOf(field) | maskHighOf(field)) != 0;
    }

    /// The value of a field of up to 63 bits if all its bits are matched.
    ///
    /// @param field any
    /// @return the value, or -1 if the field is not matched exactly
    public long exact(Field field) {
        return maskOf(field) == field.ones() ? valueOf(field) : -1;
    }

    /// Whether every packet that `other` matches is matched by this too.
    ///
    /// @param other any
    /// @return true if this is the same or looser
    public boolean covers(Match other) {
        if ((words & ~other.words) != 0) {
            return false;
        }
        int i = 0;
        for (long rest = words; rest != 0; rest &= rest - 1, i += 2) {
            int w = Long.numberOfTrailingZeros(rest);
            if ((data[i + 1] & ~other.mask(w)) != 0 || (other.value(w) & data[i + 1]) != data[i]) {
                return false;
            }
        }
        return true;
    }

    /// Whether some flow key could match both, prerequisites aside.
    ///
    /// @param other any
    /// @return false if a bit is wanted 0 by one and 1 by the other
    public boolean overlaps(Match other) {
        for (long rest = words & other.words; rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            if (((value(w) ^ other.value(w)) & mask(w) & other.mask(w)) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Match m && words == m.words && Arrays.equals(data, m.data);
    }

    @Override
    public int hashCode() {
        long h = words * 0x9e3779b97f4a7c15L;
        for (long d : data) {
            h = (h ^ d) * 0xff51afd7ed558ccdL;
            h ^= h >>> 32;
        }
        return (int) h;
    }

    /// A rough rendering for logs; the codec's printer is the exact one.
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        for (long rest = words; rest != 0; rest &= rest - 1) {
            int w = Long.numberOfTrailingZeros(rest);
            s.append(s.isEmpty() ? "" : ",")
                    .append("w%d=0x%x/0x%x".formatted(w, value(w), mask(w)));
        }
        return s.isEmpty() ? "any" : s.toString();
    }

    /// Collects the fields of a [Match]. Not thread-safe.
    public static final class Builder {
        private final long[] values = new long[FlowKey.WORDS];
        private final long[] masks = new long[FlowKey.WORDS];

        private Builder() {}

        /// Wants a field of up to 64 bits to have one value.
        ///
        /// @param field not a wide one
        /// @param value right-aligned
        /// @return this
        public Builder exact(Field field, long value) {
            return masked(field, value, field.ones());
        }

        /// Wants some bits of a field of up to 64 bits, or of the low half of a wide one.
        ///
        /// @param field any
        /// @param value right-aligned
        /// @param mask right-aligned; ones are compared
        /// @return this
        public Builder masked(Field field, long value, long mask) {
            int w = field.wide() ? field.word() + 1 : field.word();
            long m = (mask & field.ones()) << field.shift();
            masks[w] |= m;
            values[w] = (values[w] & ~m) | ((value << field.shift()) & m);
            return this;
        }

        /// Wants some bits of a 128-bit field.
        ///
        /// @param field a wide one
        /// @param high value of bits 127 to 64
        /// @param low value of bits 63 to 0
        /// @param maskHigh mask of bits 127 to 64
        /// @param maskLow mask of bits 63 to 0
        /// @return this
        public Builder masked(Field field, long high, long low, long maskHigh, long maskLow) {
            if (!field.wide()) {
                throw new IllegalArgumentException(
                        "field " + field.ovsName() + " is not 128 bits wide");
            }
            masks[field.word()] |= maskHigh;
            values[field.word()] = (values[field.word()] & ~maskHigh) | (high & maskHigh);
            return masked(field, low, maskLow);
        }

        /// Wants bits that an action names to have a value, together with what was wanted of that
        /// field before, as `learn` does. As in Open vSwitch, nothing is wanted of a field that
        /// can't be masked until all bits at once are named that it has on the wire; after that,
        /// some of them may be wanted to be others.
        ///
        /// @param target the bits
        /// @param high bits 127 to 64 of the value
        /// @param low bits 63 to 0 of the value
        /// @return this
        public Builder part(SubField target, long high, long low) {
            Field f = target.field();
            if (f.wide()) {
                return masked(
                        f,
                        target.placeHigh(high, low),
                        target.placeLow(low),
                        target.maskHigh(),
                        target.maskLow());
            }
            if (f.maskable() || f.prerequisite() == Prerequisite.NSH) {
                return masked(f, target.placeLow(low), target.maskLow());
            }
            if (f.width() % Byte.SIZE != 0) {
                return this;
            }
            if (target.bits() == f.width()) {
                return exact(f.base(), inMatch(f, low));
            }
            long before = f.get(values);
            return f.base() == f && f.get(masks) == f.ones()
                    ? exact(f, inMatch(f, before & ~target.maskLow() | target.placeLow(low)))
                    : this;
        }

        private static long inMatch(Field f, long value) {
            boolean none = f.notation() == Notation.PORT && f.base() == f && !f.accepts(value);
            return none ? Integer.toUnsignedLong(OfPort.ANY) : f.toBase(value);
        }

        /// What has been collected.
        ///
        /// @return the match
        public Match build() {
            return Match.of(values, masks);
        }
    }
}
