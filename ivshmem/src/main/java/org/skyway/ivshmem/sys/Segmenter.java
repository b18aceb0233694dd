package org.skyway.ivshmem.sys;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;

/// Cuts a super-frame into the frames that a card would have put on the wire: TCP over IPv4 and
/// IPv6, and UDP (what `UDP_SEGMENT` makes). One super-frame at a time; its segments lie in buffers
/// of this object, which [#recycle] makes free again.
///
/// The headers are another host's bytes: every offset is checked against the frame before it is
/// used. What is not understood (tunnels, IPv6 routing headers) is refused, never guessed.
public final class Segmenter {
    static final int GSO_TCP4 = 1;
    static final int GSO_TCP6 = 4;
    static final int GSO_UDP = 5;

    private static final int BUFFERS = 64;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int HOP_BY_HOP = 0;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int FIN_AND_PSH = 0x09;
    private static final int CWR = 0x80;

    private final int maxFrameBytes;
    private final int strideBytes;
    private final long buffers;
    private int usedBuffers;

    private long frame;
    private int lengthBytes;
    private int segmentBytes;
    private int network; // offset of the IP header
    private int transport; // offset of the TCP or UDP header
    private int payload; // offset of the first byte behind the headers
    private boolean ipv4;
    private int protocol;
    private int position; // offset of the first byte not yet sent; lengthBytes when done
    private int index; // of the next segment

    /// Makes one.
    ///
    /// @param arena of its buffers
    /// @param maxFrameBytes longest segment
    public Segmenter(Arena arena, int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
        // An odd count of cache lines, so that the headers of a burst do not share one set.
        strideBytes = ((maxFrameBytes + 63) / 64 | 1) * 64;
        // One stride more, because copying in steps of 64 bytes reads behind the last frame.
        buffers = arena.allocate((long) (BUFFERS + 1) * strideBytes, 64).address();
    }

    /// Whether segments of a super-frame are still to come.
    ///
    /// @return true if so
    public boolean active() {
        return position < lengthBytes;
    }

    /// Makes the buffers of all segments so far free.
    public void recycle() {
        usedBuffers = 0;
    }

    /// Begins with a super-frame, which stays in place until this is no longer [#active].
    ///
    /// @param frame where it is
    /// @param lengthBytes its length
    /// @param gsoType what it is, as in a `virtio_net_hdr`: 1 TCP over IPv4, 4 over IPv6, 5 UDP
    /// @param segmentBytes payload of each segment
    /// @param csumStart offset of the TCP or UDP header as its sender says it, or -1
    /// @return false if it is not understood
    public boolean start(
            long frame, int lengthBytes, int gsoType, int segmentBytes, int csumStart) {
        this.frame = frame;
        this.lengthBytes = lengthBytes;
        this.segmentBytes = segmentBytes;
        index = 0;
        position = lengthBytes;
        if (!parse(gsoType) || csumStart >= 0 && csumStart != transport) {
            return false;
        }
        if (segmentBytes <= 0 || payload + segmentBytes > maxFrameBytes) {
            return false;
        }
        position = payload;
        return active();
    }

    /// Writes segments; those for which there is no room follow in a later call.
    ///
    /// @param addresses receives where each is, until [#recycle]
    /// @param lengths receives its length in bytes
    /// @param from index of the first
    /// @param max how many at most
    /// @return how many
    public int emit(long[] addresses, int[] lengths, int from, int max) {
        int n = 0;
        while (n < max && active() && usedBuffers < BUFFERS) {
            long out = buffers + (long) usedBuffers++ * strideBytes;
            int data = Math.min(segmentBytes, lengthBytes - position);
            Memory.copy(frame, out, payload);
            Memory.copy(frame + position, out + payload, data);
            fixNetwork(out, data);
            fixTransport(out, data, position + data == lengthBytes);
            position += data;
            index++;
            addresses[from + n] = out;
            lengths[from + n] = payload + data;
            n++;
        }
        return n;
    }

    private boolean parse(int gsoType) {
        network = 14;
        int etherType = lengthBytes < 14 ? 0 : Memory.getShortBE(frame + 12);
        while ((etherType == 0x8100 || etherType == 0x88a8) && network + 4 <= lengthBytes) {
            etherType = Memory.getShortBE(frame + network + 2);
            network += 4;
        }
        protocol = gsoType == GSO_UDP ? UDP : TCP;
        ipv4 = etherType == 0x0800;
        boolean known =
                ipv4
                        ? (gsoType == GSO_TCP4 || gsoType == GSO_UDP) && parseIpv4()
                        : etherType == 0x86dd
                                && (gsoType == GSO_TCP6 || gsoType == GSO_UDP)
                                && parseIpv6();
        return known && parseTransport();
    }

    private boolean parseIpv4() {
        if (network + 20 > lengthBytes) {
            return false;
        }
        int headerBytes = (Memory.getByte(frame + network) & 15) * 4;
        transport = network + headerBytes;
        return headerBytes >= 20 && Memory.getByte(frame + network + 9) == protocol;
    }

    private boolean parseIpv6() {
        if (network + 40 > lengthBytes) {
            return false;
        }
        int next = Memory.getByte(frame + network + 6);
        transport = network + 40;
        // Behind a routing header the checksum covers another destination than the header's.
        while (next == HOP_BY_HOP || next == DESTINATION_OPTIONS) {
            if (transport + 8 > lengthBytes) {
                return false;
            }
            next = Memory.getByte(frame + transport);
            transport += (Memory.getByte(frame + transport + 1) + 1) * 8;
        }
        return next == protocol;
    }

    private boolean parseTransport() {
        int least = protocol == TCP ? 20 : 8;
        if (transport + least > lengthBytes) {
            return false;
        }
        int headerBytes =
                protocol == TCP ? (Memory.getByte(frame + transport + 12) >> 4) * 4 : least;
        payload = transport + headerBytes;
        return headerBytes >= least && payload <= lengthBytes;
    }

    private void fixNetwork(long out, int data) {
        long ip = out + network;
        if (ipv4) {
            Memory.putShortBE(ip + 2, payload - network + data);
            Memory.putShortBE(ip + 4, Memory.getShortBE(ip + 4) + index);
            Memory.putShort(ip + 10, 0);
            int checksum = ~Checksum.fold(Checksum.sum(ip, transport - network));
            Memory.putShort(ip + 10, checksum);
        } else {
            Memory.putShortBE(ip + 4, payload - network - 40 + data);
        }
    }

    private void fixTransport(long out, int data, boolean last) {
        long header = out + transport;
        int bytes = payload - transport + data;
        long field;
        if (protocol == TCP) {
            Memory.putIntBE(header + 4, Memory.getIntBE(header + 4) + index * segmentBytes);
            int flags = Memory.getByte(header + 13);
            flags = last ? flags : flags & ~FIN_AND_PSH;
            Memory.putByte(header + 13, index == 0 ? flags : flags & ~CWR);
            field = header + 16;
        } else {
            Memory.putShortBE(header + 4, bytes);
            field = header + 6;
        }
        Memory.putShort(field, 0);
        long sum = Checksum.sum(header, bytes) + pseudoHeader(out, bytes);
        Checksum.store(field, Checksum.fold(sum));
    }

    private long pseudoHeader(long out, int transportBytes) {
        long addresses =
                ipv4 ? Checksum.sum(out + network + 12, 8) : Checksum.sum(out + network + 8, 32);
        return addresses + Checksum.word(protocol) + Checksum.word(transportBytes);
    }
}
