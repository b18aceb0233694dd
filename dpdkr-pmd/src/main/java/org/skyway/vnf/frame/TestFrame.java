package org.skyway.vnf.frame;

import org.skyway.ivshmem.region.Memory;

/// The frame that a source makes: Ethernet, IPv4 and UDP with right checksums, and a payload that
/// lets a sink find out what happened on the way. It all fits in 64 bytes. Network byte order.
///
/// ```
/// offset  size  field
///      0    14  Ethernet header
///     14    20  IPv4 header, no options
///     34     8  UDP header
///     42     4  magic "SKYW"
///     46     2  source id
///     48     8  sequence number, from 0
///     56     8  System.nanoTime of the sender when it was sent
///     64     …  filler: each byte is the low 8 bits of its offset
/// ```
public final class TestFrame {
    /// Shortest frame in bytes.
    public static final int MIN_BYTES = 64;

    static final int IP = 14;
    static final int IP_LENGTH = IP + 2;
    static final int IP_CHECKSUM = IP + 10;
    static final int IP_SOURCE = IP + 12;
    static final int IP_DESTINATION = IP + 16;
    static final int UDP = 34;
    static final int UDP_LENGTH = UDP + 4;
    static final int UDP_CHECKSUM = UDP + 6;
    static final int PAYLOAD = 42;
    static final int SOURCE_ID = 46;
    static final int SEQUENCE = 48;
    static final int SENT_NANOS = 56;
    static final int FILLER = 64;

    static final int MAGIC = 0x534b5957;
    static final int ETHERTYPE_IPV4 = 0x0800;
    static final int PROTOCOL_UDP = 17;

    private TestFrame() {}

    /// Whether a frame was made by a source.
    ///
    /// @param address where it is
    /// @param length its length in bytes
    /// @return true if so
    public static boolean isOne(long address, int length) {
        return length >= MIN_BYTES
                && Memory.getIntBE(address + PAYLOAD) == MAGIC
                && Memory.getShortBE(address + 12) == ETHERTYPE_IPV4
                && Memory.getByte(address + IP + 9) == PROTOCOL_UDP;
    }

    /// Who made it.
    ///
    /// @param address where it is
    /// @return the source's id, 0 to 65535
    public static int sourceId(long address) {
        return Memory.getShortBE(address + SOURCE_ID);
    }

    /// Its number.
    ///
    /// @param address where it is
    /// @return the sequence number, from 0
    public static long sequence(long address) {
        return Memory.getLongBE(address + SEQUENCE);
    }

    /// When it was sent.
    ///
    /// @param address where it is
    /// @return the sender's `System.nanoTime`, which on one host is everybody's
    public static long sentNanos(long address) {
        return Memory.getLongBE(address + SENT_NANOS);
    }

    /// Whether nothing in it was changed on the way, by its lengths and checksums.
    ///
    /// @param address where a frame is that [#isOne]
    /// @param length its length in bytes
    /// @return false if a bit was changed, or bytes are missing
    public static boolean isIntact(long address, int length) {
        if (Memory.getShortBE(address + IP_LENGTH) != length - IP
                || Memory.getShortBE(address + UDP_LENGTH) != length - UDP
                || fold(sum(address + IP, UDP - IP)) != 0xffff) {
            return false;
        }
        long pseudo = sum(address + IP_SOURCE, 8) + PROTOCOL_UDP + (length - UDP);
        return fold(pseudo + sum(address + UDP, length - UDP)) == 0xffff;
    }

    /// The one's complement sum of RFC 1071, before folding.
    static long sum(long address, int length) {
        long sum = 0;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            sum += Memory.getIntBE(address + i) & 0xffff_ffffL;
        }
        if (i + 2 <= length) {
            sum += Memory.getShortBE(address + i);
            i += 2;
        }
        if (i < length) {
            sum += (long) Memory.getByte(address + i) << 8;
        }
        return sum;
    }

    /// Folds a sum of 16-bit and 32-bit words to 16 bits; both are the same modulo 65535.
    static int fold(long sum) {
        long s = (sum >>> 32) + (sum & 0xffff_ffffL);
        s = (s >>> 16) + (s & 0xffff);
        s = (s >>> 16) + (s & 0xffff);
        s = (s >>> 16) + (s & 0xffff);
        return (int) s;
    }
}
