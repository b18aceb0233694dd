package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.ONFT;
import static org.skyway.openflow.wire.MessageTable.Kind.ONF_REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.ONF_REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.Kind.REQUEST;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.list;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.FlowUpdate;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsReply;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;
import org.skyway.openflow.wire.MessageTable.Kind;

/// The rows of flow monitors: Nicira's for 1.0 to 1.2, the ONF's for 1.3, the standard's since 1.4.
final class MonitorRows {
    /// The abbreviated event in 1.4; the full ones are 0 to 3, which Nicira numbers from 0 without
    /// the initial one.
    private static final int ABBREVIATED = 4;

    private static final int NX_ABBREVIATED = 3;
    private static final int WHEN = 2 | 4 | 8;
    private static final int OLD_FLAGS = 0x3f;
    private static final int NEW_FLAGS = 0x7f & ~0x20;
    private static final int OLD_OWN = 0x20;
    private static final int ONLY_OWN = 0x40;

    private MonitorRows() {}

    // spotless:off
    static void register() {
        request(NX_REQUEST.at(2, OF10, OF12, 0, 8),     MonitorRows::itemNx);
        request(ONF_REQUEST.at(1870, OF13, OF13, 0, 8), MonitorRows::itemOnf);
        request(REQUEST.at(16, OF14, OF15, 0, 8),       MonitorRows::item14);
        reply(NX_REPLY.at(2, OF10, OF12, 0, 8));
        reply(ONF_REPLY.at(1870, OF13, OF13, 0, 8));
        reply(REPLY.at(16, OF14, OF15, 0, 8));
        control(NXT,  OF10, OF12, 21);
        control(ONFT, OF13, OF13, 1870);
    }

    private static void control(Kind kind, Version first, Version last, int number) {
        row(ExtensionMessage.FlowMonitorCancel.class, kind.at(number, first, last, 4, 0),
                (in, c) -> new ExtensionMessage.FlowMonitorCancel(in.s32()),
                (out, m, c) -> out.u32(m.id()));
        empty(ExtensionMessage.FlowMonitorPaused.class,  kind.at(number + 1, first, last, 0, 0), new ExtensionMessage.FlowMonitorPaused());
        empty(ExtensionMessage.FlowMonitorResumed.class, kind.at(number + 2, first, last, 0, 0), new ExtensionMessage.FlowMonitorResumed());
    }

    private static void request(Form form, MessageTable.Decoder<StatsRequest.FlowMonitor.Item> item) {
        row(StatsRequest.FlowMonitor.class, form,
                (in, c) -> {
                    List<StatsRequest.FlowMonitor.Item> items = new ArrayList<>();
                    while (in.remaining() > 0) {
                        if (in.remaining() < 16) {
                            throw new OpenFlowException(
                                    ErrorCode.OFPBRC_BAD_LEN,
                                    "%d bytes left".formatted(in.remaining()));
                        }
                        items.add(item.decode(in, c));
                    }
                    return new StatsRequest.FlowMonitor(items);
                },
                MonitorRows::putRequest);
    }

    private static void reply(Form form) {
        list(StatsReply.FlowMonitor.class, form, StatsReply.FlowMonitor::new, StatsReply.FlowMonitor::updates,
                (in, c) -> {
                    WireReader one = in.part(Math.max(8, in.peekU16(0)), ErrorCode.OFPBRC_BAD_LEN);
                    return c.atLeast(OF14) ? update14(one, c) : updateOld(one, c);
                },
                (out, u, c) -> {
                    int start = out.size();
                    if (c.atLeast(OF14)) {
                        putUpdate14(out, u, c);
                    } else {
                        putUpdateOld(out, u, c);
                    }
                    out.setU16(start, out.size() - start);
                });
    }
    // spotless:on

    private static int oldFlags(int flags) {
        checkFlags(flags, OLD_FLAGS);
        return flags & ~OLD_OWN | ((flags & OLD_OWN) != 0 ? ONLY_OWN : 0);
    }

    private static void checkFlags(int flags, int known) {
        if ((flags & WHEN) == 0 || (flags & ~known) != 0) {
            throw new OpenFlowException(ErrorCode.OFPMOFC_BAD_FLAGS, "flags 0x%x".formatted(flags));
        }
    }

    private static StatsRequest.FlowMonitor.Item itemNx(WireReader in, Context c) {
        int id = in.s32();
        int flags = oldFlags(in.u16());
        int outPort = PortNumbers.from16(in.u16());
        int length = in.u16();
        int table = in.u8();
        in.zeros(5, ErrorCode.NXBRC_MUST_BE_ZERO);
        Match match = MatchCodec.nxm(in, length, false).match();
        return new StatsRequest.FlowMonitor.Item(id, 0, flags, outPort, -1, table, match);
    }

    private static StatsRequest.FlowMonitor.Item itemOnf(WireReader in, Context c) {
        int id = in.s32();
        int flags = oldFlags(in.u16());
        in.skip(2);
        int outPort = in.s32();
        int table = in.u8();
        in.zeros(3, ErrorCode.NXBRC_MUST_BE_ZERO);
        PortNumbers.from32(outPort);
        Match match = MatchCodec.oxm(in);
        return new StatsRequest.FlowMonitor.Item(id, 0, flags, outPort, -1, table, match);
    }

