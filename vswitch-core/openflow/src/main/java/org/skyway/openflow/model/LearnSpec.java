package org.skyway.openflow.model;

/// One line of a [Action.Learn]: where bits come from and what they become in the new flow.
///
/// @param kind what they become
/// @param source field they come from; null for an immediate
/// @param immediate the bits, big-endian, if `source` is null
/// @param target field they go to; null for [Kind#OUTPUT]
/// @param bits how many
public record LearnSpec(Kind kind, SubField source, Bytes immediate, SubField target, int bits) {
    /// What the bits become.
    public enum Kind {
        /// A field of the new flow's match.
        MATCH,
        /// A load action of the new flow.
        LOAD,
        /// An output action of the new flow.
        OUTPUT
    }

    /// Bits 63 to 0 of what is copied.
    ///
    /// @param key where the bits come from unless they are an immediate
    /// @return the value, right-aligned
    public long low(long[] key) {
        return source == null ? number(0) : source.get(key);
    }

    /// Bits 127 to 64 of what is copied.
    ///
    /// @param key where the bits come from unless they are an immediate
    /// @return the value, right-aligned; 0 if there are no such bits
    public long high(long[] key) {
        return source == null ? number(Long.BYTES) : source.getHigh(key);
    }

    // Up to 64 bits of the immediate.
    private long number(int from) {
        long value = 0;
        for (int i = Math.min(immediate.length(), from + Long.BYTES) - 1; i >= from; i--) {
            value = value << Byte.SIZE | immediate.at(immediate.length() - 1 - i) & 0xff;
        }
        int left = bits - Byte.SIZE * from;
        return left >= Long.SIZE ? value : left <= 0 ? 0 : value & (1L << left) - 1;
    }
}
