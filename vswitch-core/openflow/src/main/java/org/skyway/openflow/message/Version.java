package org.skyway.openflow.message;

/// The versions of OpenFlow that the codecs speak.
public enum Version {
    /// OpenFlow 1.0, wire version 1.
    OF10(1),
    /// OpenFlow 1.1, wire version 2.
    OF11(2),
    /// OpenFlow 1.2, wire version 3.
    OF12(3),
    /// OpenFlow 1.3, wire version 4.
    OF13(4),
    /// OpenFlow 1.4, wire version 5.
    OF14(5),
    /// OpenFlow 1.5, wire version 6.
    OF15(6);

    private final int number;

    Version(int number) {
        this.number = number;
    }

    /// The number in a message's header.
    ///
    /// @return 1 to 6
    public int number() {
        return number;
    }

    /// Whether this version has what came with another one.
    ///
    /// @param other any
    /// @return true if this is `other` or newer
    public boolean atLeast(Version other) {
        return number >= other.number;
    }

    /// The version with a number.
    ///
    /// @param number as in a message's header
    /// @return the version, or null if it is not spoken here
    public static Version of(int number) {
        for (Version v : values()) {
            if (v.number == number) {
                return v;
            }
        }
        return null;
    }

    /// The bit mask of a set of versions, as a hello's version bitmap has it.
    ///
    /// @param versions any
    /// @return a mask; bit `n` is set for wire version `n`
    public static int bitmap(Iterable<Version> versions) {
        int bits = 0;
        for (Version v : versions) {
            bits |= 1 << v.number;
        }
        return bits;
    }
}
