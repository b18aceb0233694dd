package org.skyway.ivshmem.region;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads and writes raw addresses, little-endian.
///
/// One constant segment spans the whole address space, and each address is masked to the 47 bits of
/// a user-space address: with that value range the compiler proves every bounds check away, and an
/// access costs what it costs in C. There is no safety net: an address that is not mapped kills the
/// process. Only the base address that came from a [Region] plus an offset that was checked against
/// the region's size may be passed in.
public final class Memory {
    private static final MemorySegment ALL = everything();
    private static final long USER_SPACE = 0x0000_7fff_ffff_ffffL;

    private static final ValueLayout.OfLong LONG_LE =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT_LE =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT_LE =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG_BE =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT_BE =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT_BE =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle SHORT =
            JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle INT =
            JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private Memory() {}

    @SuppressWarnings("restricted") // this module is the one that may
    private static MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /// Reads a byte.
    ///
    /// @param address mapped
    /// @return the byte, 0 to 255
    public static int getByte(long address) {
        return ALL.get(JAVA_BYTE, address & USER_SPACE) & 0xff;
    }

    /// Writes a byte.
    ///
    /// @param address mapped
    /// @param value its low 8 bits
    public static void putByte(long address, int value) {
        ALL.set(JAVA_BYTE, address & USER_SPACE, (byte) value);
    }

    /// Reads 2 bytes in network order.
    ///
    /// @param address mapped, of any alignment
    /// @return 0 to 65535
    public static int getShortBE(long address) {
        return ALL.get(SHORT_BE, address & USER_SPACE) & 0xffff;
    }

    /// Writes 2 bytes in network order.
    ///
    /// @param address mapped, of any alignment
    /// @param value its low 16 bits
    public static void putShortBE(long address, int value) {
        ALL.set(SHORT_BE, address & USER_SPACE, (short) value);
    }

    /// Reads 2 bytes.
    ///
    /// @param address mapped, of any alignment
    /// @return 0 to 65535
    public static int getShort(long address) {
        return ALL.get(SHORT_LE, address & USER_SPACE) & 0xffff;
    }

    /// Writes 2 bytes.
    ///
    /// @param address mapped, of any alignment
    /// @param value its low 16 bits
    public static void putShort(long address, int value) {
        ALL.set(SHORT_LE, address & USER_SPACE, (short) value);
    }

    /// Reads 4 bytes in network order.
    ///
    /// @param address mapped, of any alignment
    /// @return the value
    public static int getIntBE(long address) {
        return ALL.get(INT_BE, address & USER_SPACE);
    }

    /// Writes 4 bytes in network order.
    ///
    /// @param address mapped, of any alignment
    /// @param value the value
    public static void putIntBE(long address, int value) {
        ALL.set(INT_BE, address & USER_SPACE, value);
    }

    /// Reads 4 bytes.
    ///
    /// @param address mapped, of any alignment
    /// @return the value
    public static int getInt(long address) {
        return ALL.get(INT_LE, address & USER_SPACE);
    }

    /// Writes 4 bytes.
    ///
    /// @param address mapped, of any alignment
    /// @param value the value
    public static void putInt(long address, int value) {
        ALL.set(INT_LE, address & USER_SPACE, value);
    }

    /// Reads 8 bytes in network order.
    ///
    /// @param address mapped, of any alignment
    /// @return the value
    public static long getLongBE(long address) {
        return ALL.get(LONG_BE, address & USER_SPACE);
    }

    /// Writes 8 bytes in network order.
    ///
    /// @param address mapped, of any alignment
    /// @param value the value
    public static void putLongBE(long address, long value) {
        ALL.set(LONG_BE, address & USER_SPACE, value);
    }

    /// Reads 8 bytes.
    ///
    /// @param address mapped, of any alignment
    /// @return the value
    public static long getLong(long address) {
        return ALL.get(LONG_LE, address & USER_SPACE);
    }

    /// Writes 8 bytes.
    ///
    /// @param address mapped, of any alignment
    /// @param value the value
    public static void putLong(long address, long value) {
        ALL.set(LONG_LE, address & USER_SPACE, value);
    }

