package org.skyway.vnf.frame;

import org.skyway.ivshmem.region.Memory;

/// Reads the addresses, protocol and ports off a frame, over up to two VLAN tags and the extension
/// headers of IPv6. One object is used for all frames of a thread. Nothing beyond the frame is
/// read; what is cut off counts as absent.
public final class FlowReader {
    /// What [#protocol] and the ports are where there are none.
    public static final int NONE = -1;

    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ETHERTYPE_QINQ = 0x88a8;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;
    private static final int MOST_EXTENSIONS = 8;

    private int etherType;
    private int protocol;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int sourcePort;
    private int destinationPort;

    /// Has read nothing yet.
    public FlowReader() {}

    /// Reads a frame.
    ///
    /// @param frame where it is
    /// @param length its length in bytes
    public void parse(long frame, int length) {
        protocol = NONE;
        sourceHigh = 0;
        sourceLow = 0;
        destinationHigh = 0;
        destinationLow = 0;
        sourcePort = NONE;
        destinationPort = NONE;
        etherType = NONE;
        int at = 12;
        for (int tags = 0; at + 2 <= length; tags++) {
            etherType = Memory.getShortBE(frame + at);
            if (tags == 2 || (etherType != ETHERTYPE_VLAN && etherType != ETHERTYPE_QINQ)) {
                break;
            }
            at += 4;
        }
        if (etherType == ETHERTYPE_IPV4) {
            ipv4(frame, length, at + 2);
        } else if (etherType == ETHERTYPE_IPV6) {
            ipv6(frame, length, at + 2);
        }
    }

    /// The type behind the VLAN tags.
    ///
    /// @return 0 to 65535, or [#NONE]
    public int etherType() {
        return etherType;
    }

    /// The IP protocol.
    ///
    /// @return 0 to 255, or [#NONE] if it is no whole IP header
    public int protocol() {
        return protocol;
    }

    /// Whether the addresses are IPv6.
    ///
    /// @return true for IPv6, false for IPv4 and what is no IP
    public boolean isIpv6() {
        return etherType == ETHERTYPE_IPV6;
    }

    /// The upper half of the source.
    ///
    /// @return bits 127 to 64; 0 for IPv4
    public long sourceHigh() {
        return sourceHigh;
    }

    /// The lower half of the source.
    ///
    /// @return bits 63 to 0; IPv4 in 31 to 0
    public long sourceLow() {
        return sourceLow;
    }

    /// The upper half of the destination.
    ///
    /// @return bits 127 to 64; 0 for IPv4
    public long destinationHigh() {
        return destinationHigh;
    }

    /// The lower half of the destination.
    ///
    /// @return bits 63 to 0; IPv4 in 31 to 0
    public long destinationLow() {
        return destinationLow;
    }

    /// The port of the sender, of TCP, UDP and SCTP.
    ///
    /// @return 0 to 65535, or [#NONE]; also for fragments behind the first
    public int sourcePort() {
        return sourcePort;
    }

    /// The port of the receiver, of TCP, UDP and SCTP.
    ///
    /// @return 0 to 65535, or [#NONE]; also for fragments behind the first
    public int destinationPort() {
        return destinationPort;
    }

    private void ipv4(long frame, int length, int at) {
        if (at + 20 > length) {
            return;
        }
        final int headerBytes = (Memory.getByte(frame + at) & 0xf) * 4;
        if (headerBytes < 20) {
            return;
        }
        protocol = Memory.getByte(frame + at + 9);
        sourceLow = Memory.getIntBE(frame + at + 12) & 0xffff_ffffL;
        destinationLow = Memory.getIntBE(frame + at + 16) & 0xffff_ffffL;
        if ((Memory.getShortBE(frame + at + 6) & 0x1fff) == 0) {
            ports(frame, length, at + headerBytes);
        }
    }

    private void ipv6(long frame, int length, int at) {
        if (at + 40 > length) {
            return;
        }
        sourceHigh = Memory.getLongBE(frame + at + 8);
        sourceLow = Memory.getLongBE(frame + at + 16);
        destinationHigh = Memory.getLongBE(frame + at + 24);
        destinationLow = Memory.getLongBE(frame + at + 32);
        protocol = Memory.getByte(frame + at + 6);
        int next = at + 40;
        for (int i = 0; i < MOST_EXTENSIONS; i++) {
            if (next + 8 > length) {
                return;
            }
            switch (protocol) {
                case 0, 43, 60 -> { // hop-by-hop, routing, destination options
                    protocol = Memory.getByte(frame + next);
                    next += 8 + 8 * Memory.getByte(frame + next + 1);
                }
                case 44 -> { // fragment
                    protocol = Memory.getByte(frame + next);
                    if ((Memory.getShortBE(frame + next + 2) & 0xfff8) != 0) {
                        return;
                    }
                    next += 8;
                }
                default -> {
                    ports(frame, length, next);
                    return;
                }
            }
        }
    }

    private void ports(long frame, int length, int at) {
        if ((protocol == TCP || protocol == UDP || protocol == SCTP) && at + 4 <= length) {
            sourcePort = Memory.getShortBE(frame + at);
            destinationPort = Memory.getShortBE(frame + at + 2);
        }
    }
}
