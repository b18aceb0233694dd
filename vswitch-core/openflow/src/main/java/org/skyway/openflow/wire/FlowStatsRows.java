package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowStats;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Decoder;
import org.skyway.openflow.wire.MessageTable.Encoder;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of flow and aggregate statistics.
final class FlowStatsRows {
    private FlowStatsRows() {}

    // spotless:off
    static void register() {
        request(REQUEST.at(1, OF10, OF10, 36 + 8, 0), 2, FlowStatsRows::request10);
        request(REQUEST.at(1, OF11, OF15, 32, 8),     2, FlowStatsRows::request11);
        request(NX_REQUEST.at(0, OF10, OF10, 8, 8),   1, FlowStatsRows::requestNx);
        reply(REPLY.at(1, OF10, OF10, 0, 1),    FlowStatsRows::get10, FlowStatsRows::put10);
        reply(REPLY.at(1, OF11, OF14, 0, 1),    FlowStatsRows::get11, FlowStatsRows::put11);
        reply(REPLY.at(1, OF15, OF15, 0, 1),    FlowStatsRows::get15, FlowStatsRows::put15);
        reply(NX_REPLY.at(0, OF10, OF10, 0, 1), FlowStatsRows::getNx, FlowStatsRows::putNx);
        aggregate(REPLY.at(2, OF10, OF14, 24, 0));
        aggregate(NX_REPLY.at(1, OF10, OF10, 24, 0));
        row(StatsReply.Aggregate.class, REPLY.at(2, OF15, OF15, 0, 1),
                (in, c) -> {
                    OxsCodec.Stats s = OxsCodec.get(in);
                    return new StatsReply.Aggregate(s.packets(), s.bytes(), (int) s.flows());
                },
                (out, m, c) -> OxsCodec.put(out, new OxsCodec.Stats(-1, -1, m.flows(), m.packets(), m.bytes())));
    }

    private static void request(Form flow, int aggregate, Decoder<StatsRequest.Flow> decoder) {
        Form both = flow.kind().at(aggregate, flow.first(), flow.last(), flow.minBody(), flow.unit());
        row(StatsRequest.Flow.class, flow, decoder, FlowStatsRows::putRequest);
        row(StatsRequest.Aggregate.class, both,
                (in, c) -> new StatsRequest.Aggregate(decoder.decode(in, c)),
                (out, m, c) -> putRequest(out, m.flow(), c));
    }

    private static void aggregate(Form form) {
        row(StatsReply.Aggregate.class, form,
                (in, c) -> new StatsReply.Aggregate(in.s64(), in.s64(), in.s32()),
                (out, m, c) -> out.u64(m.packets()).u64(m.bytes()).u32(m.flows()).zeros(4));
    }

    private static void reply(Form form, Decoder<FlowStats> item, Encoder<FlowStats> putItem) {
        list(StatsReply.Flow.class, form, StatsReply.Flow::new, StatsReply.Flow::flows,
                (in, c) -> {
                    int length = in.peekU16(0);
                    if (length < 2) {
                        throw new OpenFlowException(ErrorCode.OFPBRC_BAD_LEN, "a flow of %d bytes".formatted(length));
                    }
                    WireReader one = in.part(length, ErrorCode.OFPBRC_BAD_LEN);
                    one.skip(2);
                    return item.decode(one, c);
                },
                (out, f, c) -> {
                    int start = out.size();
                    out.u16(0);
                    putItem.encode(out, f, c);
                    out.setU16(start, out.size() - start);
                });
    }
    // spotless:on

    private static StatsRequest.Flow request10(WireReader in, Context c) {
        Match match = Match10Codec.get(in);
        int table = in.u8();
        in.skip(1);
        int outPort = PortNumbers.from16(in.u16());
        return new StatsRequest.Flow(match, table, outPort, -1, 0, 0);
    }

    private static StatsRequest.Flow request11(WireReader in, Context c) {
        int table = in.u8();
        in.skip(3);
        int outPort = PortNumbers.from32(in.s32());
        int outGroup = in.s32();
        in.skip(4);
        long cookie = in.s64();
        long mask = in.s64();
        Match match = MatchCodec.oxm(in);
        return new StatsRequest.Flow(match, table, outPort, outGroup, cookie, mask);
    }

