package org.skyway.vhost;

import org.skyway.ivshmem.region.Memory;

/// What a packet's sender left to others: its checksum, and to cut it into segments (virtio 1.2,
/// section 5.1.6). What it says of that stands before the packet and is checked here, once; then it
/// is a word:
///
/// ```
/// bits 0-7 flags, 8-15 kind of segmentation, 16-31 offset of the checksum in its header,
/// 32-47 bytes of a segment, 48-63 offset of that header
/// ```
///
/// which is the beginning of what stands before a packet, with the offset of the checksum in the
/// place of the length of headers, which is a hint.
public final class Offloads {
    // @formatter:off
    static final long CSUM = 1; // what the guest sends may lack a checksum
    static final long GUEST_CSUM = 1 << 1; // what it receives may
    static final long GUEST_TSO4 = 1 << 7; // what it receives may be TCP over IPv4 of up to 64 KiB
    static final long GUEST_TSO6 = 1 << 8;
    static final long HOST_TSO4 = 1 << 11; // what it sends may be
    static final long HOST_TSO6 = 1 << 12;

    // @formatter:on

    /// All that can be offered.
    static final long ALL = CSUM | GUEST_CSUM | GUEST_TSO4 | GUEST_TSO6 | HOST_TSO4 | HOST_TSO6;

    /// The longest packet that is to be cut into segments: 64 KiB with its Ethernet header.
    public static final int MOST_BYTES = 65_535 + 18;

    /// Nothing was left to others.
    public static final long NONE = 0;

    /// What is in the way of a word.
    static final long WRONG = -1;

    /// Of TCP, as Linux has it.
    private static final int LEAST_SEGMENT_BYTES = 48;

    private static final int NEEDS_CHECKSUM = 1;
    private static final int ETHERNET_BYTES = 14;
    private static final int TCP4 = 1;
    private static final int TCP6 = 4;

    private Offloads() {}

    /// Whether a guest takes all that another may send as it is.
    ///
    /// @param from features that the sender agreed to
    /// @param to features that the receiver agreed to
    static boolean pass(long from, long to) {
        return implies(from, CSUM, to, GUEST_CSUM)
                && implies(from, HOST_TSO4, to, GUEST_TSO4)
                && implies(from, HOST_TSO6, to, GUEST_TSO6);
    }

    private static boolean implies(long from, long sends, long to, long takes) {
        return (from & sends) == 0 || (to & takes) != 0;
    }

    /// Reads what stands before a packet, which its sender can change at any time.
    ///
    /// @param header where
    /// @param length of the packet
    /// @param features that the sender agreed to
    /// @return the word; [#NONE], or [#WRONG]
    static long read(long header, int length, long features) {
        final long word = Memory.getLong(header); // once: untrusted
        final int offset = Memory.getShort(header + 8);
        final int kind = (int) word >>> 8 & 0xff;
        if ((word & NEEDS_CHECKSUM) == 0) {
            return kind == 0 ? NONE : WRONG; // segments need checksums
        }
        final int start = (int) (word >>> 48);
        if ((features & CSUM) == 0 || start < ETHERNET_BYTES || start + offset + 2 > length) {
            return WRONG;
        }
        final long checked = NEEDS_CHECKSUM | (long) offset << 16 | (long) start << 48;
        if (kind == 0) {
            return checked;
        }
        final int bytes = (int) (word >>> 32) & 0xffff;
        final boolean may =
                kind == TCP4 && (features & HOST_TSO4) != 0
                        || kind == TCP6 && (features & HOST_TSO6) != 0;
        return may && bytes >= LEAST_SEGMENT_BYTES
                ? checked | (long) kind << 8 | (long) bytes << 32
                : WRONG;
    }

    /// Writes it before a packet, but for how many buffers that takes.
    ///
    /// @param word from [#read]
    /// @param header where
    static void write(long word, long header) {
        Memory.putLong(header, word & ~0xffff_0000L);
        Memory.putShort(header + 8, offset(word));
    }

    static boolean isSegmented(long word) {
        return (word & 0xff00) != 0;
    }

    static int kind(long word) {
        return (int) word >>> 8 & 0xff;
    }

    static int offset(long word) {
        return (int) (word >>> 16) & 0xffff;
    }

    static int segmentBytes(long word) {
        return (int) (word >>> 32) & 0xffff;
    }

    static int start(long word) {
        return (int) (word >>> 48);
    }
}
