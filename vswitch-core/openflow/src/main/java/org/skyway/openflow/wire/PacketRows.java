package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.row;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Form;

/// The rows of packet-in, in its three formats.
final class PacketRows {
    private static final int NXPINT_PACKET = 0;
    private static final int NXPINT_FULL_LEN = 1;
    private static final int NXPINT_BUFFER_ID = 2;
    private static final int NXPINT_TABLE_ID = 3;
    private static final int NXPINT_COOKIE = 4;
    private static final int NXPINT_REASON = 5;
    private static final int NXPINT_METADATA = 6;
    private static final int NXPINT_USERDATA = 7;
    private static final int NXPINT_CONTINUATION = 8;

    private static final int NXCPT_BRIDGE = 0x8000;
    private static final int NXCPT_STACK = 0x8001;
    private static final int NXCPT_MIRRORS = 0x8002;
    private static final int NXCPT_CONNTRACKED = 0x8003;
    private static final int NXCPT_TABLE_ID = 0x8004;
    private static final int NXCPT_COOKIE = 0x8005;
    private static final int NXCPT_ACTIONS = 0x8006;
    private static final int NXCPT_ACTION_SET = 0x8007;
    private static final int NXCPT_ODP_PORT = 0x8008;

    private PacketRows() {}

    // spotless:off
    static void register() {
        row(ExtensionMessage.Resume.class, NXT.at(28, OF10, OF15, 0, 8),
                PacketRows::resume,
                (out, m, c) -> putInNx2(out, m.packet(), c));
        in(PacketIn.Format.STANDARD,       TYPE.at(10, OF10, OF10, 10, 1), PacketRows::in10,  PacketRows::putIn10);
        in(PacketIn.Format.STANDARD,       TYPE.at(10, OF11, OF11, 16, 1), PacketRows::in11,  PacketRows::putIn11);
        in(PacketIn.Format.STANDARD,       TYPE.at(10, OF12, OF12, 8, 1),  PacketRows::in12,  PacketRows::putIn12);
        in(PacketIn.Format.STANDARD,       TYPE.at(10, OF13, OF15, 16, 1), PacketRows::in12,  PacketRows::putIn12);
        in(PacketIn.Format.NXT_PACKET_IN,  NXT.at(17, OF10, OF15, 24, 1),  PacketRows::inNx,  PacketRows::putInNx);
        in(PacketIn.Format.NXT_PACKET_IN2, NXT.at(30, OF10, OF15, 0, 8),   PacketRows::inNx2, PacketRows::putInNx2);
    }

    private static void in(
            PacketIn.Format format, Form form, MessageTable.Decoder<PacketIn> decoder, MessageTable.Encoder<PacketIn> encoder) {
        row(PacketIn.class, form, m -> m.format() == format, decoder, encoder);
    }
    // spotless:on

    /// What is told of a packet of which only the ingress port is.
    static Match inPort(int port) {
        return Match.builder().exact(Field.IN_PORT, port & 0xffffffffL).build();
    }

    static int inPort(Match metadata) {
        return (int) metadata.valueOf(Field.IN_PORT);
    }

    // One whose packet is the rest of the message, and that nobody says more of.
    private static PacketIn packetIn(
            WireReader in,
            int total,
            int buffer,
            int reason,
            int table,
            long cookie,
            Match metadata,
            PacketIn.Format format) {
        Bytes data = BasicRows.rest(in);
        return new PacketIn(
                data, total, buffer, reason, table, cookie, metadata, Bytes.EMPTY, 0, format);
    }

    private static PacketIn in10(WireReader in, Context c) {
        int buffer = in.s32();
        int total = in.u16();
        Match metadata = inPort(PortNumbers.from16(in.u16()));
        int reason = in.u8();
        in.skip(1);
        return packetIn(in, total, buffer, reason, 0, -1, metadata, PacketIn.Format.STANDARD);
    }

    private static void putIn10(WireWriter out, PacketIn m, Context c) {
        out.u32(m.bufferId()).u16(m.totalLength()).u16(PortNumbers.to16(inPort(m.metadata())));
        out.u8(m.reason()).zeros(1).bytes(m.data());
    }

    private static PacketIn in11(WireReader in, Context c) {
        int buffer = in.s32();
        Match metadata = inPort(PortNumbers.from32(in.s32()));
        in.skip(4);
        int total = in.u16();
        int reason = in.u8();
        int table = in.u8();
        return packetIn(in, total, buffer, reason, table, -1, metadata, PacketIn.Format.STANDARD);
    }

    private static void putIn11(WireWriter out, PacketIn m, Context c) {
        int port = inPort(m.metadata());
        out.u32(m.bufferId()).u32(port).u32(port).u16(m.totalLength());
        out.u8(m.reason()).u8(m.table()).bytes(m.data());
    }

    private static PacketIn in12(WireReader in, Context c) {
        int buffer = in.s32();
        int total = in.u16();
        int reason = in.u8();
        int table = in.u8();
        long cookie = c.atLeast(OF13) ? in.s64() : -1;
        Match metadata = MatchCodec.oxmLoose(in);
        in.skip(2);
        return packetIn(
                in, total, buffer, reason, table, cookie, metadata, PacketIn.Format.STANDARD);
    }

