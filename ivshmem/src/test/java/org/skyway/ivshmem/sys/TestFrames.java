package org.skyway.ivshmem.sys;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/// Builds frames byte by byte, and checks them the slow and obvious way.
final class TestFrames {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int FIN = 0x01;
    static final int PSH = 0x08;
    static final int ACK = 0x10;
    static final int CWR = 0x80;

    /// An EtherType for local experiments: no network stack answers it.
    static final int EXPERIMENTAL = 0x88b5;

    private TestFrames() {}

    /// A frame with a sequence number, filled from it.
    static byte[] numbered(long number, int length) {
        byte[] frame = new byte[length];
        new Random(number).nextBytes(frame);
        ByteBuffer b = ByteBuffer.wrap(frame);
        b.put(addresses()).putShort((short) EXPERIMENTAL);
        if (length >= 22) {
            b.putLong(number);
        }
        return frame;
    }

    static byte[] addresses() {
        return new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
    }

    /// The frame with a VLAN tag pushed.
    static byte[] tagged(byte[] frame, int tpid, int tci) {
        ByteBuffer b = ByteBuffer.allocate(frame.length + 4);
        b.put(frame, 0, 12).putShort((short) tpid).putShort((short) tci);
        b.put(frame, 12, frame.length - 12);
        return b.array();
    }

    /// TCP or UDP over IPv4 or IPv6. The checksum field holds the sum of the pseudo-header, as a
    /// stack leaves it that relies on the card.
    static byte[] ip(boolean ipv4, int protocol, int ipOptions, int tcpOptions, byte[] payload) {
        int network = ipv4 ? 20 + ipOptions : 40;
        int transport = protocol == TCP ? 20 + tcpOptions : 8;
        ByteBuffer b = ByteBuffer.allocate(14 + network + transport + payload.length);
        b.put(addresses()).putShort((short) (ipv4 ? 0x0800 : 0x86dd));
        int rest = transport + payload.length;
        if (ipv4) {
            b.put((byte) (0x40 | network / 4)).put((byte) 0).putShort((short) (network + rest));
            b.putShort((short) 0xfffe).putShort((short) 0x4000);
            b.put((byte) 64).put((byte) protocol).putShort((short) 0);
            b.put(new byte[] {10, 9, 0, 1, 10, 9, 0, 2}).put(new byte[ipOptions]);
        } else {
            b.putInt(0x60000000).putShort((short) rest).put((byte) protocol).put((byte) 64);
            byte[] address = new byte[16];
            address[0] = (byte) 0xfd;
            address[15] = 1;
            b.put(address);
            address[15] = 2;
            b.put(address);
        }
        b.putShort((short) 4000).putShort((short) 4001);
        if (protocol == TCP) {
            b.putInt(0xffff_fff0).putInt(77).put((byte) (transport / 4 << 4));
            b.put((byte) (FIN | PSH | ACK | CWR)).putShort((short) 1000).putInt(0);
            byte[] options = new byte[tcpOptions];
            Arrays.fill(options, (byte) 1);
            b.put(options);
        } else {
            b.putShort((short) rest).putShort((short) 0);
        }
        b.put(payload);
        byte[] frame = b.array();
        if (ipv4) {
            put16(frame, 24, ~sum(frame, 14, network, 0) & 0xffff);
        }
        put16(frame, checksumAt(frame), pseudoHeader(frame));
        return frame;
    }

    static boolean isIpv4(byte[] frame) {
        return get16(frame, 12) == 0x0800;
    }

    /// Offset of the TCP or UDP header in an untagged frame.
    static int transportAt(byte[] frame) {
        return isIpv4(frame) ? 14 + (frame[14] & 15) * 4 : 54;
    }

    static int protocol(byte[] frame) {
        return frame[isIpv4(frame) ? 23 : 20];
    }

    static int payloadAt(byte[] frame) {
        int transport = transportAt(frame);
        return transport + (protocol(frame) == TCP ? (frame[transport + 12] >> 4 & 15) * 4 : 8);
    }

    static int checksumAt(byte[] frame) {
        return transportAt(frame) + (protocol(frame) == TCP ? 16 : 6);
    }

    /// Whether lengths and checksums of an untagged TCP or UDP frame without padding are right.
    static boolean isSound(byte[] frame) {
        int transport = transportAt(frame);
        boolean network =
                isIpv4(frame)
                        ? get16(frame, 16) == frame.length - 14
                                && sum(frame, 14, transport - 14, 0) == 0xffff
                        : get16(frame, 18) == frame.length - 54;
        boolean datagram =
                protocol(frame) == TCP || get16(frame, transport + 4) == frame.length - transport;
        int pseudo = pseudoHeader(frame);
        return network
                && datagram
                && sum(frame, transport, frame.length - transport, pseudo) == 0xffff;
    }

    static int get16(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }

    static void put16(byte[] b, int at, int value) {
        b[at] = (byte) (value >> 8);
        b[at + 1] = (byte) value;
    }

    /// Sums 16-bit words in ones' complement.
    static int sum(byte[] b, int at, int length, int initial) {
        int sum = initial;
        for (int i = 0; i < length; i += 2) {
            sum += (b[at + i] & 0xff) << 8 | (i + 1 < length ? b[at + i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }

    private static int pseudoHeader(byte[] frame) {
        int addresses = isIpv4(frame) ? sum(frame, 26, 8, 0) : sum(frame, 22, 32, 0);
        byte[] rest = new byte[4];
        put16(rest, 0, protocol(frame));
        put16(rest, 2, frame.length - transportAt(frame));
        return sum(rest, 0, 4, addresses);
    }
}
