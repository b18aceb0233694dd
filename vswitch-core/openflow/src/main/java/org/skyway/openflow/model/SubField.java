package org.skyway.openflow.model;

/// Some bits of a field as actions name them, as in `NXM_NX_REG0[8..15]`: not all of them need be
/// in a flow key ([Field#held]).
///
/// @param field the field
/// @param offset its lowest bit concerned
/// @param bits how many
public record SubField(Field field, int offset, int bits) {
    /// Checks that the bits lie in the field.
    public SubField {
        if (offset < 0 || bits < 1 || offset + bits > field.width()) {
            throw new IllegalArgumentException(
                    "bits %d..%d do not lie in field %s, which has %d"
                            .formatted(offset, offset + bits - 1, field.ovsName(), field.width()));
        }
    }

    /// All of a field.
    ///
    /// @param field the field
    /// @return its subfield of full width
    public static SubField all(Field field) {
        return new SubField(field, 0, field.width());
    }

    /// Reads bits 63 to 0 of it from a flow key.
    ///
    /// @param key [FlowKey#WORDS] words
    /// @return the value, right-aligned; what the flow key has not is 0
    public long get(long[] key) {
        long low = field.get(key) & field.held();
        if (!field.wide()) {
            return low >>> offset & ones(bits);
        }
        return shiftedDown(field.getHigh(key), low) & ones(bits);
    }

    /// Reads bits 127 to 64 of it from a flow key.
    ///
    /// @param key [FlowKey#WORDS] words
    /// @return the value, right-aligned; 0 if there are no such bits
    public long getHigh(long[] key) {
        return bits <= 64 ? 0 : field.getHigh(key) >>> offset & ones(bits - 64);
    }

    /// Bits 63 to 0 of the field when a value is written to this part of it.
    ///
    /// @param value bits 63 to 0 of the value
    /// @return the bits; those that are not in [#maskLow] are 0
    public long placeLow(long value) {
        return offset >= 64 ? 0 : value << offset & maskLow();
    }

    /// Bits 127 to 64 of the field when a value is written to this part of it.
    ///
    /// @param high bits 127 to 64 of the value
    /// @param low bits 63 to 0 of the value
    /// @return the bits; those that are not in [#maskHigh] are 0
    public long placeHigh(long high, long low) {
        return shiftedUp(high, low) & maskHigh();
    }

    /// Which of bits 63 to 0 of the field this is.
    ///
    /// @return a mask
    public long maskLow() {
        return offset >= 64 ? 0 : ones(bits) << offset;
    }

    /// Which of bits 127 to 64 of the field this is.
    ///
    /// @return a mask; 0 if the field is not wide
    public long maskHigh() {
        return shiftedUp(bits <= 64 ? 0 : ones(bits - 64), ones(bits));
    }

    private long shiftedUp(long high, long low) {
        return offset == 0
                ? high
                : offset >= 64 ? low << offset - 64 : high << offset | low >>> 64 - offset;
    }

    private long shiftedDown(long high, long low) {
        return offset == 0
                ? low
                : offset >= 64 ? high >>> offset - 64 : low >>> offset | high << 64 - offset;
    }

    private static long ones(int bits) {
        return bits >= 64 ? -1L : (1L << bits) - 1;
    }
}