    /// Reads 8 bytes; later reads and writes stay behind it.
    ///
    /// @param address mapped, a multiple of 8
    /// @return the value
    public static long getLongAcquire(long address) {
        return (long) LONG.getAcquire(ALL, address & USER_SPACE);
    }

    /// Writes 8 bytes; earlier reads and writes stay before it.
    ///
    /// @param address mapped, a multiple of 8
    /// @param value the value
    public static void putLongRelease(long address, long value) {
        LONG.setRelease(ALL, address & USER_SPACE, value);
    }

    /// Writes 8 bytes in one piece, in no order with anything else.
    ///
    /// @param address mapped, a multiple of 8
    /// @param value the value
    public static void putLongOpaque(long address, long value) {
        LONG.setOpaque(ALL, address & USER_SPACE, value);
    }

    /// Adds to 8 bytes that nobody else writes. Others see the old value or the new one.
    ///
    /// @param address mapped, a multiple of 8
    /// @param n what to add
    public static void addLongOpaque(long address, long n) {
        final long at = address & USER_SPACE;
        LONG.setOpaque(ALL, at, (long) LONG.get(ALL, at) + n);
    }

    /// Reads 8 bytes in one piece, in no order with anything else.
    ///
    /// @param address mapped, a multiple of 8
    /// @return the value
    public static long getLongOpaque(long address) {
        return (long) LONG.getOpaque(ALL, address & USER_SPACE);
    }

    /// Reads 4 bytes; later reads and writes stay behind it.
    ///
    /// @param address mapped, a multiple of 4
    /// @return the value
    public static int getIntAcquire(long address) {
        return (int) INT.getAcquire(ALL, address & USER_SPACE);
    }

    /// Writes 4 bytes; earlier reads and writes stay before it.
    ///
    /// @param address mapped, a multiple of 4
    /// @param value the value
    public static void putIntRelease(long address, int value) {
        INT.setRelease(ALL, address & USER_SPACE, value);
    }

    /// Reads 2 bytes; later reads and writes stay behind it.
    ///
    /// @param address mapped, a multiple of 2
    /// @return 0 to 65535
    public static int getShortAcquire(long address) {
        return (short) SHORT.getAcquire(ALL, address & USER_SPACE) & 0xffff;
    }

    /// Writes 2 bytes; earlier reads and writes stay before it.
    ///
    /// @param address mapped, a multiple of 2
    /// @param value its low 16 bits
    public static void putShortRelease(long address, int value) {
        SHORT.setRelease(ALL, address & USER_SPACE, (short) value);
    }

    /// Copies a packet, and not a byte more: what lies behind a packet in shared memory is the rest
    /// of an earlier one, which the next reader may not be meant to see.
    ///
    /// @param source mapped, of any alignment
    /// @param target mapped, of any alignment, not overlapping
    /// @param length 1 or more bytes
    public static void copyPacket(long source, long target, int length) {
        if (length > 256) {
            MemorySegment.copy(ALL, source & USER_SPACE, ALL, target & USER_SPACE, length);
            return;
        }
        long x = source & USER_SPACE;
        long y = target & USER_SPACE;
        int rest = length;
        for (; rest >= 64; rest -= 64) {
            copy64(x, y);
            x += 64;
            y += 64;
        }
        if (rest > 0) {
            copyRest(x, y, rest, length);
        }
    }

