package org.skyway.vnf.frame;

import static org.skyway.vnf.frame.TestFrame.FILLER;
import static org.skyway.vnf.frame.TestFrame.IP;
import static org.skyway.vnf.frame.TestFrame.IP_CHECKSUM;
import static org.skyway.vnf.frame.TestFrame.IP_DESTINATION;
import static org.skyway.vnf.frame.TestFrame.IP_LENGTH;
import static org.skyway.vnf.frame.TestFrame.IP_SOURCE;
import static org.skyway.vnf.frame.TestFrame.PAYLOAD;
import static org.skyway.vnf.frame.TestFrame.PROTOCOL_UDP;
import static org.skyway.vnf.frame.TestFrame.SENT_NANOS;
import static org.skyway.vnf.frame.TestFrame.SEQUENCE;
import static org.skyway.vnf.frame.TestFrame.SOURCE_ID;
import static org.skyway.vnf.frame.TestFrame.UDP;
import static org.skyway.vnf.frame.TestFrame.UDP_CHECKSUM;
import static org.skyway.vnf.frame.TestFrame.UDP_LENGTH;

import org.skyway.ivshmem.region.Memory;

/// Makes [TestFrame]s, a burst at a time, in buffers of its own. What changes from frame to frame
/// is only written where it changes: with one size and one flow that is the sequence number, the
/// time stamp and a checksum, so a flat-out source is not slowed down by its frames.
public final class SyntheticFrames implements FrameSupply {
    /// Most flows: source ports 1024 to 61439 of as many source addresses as needed.
    public static final int MAX_FLOWS = 1 << 20;

    private static final int PORTS_PER_ADDRESS = 60416;
    private static final int FIRST_PORT = 1024;

    private final FrameSizes sizes;
    private final int flows;
    private final int sourceAddress;
    private final NativeBuffer memory;
    private final int stride;
    private final long base;
    private final boolean alike; // all frames have the same size and flow
    private int prepared; // slots from the first that have their headers, if all are alike
    private final int[] slotSize;
    private final int[] slotFlow;
    private final long[] slotSum; // of everything under the UDP checksum but sequence and time
    private final long[] fillerSum; // by length of frame

    /// What the headers say.
    ///
    /// @param sourceMac 48 bits
    /// @param destinationMac 48 bits
    /// @param sourceAddress IPv4, of the first flow
    /// @param destinationAddress IPv4
    /// @param destinationPort UDP
    public record Headers(
            long sourceMac,
            long destinationMac,
            int sourceAddress,
            int destinationAddress,
            int destinationPort) {}

    /// A supply without end.
    ///
    /// @param headers what the headers say
    /// @param sourceId 0 to 65535; a sink tells sources apart by it
    /// @param sizes lengths of the frames
    /// @param flows 1 to [#MAX_FLOWS], taken in turn
    /// @param burst most frames at a time
    public SyntheticFrames(Headers headers, int sourceId, FrameSizes sizes, int flows, int burst) {
        this.sizes = sizes;
        this.flows = flows;
        alike = flows == 1 && sizes.isOne();
        sourceAddress = headers.sourceAddress();
        stride = (sizes.largest() + 63) & -64;
        memory = new NativeBuffer((long) stride * burst);
        base = memory.address();
        slotSize = new int[burst];
        slotFlow = new int[burst];
        slotSum = new long[burst];
        for (int slot = 0; slot < burst; slot++) {
            fillConstant(base + (long) slot * stride, headers, sourceId);
        }
        fillerSum = new long[sizes.largest() + 1];
        for (int length = FILLER + 1; length <= sizes.largest(); length++) {
            fillerSum[length] = TestFrame.sum(base + FILLER, length - FILLER);
        }
    }

