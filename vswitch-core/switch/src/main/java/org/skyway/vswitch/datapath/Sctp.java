package org.skyway.vswitch.datapath;

import java.util.zip.CRC32C;
import org.skyway.ivshmem.region.Memory;

/// SCTP's checksum, which is a CRC over the whole packet (RFC 4960, appendix B).
final class Sctp {
    private static final int CHECKSUM = 8;

    private Sctp() {}

    /// Writes the ports. A checksum that was wrong stays wrong by as much, so that an error on the
    /// way is not hidden.
    ///
    /// @param packet address of the packet
    /// @param l4 offset of the SCTP header
    /// @param source source port
    /// @param destination destination port
    /// @param end offset of the end of the SCTP packet
    static void putPorts(long packet, int l4, int source, int destination, int end) {
        int stored = Memory.getInt(packet + l4 + CHECKSUM);
        int right = checksum(packet, l4, end);
        Memory.putShortBE(packet + l4, source);
        Memory.putShortBE(packet + l4 + 2, destination);
        int now = checksum(packet, l4, end);
        Memory.putInt(packet + l4 + CHECKSUM, stored ^ right ^ now);
    }

    private static int checksum(long packet, int l4, int end) {
        byte[] data = new byte[end - l4]; // rare: only where a rule rewrites SCTP ports
        Memory.copyToArray(packet + l4, data, 0, data.length);
        for (int i = CHECKSUM; i < CHECKSUM + 4; i++) {
            data[i] = 0;
        }
        CRC32C crc = new CRC32C();
        crc.update(data);
        return (int) crc.getValue();
    }
}