    private static StatsRequest.FlowMonitor.Item item14(WireReader in, Context c) {
        int id = in.s32();
        int outPort = in.s32();
        int outGroup = in.s32();
        int flags = in.u16();
        int table = in.u8();
        int command = in.u8();
        if (command != 2) {
            checkFlags(flags, NEW_FLAGS);
            PortNumbers.from32(outPort);
        }
        Match match = MatchCodec.oxm(in);
        return new StatsRequest.FlowMonitor.Item(
                id, command, flags, outPort, outGroup, table, match);
    }

    private static void putRequest(WireWriter out, StatsRequest.FlowMonitor m, Context c) {
        for (StatsRequest.FlowMonitor.Item i : m.items()) {
            out.u32(i.id());
            int oldFlags = i.flags() & 0x1f | ((i.flags() & ONLY_OWN) != 0 ? OLD_OWN : 0);
            if (!c.atLeast(OF13)) {
                WireWriter match = new WireWriter();
                int length = MatchCodec.putNxm(match, i.match(), 0, 0);
                out.u16(oldFlags).u16(PortNumbers.to16(i.outPort())).u16(length).u8(i.table());
                out.zeros(5).bytes(match, 0, match.size());
            } else if (c.version() == OF13) {
                out.u16(oldFlags).u16(0).u32(i.outPort()).u8(i.table()).zeros(3);
                int start = out.size();
                MatchCodec.putOxm(out, i.match(), c.version());
                out.setU16(start - 10, out.getU16(start + 2));
            } else {
                out.u32(i.outPort()).u32(i.outGroup()).u16(i.flags()).u8(i.table());
                out.u8(i.command());
                MatchCodec.putOxm(out, i.match(), c.version());
            }
        }
    }

    /// Nicira's form has a list of actions: of instructions, it tells the actions to apply.
    private static Instructions instructions(WireReader in, Context c, Match match) {
        return c.version() == OF10 || c.atLeast(OF13)
                ? InstructionCodec.get(in, c.version(), match)
                : Instructions.apply(ActionCodec.list(in, in.remaining(), c.version(), match));
    }

    private static void putInstructions(WireWriter out, FlowRule r, Context c) {
        if (c.version() == OF10 || c.atLeast(OF13)) {
            InstructionCodec.put(out, r.instructions(), c.version(), r.match());
        } else {
            ActionEncoder.put(out, r.instructions().apply(), c.version(), r.match());
        }
    }

    private static FlowUpdate updateOld(WireReader in, Context c) {
        in.skip(2);
        int event = in.u16();
        if (event == NX_ABBREVIATED) {
            return new FlowUpdate(ABBREVIATED, 0, null, in.s32(), false);
        }
        int reason = in.u16();
        int priority = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        int length = in.u16();
        int table = in.u8();
        in.skip(1);
        long cookie = in.s64();
        Match match =
                !c.atLeast(OF13) ? MatchCodec.nxm(in, length, false).match() : MatchCodec.oxm(in);
        boolean actions = in.remaining() > 0;
        Instructions i = instructions(in, c, match);
        FlowRule rule = new FlowRule(table, priority, match, i, cookie, idle, hard, 0, 0);
        return new FlowUpdate(event + 1, reason, rule, 0, actions);
    }

    private static void putUpdateOld(WireWriter out, FlowUpdate u, Context c) {
        if (u.event() == ABBREVIATED) {
            out.u16(0).u16(NX_ABBREVIATED).u32(u.xid());
            return;
        }
        FlowRule r = u.rule();
        out.u16(0).u16(Math.max(0, u.event() - 1)).u16(u.reason()).u16(r.priority());
        out.u16(r.idleTimeout()).u16(r.hardTimeout());
        int at = out.size();
        out.u16(0).u8(r.table()).zeros(1).u64(r.cookie());
        if (!c.atLeast(OF13)) {
            out.setU16(at, MatchCodec.putNxm(out, r.match(), 0, 0));
        } else {
            int start = out.size();
            MatchCodec.putOxm(out, r.match(), c.version());
            out.setU16(at, out.getU16(start + 2));
        }
        if (u.hasActions()) {
            putInstructions(out, r, c);
        }
    }

    private static FlowUpdate update14(WireReader in, Context c) {
        in.skip(2);
        int event = in.u16();
        if (event == ABBREVIATED) {
            return new FlowUpdate(event, 0, null, in.s32(), false);
        }
        int table = in.u8();
        int reason = in.u8();
        int idle = in.u16();
        int hard = in.u16();
        int priority = in.u16();
        in.skip(4);
        long cookie = in.s64();
        Match match = MatchCodec.oxm(in);
        boolean actions = in.remaining() > 0;
        Instructions i = InstructionCodec.get(in, c.version(), match);
        FlowRule rule = new FlowRule(table, priority, match, i, cookie, idle, hard, 0, 0);
        return new FlowUpdate(event, reason, rule, 0, actions);
    }

    private static void putUpdate14(WireWriter out, FlowUpdate u, Context c) {
        if (u.event() == ABBREVIATED) {
            out.u16(0).u16(ABBREVIATED).u32(u.xid());
            return;
        }
        FlowRule r = u.rule();
        out.u16(0).u16(u.event()).u8(r.table()).u8(u.reason()).u16(r.idleTimeout());
        out.u16(r.hardTimeout()).u16(r.priority()).zeros(4).u64(r.cookie());
        MatchCodec.putOxm(out, r.match(), c.version());
        if (u.hasActions()) {
            InstructionCodec.put(out, r.instructions(), c.version(), r.match());
        }
    }
}