    @Override
    public void prepare(long sequence, int count, long nowNanos, long[] addresses, int[] lengths) {
        if (prepared == slotSize.length) {
            prepareAlike(sequence, count, nowNanos, addresses, lengths);
            return;
        }
        final long timeSum = (nowNanos >>> 32) + (nowNanos & 0xffff_ffffL);
        for (int i = 0; i < count; i++) {
            final long n = sequence + i;
            final int size = sizes.of(n);
            final int flow = flows == 1 ? 0 : (int) (n % flows);
            final long frame = base + (long) i * stride;
            if (slotSize[i] != size || slotFlow[i] != flow) {
                rewriteHeaders(i, frame, size, flow);
            }
            Memory.putLongBE(frame + SEQUENCE, n);
            Memory.putLongBE(frame + SENT_NANOS, nowNanos);
            final int checksum =
                    ~TestFrame.fold(slotSum[i] + (n >>> 32) + (n & 0xffff_ffffL) + timeSum)
                            & 0xffff;
            // RFC 768: a checksum of zero is sent as all ones.
            Memory.putShortBE(frame + UDP_CHECKSUM, checksum == 0 ? 0xffff : checksum);
            addresses[i] = frame;
            lengths[i] = size;
        }
        prepared = alike ? Math.max(prepared, count) : 0;
    }

    // All slots have the same headers, so their checksums differ only by their sequence numbers,
    // which are consecutive: in ones' complement arithmetic that is one more each.
    private void prepareAlike(
            long sequence, int count, long nowNanos, long[] addresses, int[] lengths) {
        final int size = slotSize[0];
        final long first =
                TestFrame.fold(
                        slotSum[0]
                                + (sequence >>> 32)
                                + (sequence & 0xffff_ffffL)
                                + (nowNanos >>> 32)
                                + (nowNanos & 0xffff_ffffL));
        long frame = base;
        for (int i = 0; i < count; i++) {
            Memory.putLongBE(frame + SEQUENCE, sequence + i);
            Memory.putLongBE(frame + SENT_NANOS, nowNanos);
            final long sum = first + i;
            final int checksum = ~(int) ((sum >>> 16) + sum) & 0xffff;
            Memory.putShortBE(frame + UDP_CHECKSUM, checksum == 0 ? 0xffff : checksum);
            addresses[i] = frame;
            lengths[i] = size;
            frame += stride;
        }
    }

    @Override
    public long frames() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        memory.close();
    }

    private void rewriteHeaders(int slot, long frame, int size, int flow) {
        slotSize[slot] = size;
        slotFlow[slot] = flow;
        Memory.putShortBE(frame + IP_LENGTH, size - IP);
        Memory.putIntBE(frame + IP_SOURCE, sourceAddress + flow / PORTS_PER_ADDRESS);
        Memory.putShortBE(frame + IP_CHECKSUM, 0);
        Memory.putShortBE(frame + IP_CHECKSUM, ~TestFrame.fold(TestFrame.sum(frame + IP, 20)));
        Memory.putShortBE(frame + UDP, FIRST_PORT + flow % PORTS_PER_ADDRESS);
        Memory.putShortBE(frame + UDP_LENGTH, size - UDP);
        slotSum[slot] =
                TestFrame.sum(frame + IP_SOURCE, 8)
                        + PROTOCOL_UDP
                        + (size - UDP)
                        + TestFrame.sum(frame + UDP, 6)
                        + TestFrame.sum(frame + PAYLOAD, SEQUENCE - PAYLOAD)
                        + fillerSum[size];
    }

    private void fillConstant(long frame, Headers headers, int sourceId) {
        Memory.putShortBE(frame, (int) (headers.destinationMac() >>> 32));
        Memory.putIntBE(frame + 2, (int) headers.destinationMac());
        Memory.putShortBE(frame + 6, (int) (headers.sourceMac() >>> 32));
        Memory.putIntBE(frame + 8, (int) headers.sourceMac());
        Memory.putShortBE(frame + 12, TestFrame.ETHERTYPE_IPV4);
        Memory.putByte(frame + IP, 0x45);
        Memory.putShortBE(frame + IP + 6, 0x4000); // don't fragment
        Memory.putByte(frame + IP + 8, 64); // time to live
        Memory.putByte(frame + IP + 9, PROTOCOL_UDP);
        Memory.putIntBE(frame + IP_DESTINATION, headers.destinationAddress());
        Memory.putShortBE(frame + UDP + 2, headers.destinationPort());
        Memory.putIntBE(frame + PAYLOAD, TestFrame.MAGIC);
        Memory.putShortBE(frame + SOURCE_ID, sourceId);
        for (int i = FILLER; i < stride; i++) {
            Memory.putByte(frame + i, i);
        }
    }
}
