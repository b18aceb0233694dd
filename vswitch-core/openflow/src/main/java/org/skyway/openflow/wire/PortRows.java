package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.Arrays;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PortMod;
import org.skyway.openflow.message.PortStats;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of ports: status, modification, description, statistics.
final class PortRows {
    /// Length of OpenFlow 1.0's `ofp_phy_port`.
    static final int BYTES_10 = 48;

    /// Length of `ofp_port` in OpenFlow 1.1 to 1.3.
    static final int BYTES_11 = 64;

    private static final int NAME = 16;
    private static final int CONFIG_10 = 0x7f;
    private static final int CONFIG_11 =
            PortState.PORT_DOWN | PortState.NO_RECV | PortState.NO_FWD | PortState.NO_PACKET_IN;

    private static final int INTEL = 0x0000aa01;
    private static final int RFC2819_COUNTERS = 21;
    private static final int RFC2819_BYTES = 16 + 8 * RFC2819_COUNTERS;

    private PortRows() {}

    // spotless:off
    static void register() {
        status(TYPE.at(12, OF10, OF10, 8 + BYTES_10, 0));
        status(TYPE.at(12, OF11, OF13, 8 + BYTES_11, 0));
        status(TYPE.at(12, OF14, OF15, 48, 8));
        row(PortMod.class, TYPE.at(15, OF10, OF10, 24, 0), PortRows::mod10, PortRows::putMod10);
        row(PortMod.class, TYPE.at(16, OF11, OF13, 32, 0), PortRows::mod11, PortRows::putMod11);
        row(PortMod.class, TYPE.at(16, OF14, OF15, 24, 8), PortRows::mod14, PortRows::putMod14);
        row(StatsRequest.PortDesc.class, REQUEST.at(13, OF10, OF14, 0, 0),
                (in, c) -> new StatsRequest.PortDesc(OfPort.ANY),
                (out, m, c) -> {});
        row(StatsRequest.PortDesc.class, REQUEST.at(13, OF15, OF15, 8, 0),
                (in, c) -> new StatsRequest.PortDesc(PortNumbers.from32(in.s32())),
                (out, m, c) -> out.u32(m.port()).zeros(4));
        desc(REPLY.at(13, OF10, OF10, 0, BYTES_10));
        desc(REPLY.at(13, OF11, OF13, 0, BYTES_11));
        desc(REPLY.at(13, OF14, OF15, 0, 8));
        row(StatsRequest.Port.class, REQUEST.at(4, OF10, OF10, 8, 0),
                (in, c) -> new StatsRequest.Port(PortNumbers.from16(in.u16())),
                (out, m, c) -> out.u16(PortNumbers.to16(m.port())).zeros(6));
        row(StatsRequest.Port.class, REQUEST.at(4, OF11, OF15, 8, 0),
                (in, c) -> new StatsRequest.Port(PortNumbers.from32(in.s32())),
                (out, m, c) -> out.u32(m.port()).zeros(4));
        stats(REPLY.at(4, OF10, OF12, 0, 104), PortRows::stats10, PortRows::putStats10);
        stats(REPLY.at(4, OF13, OF13, 0, 112), PortRows::stats10, PortRows::putStats10);
        stats(REPLY.at(4, OF14, OF15, 0, 8),   PortRows::stats14, PortRows::putStats14);
    }

    private static void status(Form form) {
        row(Message.PortStatus.class, form,
                (in, c) -> {
                    int reason = in.u8();
                    in.skip(7);
                    return new Message.PortStatus(reason, port(in, c.version()));
                },
                (out, m, c) -> {
                    out.u8(m.reason()).zeros(7);
                    putPort(out, m.port(), c.version());
                });
    }

    private static void desc(Form form) {
        list(StatsReply.PortDesc.class, form, StatsReply.PortDesc::new, StatsReply.PortDesc::ports,
                (in, c) -> port(in, c.version()),
                (out, p, c) -> putPort(out, p, c.version()));
    }

    private static void stats(
            Form form, MessageTable.Decoder<PortStats> item, MessageTable.Encoder<PortStats> putItem) {
        list(StatsReply.Port.class, form, StatsReply.Port::new, StatsReply.Port::ports, item, putItem);
    }
    // spotless:on

