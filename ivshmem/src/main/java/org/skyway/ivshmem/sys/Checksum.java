package org.skyway.ivshmem.sys;

import org.skyway.ivshmem.region.Memory;

/// The checksums of IP, TCP and UDP (RFC 1071) and of SCTP (RFC 9260, CRC32c). Sums are taken over
/// little-endian words and stored the same way, which gives the same bytes as the network's order.
public final class Checksum {
    private static final int SCTP_OFFSET = 8;
    private static final int CRC32C_REFLECTED = 0x82f63b78;
    private static final int[] CRC32C = crcTable();

    private Checksum() {}

    /// Finishes what the sender's stack left to a card: the field holds the sum of the
    /// pseudo-header.
    ///
    /// @param frame where the frame is
    /// @param length its length in bytes
    /// @param start offset of what is summed, to the end
    /// @param offset of the field from there
    /// @return false if the field is not inside the frame
    public static boolean complete(long frame, int length, int start, int offset) {
        if (start < 14 || start + offset + 2 > length) {
            return false;
        }
        if (offset == SCTP_OFFSET) { // no other protocol has its checksum there
            return completeSctp(frame, length, start);
        }
        store(frame + start + offset, fold(sum(frame + start, length - start)));
        return true;
    }

    // Ones' complement; 0 is stored as its other form, since UDP means "no checksum" by it.
    static void store(long field, int folded) {
        int checksum = ~folded & 0xffff;
        Memory.putShort(field, checksum == 0 ? 0xffff : checksum);
    }

    // Of up to 1 MiB; to be folded.
    static long sum(long address, int length) {
        long sum = 0;
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            long v = Memory.getLong(address + i);
            sum += (v & 0xffff_ffffL) + (v >>> 32);
        }
        for (; i + 2 <= length; i += 2) {
            sum += Memory.getShort(address + i);
        }
        return i < length ? sum + Memory.getByte(address + i) : sum;
    }

    static int fold(long sum) {
        long s = (sum & 0xffff_ffffL) + (sum >>> 32);
        s = (s & 0xffff) + (s >>> 16);
        s = (s & 0xffff) + (s >>> 16);
        return (int) ((s & 0xffff) + (s >>> 16));
    }

    // A value of 16 bits in network order, as a word of the sum.
    static int word(int value) {
        return (value & 0xff) << 8 | value >>> 8 & 0xff;
    }

    static int crc32c(long address, int length) {
        int crc = -1;
        for (int i = 0; i < length; i++) {
            crc = crc >>> 8 ^ CRC32C[(crc ^ Memory.getByte(address + i)) & 0xff];
        }
        return ~crc;
    }

    private static boolean completeSctp(long frame, int length, int start) {
        if (start + SCTP_OFFSET + 4 > length) {
            return false;
        }
        Memory.putInt(frame + start + SCTP_OFFSET, 0);
        Memory.putInt(frame + start + SCTP_OFFSET, crc32c(frame + start, length - start));
        return true;
    }

    private static int[] crcTable() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ CRC32C_REFLECTED : crc >>> 1;
            }
            table[i] = crc;
        }
        return table;
    }
}
