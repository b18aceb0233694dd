package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF11;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketOut;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.wire.MessageTable.Context;

/// The rows of packet-out.
final class PacketOutRows {
    private PacketOutRows() {}

    // spotless:off
    static void register() {
        row(PacketOut.class, TYPE.at(13, OF10, OF10, 8, 1),  PacketOutRows::out10, PacketOutRows::putOut10);
        row(PacketOut.class, TYPE.at(13, OF11, OF14, 16, 1), PacketOutRows::out11, PacketOutRows::putOut11);
        row(PacketOut.class, TYPE.at(13, OF15, OF15, 8, 1),  PacketOutRows::out15, PacketOutRows::putOut15);
    }
    // spotless:on

    private static PacketOut out10(WireReader in, Context c) {
        int buffer = in.s32();
        int port = PortNumbers.from16(in.u16());
        int length = in.u16();
        List<Action> actions =
                ActionCodec.list(in, length, c.version(), protocol(in, length, buffer));
        return out(in, buffer, PacketRows.inPort(port), actions);
    }

    private static PacketOut out11(WireReader in, Context c) {
        int buffer = in.s32();
        int port = PortNumbers.from32(in.s32());
        int length = in.u16();
        in.skip(6);
        List<Action> actions =
                ActionCodec.list(in, length, c.version(), protocol(in, length, buffer));
        return out(in, buffer, PacketRows.inPort(port), actions);
    }

    private static PacketOut out15(WireReader in, Context c) {
        int buffer = in.s32();
        int length = in.u16();
        in.skip(2);
        Match metadata = MatchCodec.oxmLoose(in);
        for (Field f : Field.values()) {
            if (metadata.has(f) && !isPipeline(f)) {
                throw new OpenFlowException(
                        ErrorCode.OFPBRC_PIPELINE_FIELDS_ONLY,
                        "field %s is not a pipeline field".formatted(f.ovsName()));
            }
        }
        if (!metadata.has(Field.IN_PORT)) {
            throw badPort("none");
        }
        List<Action> actions =
                ActionCodec.list(in, length, c.version(), protocol(in, length, buffer));
        return out(in, buffer, metadata, actions);
    }

    /// The IP protocol of the packet that comes behind the actions: some of them mean its ports.
    private static Match protocol(WireReader in, int actions, int buffer) {
        if (buffer != -1 || actions > in.remaining()) {
            return Match.ANY;
        }
        int start = in.offset();
        in.skip(actions);
        long[] key = FrameParser.parse(in.array(in.remaining()), 0);
        in.seek(start);
        return Match.builder().exact(Field.IP_PROTO, Field.IP_PROTO.get(key)).build();
    }

    private static boolean isPipeline(Field f) {
        return f.base() == Field.IN_PORT || f.word() >= Field.METADATA.word();
    }

    private static PacketOut out(WireReader in, int buffer, Match metadata, List<Action> actions) {
        int port = PacketRows.inPort(metadata);
        if (Integer.compareUnsigned(port, PortNumbers.MAX_16) >= 0
                && port != OfPort.LOCAL
                && port != OfPort.ANY
                && port != OfPort.CONTROLLER) {
            throw badPort("0x%x".formatted(port));
        }
        Bytes data = buffer == -1 ? BasicRows.rest(in) : Bytes.EMPTY;
        return new PacketOut(buffer, metadata, actions, data);
    }

    private static OpenFlowException badPort(String port) {
        return new OpenFlowException(
                ErrorCode.OFPBRC_BAD_PORT, "a packet can't come in at port " + port);
    }

    private static void putOut10(WireWriter out, PacketOut m, Context c) {
        out.u32(m.bufferId()).u16(PortNumbers.to16(PacketRows.inPort(m.metadata())));
        putActions(out, m, c, 0);
    }

    private static void putOut11(WireWriter out, PacketOut m, Context c) {
        out.u32(m.bufferId()).u32(PacketRows.inPort(m.metadata()));
        putActions(out, m, c, 6);
    }

    private static void putActions(WireWriter out, PacketOut m, Context c, int padding) {
        int at = out.size();
        out.u16(0).zeros(padding);
        int start = out.size();
        ActionEncoder.put(out, m.actions(), c.version(), Match.ANY);
        out.setU16(at, out.size() - start);
        out.bytes(m.data());
    }

    private static void putOut15(WireWriter out, PacketOut m, Context c) {
        out.u32(m.bufferId());
        int at = out.size();
        out.u16(0).zeros(2);
        MatchCodec.putOxm(out, m.metadata(), c.version());
        int start = out.size();
        ActionEncoder.put(out, m.actions(), c.version(), Match.ANY);
        out.setU16(at, out.size() - start);
        out.bytes(m.data());
    }
}