    /// OpenFlow 1.0 has no 40 Gb/s and more, and so numbers the media four bits lower.
    private static int features10(int f) {
        return f & 0x7f | (f & 0xf800) >>> 4;
    }

    private static int featuresFrom10(int f) {
        return f & 0x7f | (f & 0xf80) << 4;
    }

    static PortState port(WireReader in, Version version) {
        if (version == OF10) {
            return port10(in);
        }
        int number = PortNumbers.from32(in.s32());
        WireReader rest = in;
        if (version.atLeast(OF14)) {
            int length = in.u16();
            if (length < 40) {
                throw new OpenFlowException(
                        ErrorCode.OFPBRC_BAD_LEN, "a port of %d bytes".formatted(length));
            }
            rest = in.part(length - 6, ErrorCode.OFPBRC_BAD_LEN);
            rest.skip(2);
        } else {
            in.skip(4);
        }
        long mac = rest.u48();
        rest.skip(2);
        String name = rest.text(NAME);
        int config = rest.s32();
        int state = rest.s32();
        int[] link = new int[6];
        if (version.atLeast(OF14)) {
            while (rest.remaining() > 0) {
                Properties.Property p = Properties.next(rest);
                if (p.type() == 0) {
                    p.value().skip(4);
                    link(p.value(), link);
                }
            }
        } else {
            link(rest, link);
        }
        return new PortState(
                number, name, mac, config, state, link[0], link[1], link[2], link[3], link[4],
                link[5]);
    }

    private static void link(WireReader in, int[] link) {
        for (int i = 0; i < link.length; i++) {
            link[i] = in.s32();
        }
    }

    private static PortState port10(WireReader in) {
        int number = PortNumbers.from16(in.u16());
        long mac = in.u48();
        String name = in.text(NAME);
        int config = in.s32() & CONFIG_10;
        int state = in.s32() & PortState.LINK_DOWN;
        return new PortState(
                number,
                name,
                mac,
                config,
                state,
                featuresFrom10(in.s32()),
                featuresFrom10(in.s32()),
                featuresFrom10(in.s32()),
                featuresFrom10(in.s32()),
                0,
                0);
    }

    static void putPort(WireWriter out, PortState p, Version version) {
        if (version == OF10) {
            out.u16(PortNumbers.to16(p.number())).u48(p.mac()).text(p.name(), NAME);
            out.u32(p.config() & CONFIG_10).u32(p.state() & PortState.LINK_DOWN);
            out.u32(features10(p.current())).u32(features10(p.advertised()));
            out.u32(features10(p.supported())).u32(features10(p.peer()));
            return;
        }
        boolean properties = version.atLeast(OF14);
        out.u32(p.number());
        out.u16(properties ? 72 : 0).zeros(2);
        out.u48(p.mac()).zeros(2).text(p.name(), NAME).u32(p.config() & CONFIG_11).u32(p.state());
        if (properties) {
            out.u16(0).u16(32).zeros(4);
        }
        out.u32(p.current()).u32(p.advertised()).u32(p.supported()).u32(p.peer());
        out.u32(p.currentSpeedKbps()).u32(p.maxSpeedKbps());
    }

    private static PortMod mod10(WireReader in, Context c) {
        int port = PortNumbers.from16(in.u16());
        long mac = in.u48();
        int config = in.s32();
        int mask = in.s32() & CONFIG_10;
        return new PortMod(port, mac, config & mask, mask, featuresFrom10(in.s32()));
    }

    private static void putMod10(WireWriter out, PortMod m, Context c) {
        out.u16(PortNumbers.to16(m.port())).u48(m.mac()).u32(m.config()).u32(m.mask());
        out.u32(features10(m.advertise())).zeros(4);
    }

    private static PortMod mod11(WireReader in, Context c) {
        int port = PortNumbers.from32(in.s32());
        in.skip(4);
        long mac = in.u48();
        in.skip(2);
        int config = in.s32();
        int mask = in.s32() & CONFIG_11;
        return new PortMod(port, mac, config & mask, mask, in.s32());
    }

    private static void putMod11(WireWriter out, PortMod m, Context c) {
        out.u32(m.port()).zeros(4).u48(m.mac()).zeros(2).u32(m.config()).u32(m.mask());
        out.u32(m.advertise()).zeros(4);
    }