    private static StatsRequest.Flow requestNx(WireReader in, Context c) {
        int outPort = PortNumbers.from16(in.u16());
        int length = in.u16();
        int table = in.u8();
        in.skip(3);
        MatchCodec.WithCookie m = MatchCodec.nxm(in, length, true);
        if (in.remaining() > 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN, "%d bytes after the match".formatted(in.remaining()));
        }
        return new StatsRequest.Flow(m.match(), table, outPort, -1, m.cookie(), m.cookieMask());
    }

    private static void putRequest(WireWriter out, StatsRequest.Flow m, Context c) {
        if (c.nicira()) {
            WireWriter match = new WireWriter();
            int length = MatchCodec.putNxm(match, m.match(), m.cookie(), m.cookieMask());
            out.u16(PortNumbers.to16(m.outPort())).u16(length).u8(m.table()).zeros(3);
            out.bytes(match, 0, match.size());
        } else if (c.version() == OF10) {
            Match10Codec.put(out, m.match());
            out.u8(m.table()).zeros(1).u16(PortNumbers.to16(m.outPort()));
        } else {
            out.u8(m.table()).zeros(3).u32(m.outPort()).u32(m.outGroup()).zeros(4).u64(m.cookie());
            out.u64(m.cookieMask());
            MatchCodec.put(out, m.match(), c.version());
        }
    }

    private static FlowStats get10(WireReader in, Context c) {
        int table = in.u8();
        in.skip(1);
        Match match = Match10Codec.get(in);
        long duration = FlowRows.duration(in);
        int priority = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        in.skip(6);
        long cookie = in.s64();
        long packets = in.s64();
        long bytes = in.s64();
        Instructions i = InstructionCodec.get(in, c.version(), match);
        FlowRule rule = new FlowRule(table, priority, match, i, cookie, idle, hard, 0, 0);
        return new FlowStats(rule, duration, -1, -1, packets, bytes);
    }

    private static void put10(WireWriter out, FlowStats f, Context c) {
        FlowRule r = f.rule();
        out.u8(r.table()).zeros(1);
        Match10Codec.put(out, r.match());
        FlowRows.putDuration(out, f.durationNanos());
        out.u16(r.priority()).u16(r.idleTimeout()).u16(r.hardTimeout()).zeros(6);
        out.u64(r.cookie()).u64(Math.max(0, f.packets())).u64(Math.max(0, f.bytes()));
        InstructionCodec.put(out, r.instructions(), c.version(), r.match());
    }

    private static FlowStats getNx(WireReader in, Context c) {
        int table = in.u8();
        in.skip(1);
        long duration = FlowRows.duration(in);
        int priority = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        int length = in.u16();
        int idleAge = in.u16() - 1;
        int hardAge = in.u16() - 1;
        long cookie = in.s64();
        long packets = in.s64();
        long bytes = in.s64();
        Match match = MatchCodec.nxm(in, length, false).match();
        Instructions i = InstructionCodec.get(in, c.version(), match);
        FlowRule rule = new FlowRule(table, priority, match, i, cookie, idle, hard, 0, 0);
        return new FlowStats(rule, duration, idleAge, hardAge, packets, bytes);
    }

    private static void putNx(WireWriter out, FlowStats f, Context c) {
        FlowRule r = f.rule();
        WireWriter match = new WireWriter();
        int length = MatchCodec.putNxm(match, r.match(), 0, 0);
        out.u8(r.table()).zeros(1);
        FlowRows.putDuration(out, f.durationNanos());
        out.u16(r.priority()).u16(r.idleTimeout()).u16(r.hardTimeout()).u16(length);
        out.u16(age(f.idleSeconds())).u16(age(f.hardSeconds()));
        out.u64(r.cookie()).u64(f.packets()).u64(f.bytes());
        out.bytes(match, 0, match.size());
        InstructionCodec.put(out, r.instructions(), c.version(), r.match());
    }

    /// Nicira writes ages as one more than they are, 0 for unknown.
    private static int age(long seconds) {
        return (int) Math.min(0xffff, seconds + 1);
    }

    private static FlowStats get11(WireReader in, Context c) {
        int table = in.u8();
        in.skip(1);
        long duration = FlowRows.duration(in);
        int priority = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        int flags = in.u16();
        int importance = in.u16();
        in.skip(2);
        long cookie = in.s64();
        long packets = in.s64();
        long bytes = in.s64();
        Match match = MatchCodec.oxm(in);
        Instructions i = InstructionCodec.get(in, c.version(), match);
        FlowRule rule =
                new FlowRule(table, priority, match, i, cookie, idle, hard, flags, importance);
        return new FlowStats(rule, duration, -1, -1, packets, bytes);
    }

    // In OpenFlow 1.1, too, Open vSwitch says here what was matched in OXM form.
    private static void put11(WireWriter out, FlowStats f, Context c) {
        FlowRule r = f.rule();
        out.u8(r.table()).zeros(1);
        FlowRows.putDuration(out, f.durationNanos());
        out.u16(r.priority()).u16(r.idleTimeout()).u16(r.hardTimeout());
        out.u16(c.atLeast(OF13) ? r.flags() : 0).u16(c.atLeast(OF14) ? r.importance() : 0).zeros(2);
        out.u64(r.cookie()).u64(Math.max(0, f.packets())).u64(Math.max(0, f.bytes()));
        MatchCodec.putOxm(out, r.match(), c.version());
        InstructionCodec.put(out, r.instructions(), c.version(), r.match());
    }

    private static FlowStats get15(WireReader in, Context c) {
        in.skip(2);
        int table = in.u8();
        in.skip(1);
        int priority = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        int flags = in.u16();
        int importance = in.u16();
        long cookie = in.s64();
        Match match = MatchCodec.oxm(in);
        OxsCodec.Stats s = OxsCodec.get(in);
        Instructions i = InstructionCodec.get(in, c.version(), match);
        FlowRule rule =
                new FlowRule(table, priority, match, i, cookie, idle, hard, flags, importance);
        return new FlowStats(rule, s.durationNanos(), s.idleSeconds(), -1, s.packets(), s.bytes());
    }

    private static void put15(WireWriter out, FlowStats f, Context c) {
        FlowRule r = f.rule();
        out.zeros(2).u8(r.table()).zeros(1).u16(r.priority());
        out.u16(r.idleTimeout()).u16(r.hardTimeout()).u16(r.flags()).u16(r.importance());
        out.u64(r.cookie());
        MatchCodec.putOxm(out, r.match(), c.version());
        OxsCodec.put(
                out,
                new OxsCodec.Stats(f.durationNanos(), f.idleSeconds(), -1, f.packets(), f.bytes()));
        InstructionCodec.put(out, r.instructions(), c.version(), r.match());
    }
}
