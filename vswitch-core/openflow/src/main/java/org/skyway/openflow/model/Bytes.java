package org.skyway.openflow.model;

import java.util.Arrays;
import java.util.HexFormat;

/// Immutable bytes with value equality.
public final class Bytes {
    /// No bytes.
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] data;

    private Bytes(byte[] data) {
        this.data = data;
    }

    /// Copies an array.
    ///
    /// @param data the bytes
    /// @return the same bytes
    public static Bytes of(byte... data) {
        return data.length == 0 ? EMPTY : new Bytes(data.clone());
    }

    /// How many there are.
    ///
    /// @return 0 or more
    public int length() {
        return data.length;
    }

    /// One byte.
    ///
    /// @param i its index
    /// @return the byte
    public byte at(int i) {
        return data[i];
    }

    /// A copy as an array.
    ///
    /// @return a new array
    public byte[] toArray() {
        return data.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Bytes b && Arrays.equals(data, b.data);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(data);
    }

    /// In hexadecimal, two lower-case digits a byte.
    @Override
    public String toString() {
        return HexFormat.of().formatHex(data);
    }
}
