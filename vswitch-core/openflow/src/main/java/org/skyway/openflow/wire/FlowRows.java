package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.row;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowRemoved;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.wire.MessageTable.Context;

/// The rows of flow-mod and flow-removed, in the forms of each version and of Nicira.
final class FlowRows {
    private static final int NANOS = 1_000_000_000;
    private static final long LONGEST_NANOS = 0xffffffffL * NANOS - 1; // then come all ones
    private static final int EMERGENCY = 4; // OpenFlow 1.0 only
    private static final FlowMod.Command[] COMMANDS = FlowMod.Command.values();

    private FlowRows() {}

    // spotless:off
    static void register() {
        row(FlowMod.class,     TYPE.at(14, OF10, OF10, 64, 8), FlowRows::mod10,     FlowRows::putMod10);
        row(FlowMod.class,     TYPE.at(14, OF11, OF15, 40, 8), FlowRows::mod11,     FlowRows::putMod11);
        row(FlowMod.class,     NXT.at(13, OF10, OF15, 32, 8),  FlowRows::modNx,     FlowRows::putModNx);
        row(FlowRemoved.class, TYPE.at(11, OF10, OF10, 80, 0), FlowRows::removed10, FlowRows::putRemoved10);
        row(FlowRemoved.class, TYPE.at(11, OF11, OF14, 40, 8), FlowRows::removed11, FlowRows::putRemoved11);
        row(FlowRemoved.class, TYPE.at(11, OF15, OF15, 16, 8), FlowRows::removed15, FlowRows::putRemoved15);
        row(FlowRemoved.class, NXT.at(14, OF10, OF15, 40, 8),  FlowRows::removedNx, FlowRows::putRemovedNx);
    }
    // spotless:on

    private static FlowMod mod11(WireReader in, Context c) {
        long cookie = in.s64();
        long mask = in.s64();
        int table = in.u8();
        int command = in.u8();
        int idle = in.u16();
        int hard = in.u16();
        int priority = in.u16();
        int buffer = in.s32();
        int outPort = in.s32();
        int outGroup = in.s32();
        int flags = in.u16();
        int importance = in.u16();
        Match match = MatchCodec.oxm(in);
        boolean add = command == FlowMod.Command.ADD.ordinal();
        boolean delete = command == 3 || command == 4;
        // A modification that does not match on the cookie adds in 1.1, if there is nothing to
        // modify.
        boolean adds = add || c.version() == OF11 && !delete && mask == 0;
        if (table == FlowMod.ALL_TABLES && (!delete || c.version() == OF11)) {
            throw new OpenFlowException(
                    ErrorCode.OFPFMFC_BAD_TABLE_ID, "only deletions may mean all tables");
        }
        PortNumbers.from32(outPort);
        checkCommand(command);
        Instructions instructions = InstructionCodec.get(in, c.version(), match);
        return new FlowMod(
                COMMANDS[command],
                match,
                priority,
                table,
                adds ? 0 : cookie,
                adds ? 0 : mask,
                adds ? cookie : -1,
                false,
                idle,
                hard,
                add && c.atLeast(OF14) ? importance : 0,
                buffer,
                outPort,
                delete ? outGroup : GroupMod.ANY,
                flags(flags, c.version(), command),
                instructions);
    }

    private static void checkCommand(int command) {
        if (command >= COMMANDS.length) {
            throw new OpenFlowException(ErrorCode.OFPFMFC_BAD_COMMAND, "command " + command);
        }
    }