    // The last 1 to 63 bytes of a packet. Two blocks of one size, the second of which ends with the
    // packet and overlaps the first, do without a loop and without touching more.
    private static void copyRest(long x, long y, int rest, int length) {
        final long u = x + rest;
        final long v = y + rest;
        if (rest > 32) {
            final long a = ALL.get(LONG_LE, x);
            final long b = ALL.get(LONG_LE, x + 8);
            final long c = ALL.get(LONG_LE, x + 16);
            final long d = ALL.get(LONG_LE, x + 24);
            final long e = ALL.get(LONG_LE, u - 32);
            final long f = ALL.get(LONG_LE, u - 24);
            final long g = ALL.get(LONG_LE, u - 16);
            final long h = ALL.get(LONG_LE, u - 8);
            ALL.set(LONG_LE, y, a);
            ALL.set(LONG_LE, y + 8, b);
            ALL.set(LONG_LE, y + 16, c);
            ALL.set(LONG_LE, y + 24, d);
            ALL.set(LONG_LE, v - 32, e);
            ALL.set(LONG_LE, v - 24, f);
            ALL.set(LONG_LE, v - 16, g);
            ALL.set(LONG_LE, v - 8, h);
        } else if (rest > 16) {
            final long a = ALL.get(LONG_LE, x);
            final long b = ALL.get(LONG_LE, x + 8);
            final long c = ALL.get(LONG_LE, u - 16);
            final long d = ALL.get(LONG_LE, u - 8);
            ALL.set(LONG_LE, y, a);
            ALL.set(LONG_LE, y + 8, b);
            ALL.set(LONG_LE, v - 16, c);
            ALL.set(LONG_LE, v - 8, d);
        } else if (rest >= 8) {
            final long a = ALL.get(LONG_LE, x);
            final long b = ALL.get(LONG_LE, u - 8);
            ALL.set(LONG_LE, y, a);
            ALL.set(LONG_LE, v - 8, b);
        } else if (length >= 8) {
            ALL.set(LONG_LE, v - 8, ALL.get(LONG_LE, u - 8));
        } else {
            for (int i = 0; i < rest; i++) {
                ALL.set(JAVA_BYTE, y + i, ALL.get(JAVA_BYTE, x + i));
            }
        }
    }

    /// Copies 64 bytes: eight loads, then eight stores, which is the fastest shape.
    ///
    /// @param source mapped, of any alignment
    /// @param target mapped, of any alignment, not overlapping
    public static void copy64(long source, long target) {
        long x = source & USER_SPACE;
        long y = target & USER_SPACE;
        long v0 = ALL.get(LONG_LE, x);
        long v1 = ALL.get(LONG_LE, x + 8);
        long v2 = ALL.get(LONG_LE, x + 16);
        long v3 = ALL.get(LONG_LE, x + 24);
        long v4 = ALL.get(LONG_LE, x + 32);
        long v5 = ALL.get(LONG_LE, x + 40);
        long v6 = ALL.get(LONG_LE, x + 48);
        long v7 = ALL.get(LONG_LE, x + 56);
        ALL.set(LONG_LE, y, v0);
        ALL.set(LONG_LE, y + 8, v1);
        ALL.set(LONG_LE, y + 16, v2);
        ALL.set(LONG_LE, y + 24, v3);
        ALL.set(LONG_LE, y + 32, v4);
        ALL.set(LONG_LE, y + 40, v5);
        ALL.set(LONG_LE, y + 48, v6);
        ALL.set(LONG_LE, y + 56, v7);
    }

    /// Copies exactly `length` bytes; the places may overlap.
    ///
    /// @param source mapped
    /// @param target mapped
    /// @param length 0 or more bytes
    public static void copy(long source, long target, long length) {
        MemorySegment.copy(ALL, source & USER_SPACE, ALL, target & USER_SPACE, length);
    }

    /// Copies out of a region.
    ///
    /// @param source mapped
    /// @param target array
    /// @param offset index of the first byte in the array
    /// @param length 0 or more bytes
    public static void copyToArray(long source, byte[] target, int offset, int length) {
        MemorySegment.copy(ALL, JAVA_BYTE, source & USER_SPACE, target, offset, length);
    }

    /// Copies into a region.
    ///
    /// @param source array
    /// @param offset index of the first byte in the array
    /// @param target mapped
    /// @param length 0 or more bytes
    public static void copyFromArray(byte[] source, int offset, long target, int length) {
        MemorySegment.copy(source, offset, ALL, JAVA_BYTE, target & USER_SPACE, length);
    }

    /// Fills with zeros.
    ///
    /// @param address mapped
    /// @param length 0 or more bytes
    public static void clear(long address, long length) {
        ALL.asSlice(address & USER_SPACE, length).fill((byte) 0);
    }
}
