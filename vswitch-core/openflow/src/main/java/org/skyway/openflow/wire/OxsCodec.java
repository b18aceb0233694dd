package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;

/// OpenFlow 1.5's flow entry statistics: a header and OXS entries (OpenFlow 1.5.1, "Flow Stats
/// Structures").
final class OxsCodec {
    private static final int CLASS = 0x8002;
    private static final int DURATION = 0;
    private static final int IDLE_TIME = 1;
    private static final int FLOW_COUNT = 3;
    private static final int PACKET_COUNT = 4;
    private static final int BYTE_COUNT = 5;

    private OxsCodec() {}

    /// Counters; -1 for those that are not told.
    record Stats(long durationNanos, long idleSeconds, long flows, long packets, long bytes) {}

    static Stats get(WireReader in) {
        in.skip(2);
        int length = in.u16();
        if (length < 4 || (length + 7 & ~7) - 4 > in.remaining()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN,
                    "statistics of %d bytes in %d".formatted(length, in.remaining() + 4));
        }
        WireReader oxs = in.part(length - 4, ErrorCode.OFPBRC_BAD_LEN);
        in.skip((length + 7 & ~7) - length);
        long duration = -1;
        long idle = -1;
        long flows = -1;
        long packets = -1;
        long bytes = -1;
        while (oxs.remaining() > 0) {
            int oxsClass = oxs.u16();
            int field = oxs.u8() >>> 1;
            WireReader value = oxs.part(oxs.u8(), ErrorCode.OFPBRC_BAD_LEN);
            if (oxsClass != CLASS) {
                continue;
            }
            switch (field) {
                case DURATION -> duration = FlowRows.duration(value);
                case IDLE_TIME -> idle = value.u32();
                case FLOW_COUNT -> flows = value.u32();
                case PACKET_COUNT -> packets = value.s64();
                case BYTE_COUNT -> bytes = value.s64();
                default -> {}
            }
        }
        return new Stats(duration, idle, flows, packets, bytes);
    }

    static void put(WireWriter out, Stats s) {
        int start = out.size();
        out.u16(0).u16(0);
        if (s.durationNanos() >= 0) {
            FlowRows.putDuration(head(out, DURATION, 8), s.durationNanos());
        }
        if (s.idleSeconds() >= 0) {
            head(out, IDLE_TIME, 8).u32((int) s.idleSeconds()).zeros(4);
        }
        if (s.packets() != -1) {
            head(out, PACKET_COUNT, 8).u64(s.packets());
        }
        if (s.bytes() != -1) {
            head(out, BYTE_COUNT, 8).u64(s.bytes());
        }
        if (s.flows() >= 0) {
            head(out, FLOW_COUNT, 4).u32((int) s.flows());
        }
        out.setU16(start + 2, out.size() - start);
        out.pad8(start);
    }

    private static WireWriter head(WireWriter out, int field, int length) {
        return out.u16(CLASS).u8(field << 1).u8(length);
    }
}
