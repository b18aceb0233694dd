package org.skyway.openflow.model;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// Immutable bytes with value equality.
public final class Bytes {
    /// No bytes.
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] data;
    private final int from;
    private final int length;

    private Bytes(byte[] data, int from, int length) {
        this.data = data;
        this.from = from;
        this.length = length;
    }

    /// Copies an array.
    ///
    /// @param data the bytes
    /// @return the same bytes
    public static Bytes of(byte... data) {
        return over(data.clone());
    }

    /// Bytes of an array that nobody changes any more.
    ///
    /// @param data the bytes; must not be changed
    /// @return the same bytes
    public static Bytes over(byte[] data) {
        return over(data, 0, data.length);
    }

    /// Bytes in an array that nobody changes any more.
    ///
    /// @param data the array; must not be changed
    /// @param from index of the first of the bytes
    /// @param length how many they are
    /// @return the same bytes
    /// @throws IndexOutOfBoundsException if the array has no such part
    public static Bytes over(byte[] data, int from, int length) {
        Objects.checkFromIndexSize(from, length, data.length);
        return length == 0 ? EMPTY : new Bytes(data, from, length);
    }

    /// How many there are.
    ///
    /// @return 0 or more
    public int length() {
        return length;
    }

    /// One byte.
    ///
    /// @param i its index
    /// @return the byte
    public byte at(int i) {
        return data[from + Objects.checkIndex(i, length)];
    }

    /// A copy as an array.
    ///
    /// @return a new array
    public byte[] toArray() {
        return Arrays.copyOfRange(data, from, from + length);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Bytes b
                && Arrays.equals(data, from, from + length, b.data, b.from, b.from + b.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + data[i];
        }
        return hash;
    }

    /// In hexadecimal, two lower-case digits a byte.
    @Override
    public String toString() {
        return HexFormat.of().formatHex(data, from, from + length);
    }
}
