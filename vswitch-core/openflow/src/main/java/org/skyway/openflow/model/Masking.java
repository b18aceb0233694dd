package org.skyway.openflow.model;

/// What a match may have for a mask on a [Field].
public enum Masking {
    /// All of the field or nothing: codecs refuse other masks (OFPBMC_BAD_MASK).
    EXACT,
    /// Any bits.
    BITS,
    /// Any bits are read, and then Open vSwitch 3.1 takes the value for the mask: it tests the bits
    /// that are 1, and nothing if none is.
    SELF
}
