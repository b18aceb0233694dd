package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.message.MeterStats;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.wire.MessageTable.Context;

/// The rows of meters (OpenFlow 1.3 and later).
final class MeterRows {
    private static final int DROP = 1;
    private static final int DSCP_REMARK = 2;
    private static final int BAND = 16;
    private static final int KBPS = 1;
    private static final int PKTPS = 2;

    private MeterRows() {}

    // spotless:off
    static void register() {
        row(MeterMod.class, TYPE.at(29, OF13, OF15, 8, 8), MeterRows::mod, MeterRows::putMod);
        row(StatsRequest.Meter.class, REQUEST.at(9, OF13, OF15, 8, 0),
                (in, c) -> new StatsRequest.Meter(in.s32()),
                (out, m, c) -> out.u32(m.meter()).zeros(4));
        row(StatsRequest.MeterConfig.class, REQUEST.at(10, OF13, OF15, 8, 0),
                (in, c) -> new StatsRequest.MeterConfig(in.s32()),
                (out, m, c) -> out.u32(m.meter()).zeros(4));
        empty(StatsRequest.MeterFeatures.class, REQUEST.at(11, OF13, OF15, 0, 0), new StatsRequest.MeterFeatures());
        list(StatsReply.Meter.class, REPLY.at(9, OF13, OF15, 0, 8), StatsReply.Meter::new, StatsReply.Meter::meters,
                MeterRows::stats,
                MeterRows::putStats);
        list(StatsReply.MeterConfig.class, REPLY.at(10, OF13, OF15, 0, 8), StatsReply.MeterConfig::new, StatsReply.MeterConfig::meters,
                MeterRows::config,
                MeterRows::putConfig);
        row(StatsReply.MeterFeatures.class, REPLY.at(11, OF13, OF15, 16, 0),
                (in, c) -> new StatsReply.MeterFeatures(in.s32(), in.s32(), in.s32(), in.u8(), in.u8()),
                (out, m, c) -> {
                    out.u32(m.maxMeters()).u32(m.bandTypes()).u32(m.capabilities());
                    out.u8(m.maxBands()).u8(m.maxColors()).zeros(2);
                });
    }
    // spotless:on

    private static MeterMod mod(WireReader in, Context c) {
        int command = in.u16();
        int flags = in.u16();
        int id = in.s32();
        if (command > 2) {
            throw new OpenFlowException(ErrorCode.OFPMMFC_BAD_COMMAND, "command " + command);
        }
        if (command == 2) {
            return new MeterMod(command, new Meter(id, 0, List.of()));
        }
        if ((flags & KBPS) != 0 && (flags & PKTPS) != 0) {
            throw new OpenFlowException(ErrorCode.OFPMMFC_BAD_FLAGS, "flags 0x%x".formatted(flags));
        }
        return new MeterMod(command, new Meter(id, flags, bands(in)));
    }

    private static List<Meter.Band> bands(WireReader in) {
        List<Meter.Band> bands = new ArrayList<>();
        while (in.remaining() > 0) {
            if (in.remaining() < BAND) {
                throw badLength(in.remaining());
            }
            int type = in.u16();
            int length = in.u16();
            if (length != BAND) {
                throw badLength(length);
            }
            if (type != DROP && type != DSCP_REMARK) {
                throw new OpenFlowException(ErrorCode.OFPMMFC_BAD_BAND, "band type " + type);
            }
            int rate = in.s32();
            int burst = in.s32();
            int level = in.u8();
            in.skip(3);
            bands.add(new Meter.Band(type, rate, burst, type == DSCP_REMARK ? level : 0));
        }
        return bands;
    }

    private static OpenFlowException badLength(int length) {
        return new OpenFlowException(
                ErrorCode.OFPBRC_BAD_LEN, "a meter band of %d bytes".formatted(length));
    }

    private static void putMod(WireWriter out, MeterMod m, Context c) {
        out.u16(m.command()).u16(m.meter().flags()).u32(m.meter().id());
        putBands(out, m.meter());
    }

    private static void putBands(WireWriter out, Meter meter) {
        for (Meter.Band b : meter.bands()) {
            out.u16(b.type()).u16(BAND).u32(b.rate()).u32(b.burstSize());
            out.u8(b.precedenceLevel()).zeros(3);
        }
    }

    private static Meter config(WireReader in, Context c) {
        int length = in.u16();
        int flags = in.u16();
        int id = in.s32();
        return new Meter(id, flags, bands(in.part(length - 8, ErrorCode.OFPBRC_BAD_LEN)));
    }

    private static void putConfig(WireWriter out, Meter meter, Context c) {
        out.u16(8 + BAND * meter.bands().size()).u16(meter.flags()).u32(meter.id());
        putBands(out, meter);
    }

    private static MeterStats stats(WireReader in, Context c) {
        int id = in.s32();
        int length = in.u16();
        in.skip(6);
        int flows = in.s32();
        long packets = in.s64();
        long bytes = in.s64();
        long duration = FlowRows.duration(in);
        WireReader rest = in.part(length - 40, ErrorCode.OFPBRC_BAD_LEN);
        List<MeterStats.Band> bands = new ArrayList<>();
        while (rest.remaining() > 0) {
            bands.add(new MeterStats.Band(rest.s64(), rest.s64()));
        }
        return new MeterStats(id, flows, packets, bytes, duration, bands);
    }

    private static void putStats(WireWriter out, MeterStats s, Context c) {
        out.u32(s.meter()).u16(40 + BAND * s.bands().size()).zeros(6).u32(s.flows());
        out.u64(s.packets()).u64(s.bytes());
        FlowRows.putDuration(out, s.durationNanos());
        for (MeterStats.Band b : s.bands()) {
            out.u64(b.packets()).u64(b.bytes());
        }
    }
}