    /// The flags that a version knows. Additions of OpenFlow 1.0 and 1.1 always reset counters.
    private static int flags(int raw, Version version, int command) {
        int known = FlowRule.SEND_FLOW_REMOVED | FlowRule.CHECK_OVERLAP;
        known |= version == OF10 ? EMERGENCY : 0;
        known |= version.atLeast(OF12) ? FlowRule.RESET_COUNTS : 0;
        known |= version.atLeast(OF13) ? FlowRule.NO_PACKET_COUNTS | FlowRule.NO_BYTE_COUNTS : 0;
        if ((raw & ~known) != 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPFMFC_BAD_FLAGS, "%s has no flags 0x%x".formatted(version, raw));
        }
        return !version.atLeast(OF12) && command == 0 ? raw | FlowRule.RESET_COUNTS : raw;
    }

    private static FlowMod mod10(WireReader in, Context c) {
        int wildcards = in.s32();
        in.seek(in.offset() - 4);
        Match match = Match10Codec.get(in);
        long cookie = in.s64();
        int command = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        int priority = in.u16();
        int buffer = in.s32();
        int outPort = PortNumbers.from16(in.u16());
        int flags = in.u16();
        // An exact match has the highest priority, whatever it says.
        boolean exact = (wildcards & Match10Codec.ALL) == 0;
        return old(
                in,
                c,
                new MatchCodec.WithCookie(match, 0, 0),
                cookie,
                command,
                idle,
                hard,
                exact ? 0xffff : priority,
                buffer,
                outPort,
                flags);
    }

    private static FlowMod modNx(WireReader in, Context c) {
        long cookie = in.s64();
        int command = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        int priority = in.u16();
        int buffer = in.s32();
        int outPort = PortNumbers.from16(in.u16());
        int flags = in.u16();
        int matchLength = in.u16();
        in.skip(6);
        MatchCodec.WithCookie match = MatchCodec.nxm(in, matchLength, true);
        if ((command & 0xff) == 0 && match.cookieMask() != 0) {
            throw new OpenFlowException(
                    ErrorCode.NXBRC_NXM_INVALID, "an addition can't match a cookie");
        }
        return old(in, c, match, cookie, command, idle, hard, priority, buffer, outPort, flags);
    }

    private static FlowMod old(
            WireReader in,
            Context c,
            MatchCodec.WithCookie match,
            long newCookie,
            int rawCommand,
            int idle,
            int hard,
            int priority,
            int buffer,
            int outPort,
            int flags) {
        int command = c.tableInCommand() ? rawCommand & 0xff : rawCommand;
        int table = c.tableInCommand() ? rawCommand >>> 8 : FlowMod.ALL_TABLES;
        checkCommand(command);
        Instructions instructions = InstructionCodec.get(in, c.version(), match.match());
        int known = flags(flags, c.version(), command);
        if (c.version() == OF10 && (flags & EMERGENCY) != 0) {
            // There is no emergency flow cache; 1.0 has an error of its own for its timeouts only.
            throw new OpenFlowException(
                    idle != 0 || hard != 0
                            ? ErrorCode.OFPFMFC_BAD_EMERG_TIMEOUT
                            : ErrorCode.OFPFMFC_TABLE_FULL,
                    "emergency flow");
        }
        return new FlowMod(
                COMMANDS[command],
                match.match(),
                priority,
                table,
                match.cookie(),
                match.cookieMask(),
                newCookie,
                newCookie != -1,
                idle,
                hard,
                0,
                buffer,
                outPort,
                GroupMod.ANY,
                known,
                instructions);
    }

    private static void putMod11(WireWriter out, FlowMod m, Context c) {
        boolean add = m.command() == FlowMod.Command.ADD || m.newCookie() != -1;
        int known = c.atLeast(OF13) ? -1 : c.atLeast(OF12) ? 7 : 3;
        out.u64(add ? m.newCookie() : m.cookie()).u64(add ? 0 : m.cookieMask()).u8(m.table());
        out.u8(m.command().ordinal()).u16(m.idleTimeout()).u16(m.hardTimeout()).u16(m.priority());
        out.u32(m.bufferId()).u32(m.outPort()).u32(m.outGroup()).u16(m.flags() & known);
        out.u16(c.atLeast(OF14) ? m.importance() : 0);
        MatchCodec.put(out, m.match(), c.version());
        InstructionCodec.put(out, m.instructions(), c.version(), m.match());
    }

    private static int oldCommand(FlowMod m, Context c) {
        return m.command().ordinal() | (c.tableInCommand() ? m.table() << 8 : 0);
    }

    private static int oldFlags(FlowMod m) {
        return m.flags() & (FlowRule.SEND_FLOW_REMOVED | FlowRule.CHECK_OVERLAP);
    }

    private static void putMod10(WireWriter out, FlowMod m, Context c) {
        Match10Codec.put(out, m.match());
        out.u64(m.newCookie()).u16(oldCommand(m, c)).u16(m.idleTimeout()).u16(m.hardTimeout());
        out.u16(m.priority()).u32(m.bufferId()).u16(PortNumbers.to16(m.outPort())).u16(oldFlags(m));
        InstructionCodec.put(out, m.instructions(), c.version(), m.match());
    }

    private static void putModNx(WireWriter out, FlowMod m, Context c) {
        WireWriter match = new WireWriter();
        int length = MatchCodec.putNxm(match, m.match(), m.cookie(), m.cookieMask());
        out.u64(m.newCookie()).u16(oldCommand(m, c)).u16(m.idleTimeout()).u16(m.hardTimeout());
        out.u16(m.priority()).u32(m.bufferId()).u16(PortNumbers.to16(m.outPort())).u16(oldFlags(m));
        out.u16(length).zeros(6).bytes(match, 0, match.size());
        InstructionCodec.put(out, m.instructions(), c.version(), m.match());
    }

    private static FlowRemoved removed10(WireReader in, Context c) {
        Match match = Match10Codec.get(in);
        long cookie = in.s64();
        int priority = in.u16();
        int reason = in.u8();
        in.skip(1);
        long duration = duration(in);
        int idle = in.u16();
        in.skip(2);
        return new FlowRemoved(
                match, priority, reason, 255, cookie, duration, idle, 0, in.s64(), in.s64());
    }

    private static void putRemoved10(WireWriter out, FlowRemoved m, Context c) {
        Match10Codec.put(out, m.match());
        out.u64(m.cookie()).u16(m.priority()).u8(m.reason()).zeros(1);
        putDuration(out, m.durationNanos());
        out.u16(m.idleTimeout()).zeros(2).u64(m.packets()).u64(m.bytes());
    }

    private static FlowRemoved removed11(WireReader in, Context c) {
        long cookie = in.s64();
        int priority = in.u16();
        int reason = in.u8();
        int table = in.u8();
        long duration = duration(in);
        int idle = in.u16();
        int hard = in.u16();
        long packets = in.s64();
        long bytes = in.s64();
        return new FlowRemoved(
                MatchCodec.oxm(in),
                priority,
                reason,
                table,
                cookie,
                duration,
                idle,
                hard,
                packets,
                bytes);
    }

    private static void putRemoved11(WireWriter out, FlowRemoved m, Context c) {
        out.u64(m.cookie()).u16(m.priority()).u8(m.reason()).u8(m.table());
        putDuration(out, m.durationNanos());
        out.u16(m.idleTimeout()).u16(m.hardTimeout()).u64(m.packets()).u64(m.bytes());
        MatchCodec.put(out, m.match(), c.version());
    }

    private static FlowRemoved removed15(WireReader in, Context c) {
        int table = in.u8();
        int reason = in.u8();
        int priority = in.u16();
        int idle = in.u16();
        int hard = in.u16();
        long cookie = in.s64();
        Match match = MatchCodec.oxm(in);
        OxsCodec.Stats s = OxsCodec.get(in);
        return new FlowRemoved(
                match,
                priority,
                reason,
                table,
                cookie,
                s.durationNanos(),
                idle,
                hard,
                s.packets(),
                s.bytes());
    }

    private static void putRemoved15(WireWriter out, FlowRemoved m, Context c) {
        out.u8(m.table()).u8(m.reason()).u16(m.priority()).u16(m.idleTimeout());
        out.u16(m.hardTimeout()).u64(m.cookie());
        MatchCodec.putOxm(out, m.match(), c.version());
        OxsCodec.put(out, new OxsCodec.Stats(m.durationNanos(), -1, -1, m.packets(), m.bytes()));
    }

    private static FlowRemoved removedNx(WireReader in, Context c) {
        long cookie = in.s64();
        int priority = in.u16();
        int reason = in.u8();
        int table = in.u8() - 1 & 0xff;
        long duration = duration(in);
        int idle = in.u16();
        int matchLength = in.u16();
        long packets = in.s64();
        long bytes = in.s64();
        Match match = MatchCodec.nxm(in, matchLength, false).match();
        return new FlowRemoved(
                match, priority, reason, table, cookie, duration, idle, 0, packets, bytes);
    }

    private static void putRemovedNx(WireWriter out, FlowRemoved m, Context c) {
        WireWriter match = new WireWriter();
        int length = MatchCodec.putNxm(match, m.match(), 0, 0);
        out.u64(m.cookie()).u16(m.priority()).u8(m.reason()).u8(m.table() + 1);
        putDuration(out, m.durationNanos());
        out.u16(m.idleTimeout()).u16(length).u64(m.packets()).u64(m.bytes());
        out.bytes(match, 0, match.size());
    }

    /// Seconds and nanoseconds, 32 bits each, which can say more than [#putDuration] can.
    static long duration(WireReader in) {
        long seconds = in.u32();
        return Math.min(seconds * NANOS + in.u32(), LONGEST_NANOS);
    }

    static void putDuration(WireWriter out, long nanos) {
        if (nanos < 0) {
            out.u32(-1).u32(-1);
        } else {
            out.u32((int) (nanos / NANOS)).u32((int) (nanos % NANOS));
        }
    }
}