    private static PortMod mod14(WireReader in, Context c) {
        int port = PortNumbers.from32(in.s32());
        in.skip(4);
        long mac = in.u48();
        in.skip(2);
        int config = in.s32();
        int mask = in.s32() & CONFIG_11;
        int advertise = 0;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in);
            if (p.type() != 0) {
                throw p.unknown();
            }
            advertise = p.s32();
        }
        return new PortMod(port, mac, config & mask, mask, advertise);
    }

    private static void putMod14(WireWriter out, PortMod m, Context c) {
        out.u32(m.port()).zeros(4).u48(m.mac()).zeros(2).u32(m.config()).u32(m.mask());
        if (m.advertise() != 0) {
            Properties.u32(out, 0, m.advertise());
        }
    }

    /// The forms of 1.0, 1.1 and 1.3 differ in the port's width and in the duration at the end.
    private static PortStats stats10(WireReader in, Context c) {
        boolean old = c.version() == OF10;
        int port = old ? PortNumbers.from16(in.u16()) : PortNumbers.from32(in.s32());
        in.skip(old ? 6 : 4);
        long[] counters = new long[12];
        read(in, counters, 0, 12);
        return stats(port, counters, c.atLeast(OF13) ? duration(in) : -1);
    }

    private static void read(WireReader in, long[] counters, int from, int to) {
        for (int i = from; i < to; i++) {
            counters[i] = in.s64();
        }
    }

    private static PortStats stats(int port, long[] v, long duration) {
        return new PortStats(
                port, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11],
                duration);
    }

    /// A duration of all ones is unknown.
    static long duration(WireReader in) {
        if (in.peekU16(0) == 0xffff && in.peekU16(2) == 0xffff) {
            in.skip(8);
            return -1;
        }
        return FlowRows.duration(in);
    }

    private static void putStats10(WireWriter out, PortStats s, Context c) {
        boolean old = c.version() == OF10;
        if (old) {
            out.u16(PortNumbers.to16(s.port())).zeros(6);
        } else {
            out.u32(s.port()).zeros(4);
        }
        putCounters(out, s);
        out.u64(s.rxFrameErrors()).u64(s.rxOverErrors()).u64(s.rxCrcErrors()).u64(s.collisions());
        if (c.atLeast(OF13)) {
            FlowRows.putDuration(out, s.durationNanos());
        }
    }

    private static void putCounters(WireWriter out, PortStats s) {
        out.u64(s.rxPackets()).u64(s.txPackets()).u64(s.rxBytes()).u64(s.txBytes());
        out.u64(s.rxDropped()).u64(s.txDropped()).u64(s.rxErrors()).u64(s.txErrors());
    }

    private static PortStats stats14(WireReader in, Context c) {
        int length = in.peekU16(0);
        if (length < 80) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN, "port statistics of %d bytes".formatted(length));
        }
        WireReader one = in.part(length, ErrorCode.OFPBRC_BAD_LEN);
        one.skip(4);
        int port = PortNumbers.from32(one.s32());
        long duration = duration(one);
        long[] v = new long[12];
        read(one, v, 0, 8);
        Arrays.fill(v, 8, 12, -1);
        while (one.remaining() > 0) {
            Properties.Property p = Properties.next(one);
            if (p.type() == 0) {
                p.value().skip(4);
                read(p.value(), v, 8, 12);
            }
        }
        return stats(port, v, duration);
    }

    private static void putStats14(WireWriter out, PortStats s, Context c) {
        out.u16(120 + RFC2819_BYTES).zeros(2).u32(s.port());
        FlowRows.putDuration(out, s.durationNanos());
        putCounters(out, s);
        out.u16(0).u16(40).zeros(4);
        out.u64(s.rxFrameErrors()).u64(s.rxOverErrors()).u64(s.rxCrcErrors()).u64(s.collisions());
        // Open vSwitch always adds Intel's RFC 2819 counters; none of them is known here.
        out.u16(0xffff).u16(RFC2819_BYTES).u32(INTEL).u32(1).zeros(4);
        for (int i = 0; i < RFC2819_COUNTERS; i++) {
            out.u64(-1);
        }
    }
}