    private static void putIn12(WireWriter out, PacketIn m, Context c) {
        out.u32(m.bufferId()).u16(m.totalLength()).u8(m.reason()).u8(m.table());
        if (c.atLeast(OF13)) {
            out.u64(m.cookie());
        }
        MatchCodec.putOxm(out, m.metadata(), c.version());
        out.zeros(2).bytes(m.data());
    }

    private static PacketIn inNx(WireReader in, Context c) {
        int buffer = in.s32();
        int total = in.u16();
        int reason = in.u8();
        int table = in.u8();
        long cookie = in.s64();
        int length = in.u16();
        in.skip(6);
        Match metadata = MatchCodec.nxmLoose(in, length);
        in.skip(2);
        return packetIn(
                in, total, buffer, reason, table, cookie, metadata, PacketIn.Format.NXT_PACKET_IN);
    }

    private static void putInNx(WireWriter out, PacketIn m, Context c) {
        WireWriter match = new WireWriter();
        int length = MatchCodec.putNxm(match, m.metadata(), 0, 0);
        out.u32(m.bufferId()).u16(m.totalLength()).u8(m.reason()).u8(m.table()).u64(m.cookie());
        out.u16(length).zeros(6).bytes(match, 0, match.size()).zeros(2).bytes(m.data());
    }

    private static PacketIn inNx2(WireReader in, Context c) {
        return inNx2(in, false);
    }

    private static ExtensionMessage.Resume resume(WireReader in, Context c) {
        PacketIn packet = inNx2(in, true);
        int length = packet.data().length();
        if (length == 0 || Integer.compareUnsigned(packet.totalLength(), length) < 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN,
                    "%d bytes of a packet of %d".formatted(length, packet.totalLength()));
        }
        return new ExtensionMessage.Resume(packet);
    }

    /// @param strict whether what is unknown is refused, as from a controller
    private static PacketIn inNx2(WireReader in, boolean strict) {
        Bytes data = Bytes.EMPTY;
        int total = -1;
        int buffer = -1;
        int table = 0;
        long cookie = -1;
        int reason = 0;
        Match metadata = Match.ANY;
        Bytes userdata = Bytes.EMPTY;
        long continuation = 0;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in);
            switch (p.type()) {
                case NXPINT_PACKET -> data = p.bytes();
                case NXPINT_FULL_LEN -> total = p.s32();
                case NXPINT_BUFFER_ID -> buffer = p.s32();
                case NXPINT_TABLE_ID -> table = p.u8();
                case NXPINT_COOKIE -> cookie = p.s64();
                case NXPINT_REASON -> reason = p.u8();
                case NXPINT_METADATA ->
                        metadata =
                                strict
                                        ? MatchCodec.entries(p.value())
                                        : MatchCodec.entriesLoose(p.value());
                case NXPINT_USERDATA -> userdata = p.bytes();
                case NXPINT_CONTINUATION -> {
                    if (strict) {
                        continuation = continuation(p.value());
                    }
                }
                default -> {
                    if (strict) {
                        throw p.unknown();
                    }
                }
            }
        }
        return new PacketIn(
                data,
                total < 0 ? data.length() : total,
                buffer,
                reason,
                table,
                cookie,
                metadata,
                userdata,
                continuation,
                PacketIn.Format.NXT_PACKET_IN2);
    }

    /// What is in a continuation means something only to the switch that wrote it, but its
    /// properties must be such as Open vSwitch writes. Skyway needs but one.
    ///
    /// @return its number
    private static long continuation(WireReader in) {
        in.skip(4);
        long number = 0;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in);
            switch (p.type()) {
                case NXCPT_BRIDGE -> p.uuid();
                case NXCPT_MIRRORS, NXCPT_ODP_PORT -> p.s32();
                case NXCPT_TABLE_ID -> p.u8();
                case NXCPT_COOKIE -> number = p.s64();
                case NXCPT_STACK, NXCPT_CONNTRACKED, NXCPT_ACTIONS, NXCPT_ACTION_SET -> {}
                default -> throw p.unknown();
            }
        }
        return number;
    }

    private static void putInNx2(WireWriter out, PacketIn m, Context c) {
        Properties.bytes(out, NXPINT_PACKET, m.data());
        if (m.totalLength() != m.data().length()) {
            Properties.u32(out, NXPINT_FULL_LEN, m.totalLength());
        }
        if (m.bufferId() != -1) {
            Properties.u32(out, NXPINT_BUFFER_ID, m.bufferId());
        }
        Properties.u8(out, NXPINT_TABLE_ID, m.table());
        if (m.cookie() != -1) {
            Properties.u64(out, NXPINT_COOKIE, m.cookie());
        }
        Properties.u8(out, NXPINT_REASON, m.reason());
        int start = Properties.start(out, NXPINT_METADATA);
        MatchCodec.putEntries(out, m.metadata(), c.version().number());
        Properties.end(out, start);
        if (m.userdata().length() != 0) {
            Properties.bytes(out, NXPINT_USERDATA, m.userdata());
        }
        if (m.continuation() != 0) {
            int continuation = Properties.start(out, NXPINT_CONTINUATION);
            out.zeros(4);
            Properties.u64(out, NXCPT_COOKIE, m.continuation());
            Properties.end(out, continuation);
        }
    }
}
