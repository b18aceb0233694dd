package org.skyway.openflow.model;

/// Some bits of a field, as in `NXM_NX_REG0[8..15]`.
///
/// @param field the field
/// @param offset its lowest bit concerned
/// @param bits how many
public record SubField(Field field, int offset, int bits) {
    /// Checks that the bits lie in the field.
    public SubField {
        if (offset < 0 || bits < 1 || offset + bits > field.bits()) {
            throw new IllegalArgumentException(
                    "bits %d..%d do not lie in field %s, which has %d"
                            .formatted(offset, offset + bits - 1, field.ovsName(), field.bits()));
        }
    }

    /// All of a field.
    ///
    /// @param field the field
    /// @return its subfield of full width
    public static SubField all(Field field) {
        return new SubField(field, 0, field.bits());
    }
}
