package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;

import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.MessageTable.Kind;

/// The rows of asynchronous configuration, bundles, and what only Open vSwitch has.
final class ExtensionRows {
    private ExtensionRows() {}

    static void register() {
        async();
        bundles(Kind.TYPE, 33, OF14, OF15);
        bundles(Kind.ONFT, 2300, OF13, OF13);
        ipfix(3, false);
        ipfix(4, true);
        nicira(
                ExtensionMessage.SetFlowFormat.class,
                12,
                OF10,
                4,
                0,
                (in, c) -> new ExtensionMessage.SetFlowFormat(in.s32()),
                (out, m, c) -> out.u32(m.format()));
        nicira(
                ExtensionMessage.FlowModTableId.class,
                15,
                OF15,
                8,
                0,
                (in, c) -> {
                    boolean on = in.u8() != 0;
                    in.skip(7);
                    return new ExtensionMessage.FlowModTableId(on);
                },
                (out, m, c) -> out.u8(m.enabled() ? 1 : 0).zeros(7));
        nicira(
                ExtensionMessage.SetPacketInFormat.class,
                16,
                OF15,
                4,
                0,
                (in, c) -> {
                    int format = in.s32();
                    if (format < 0 || format >= PacketIn.Format.values().length) {
                        throw new OpenFlowException(
                                ErrorCode.OFPBRC_EPERM, "packet-in format " + format);
                    }
                    return new ExtensionMessage.SetPacketInFormat(PacketIn.Format.values()[format]);
                },
                (out, m, c) -> out.u32(m.format().ordinal()));
        nicira(
                ExtensionMessage.FlowAge.class,
                18,
                OF15,
                0,
                0,
                (in, c) -> new ExtensionMessage.FlowAge(),
                (out, m, c) -> {});
        nicira(
                ExtensionMessage.SetControllerId.class,
                20,
                OF15,
                8,
                0,
                (in, c) -> {
                    in.zeros(6, ErrorCode.NXBRC_MUST_BE_ZERO);
                    return new ExtensionMessage.SetControllerId(in.u16());
                },
                (out, m, c) -> out.zeros(6).u16(m.id()));
    }

    private static void ipfix(int number, boolean flows) {
        MessageTable.row(
                StatsRequest.Ipfix.class,
                m -> m.flows() == flows,
                Kind.NX_REQUEST,
                number,
                OF10,
                OF15,
                0,
                0,
                (in, c) -> new StatsRequest.Ipfix(flows),
                (out, m, c) -> {});
    }

    private static <M extends Message> void nicira(
            Class<M> type,
            int number,
            Version last,
            int min,
            int unit,
            MessageTable.Decoder<M> decoder,
            MessageTable.Encoder<M> encoder) {
        MessageTable.row(type, Kind.NXT, number, OF10, last, min, unit, decoder, encoder);
    }

    private static void async() {
        MessageTable.row(
                AsyncMessage.GetAsyncRequest.class,
                Kind.TYPE,
                26,
                OF13,
                OF15,
                0,
                0,
                (in, c) -> new AsyncMessage.GetAsyncRequest(),
                (out, m, c) -> {});
        MessageTable.row(
                AsyncMessage.GetAsyncReply.class,
                Kind.TYPE,
                27,
                OF13,
                OF13,
                24,
                0,
                (in, c) -> new AsyncMessage.GetAsyncReply(AsyncCodec.getOld(in, c.version())),
                (out, m, c) -> AsyncCodec.putOld(out, m.config(), c.version()));
        MessageTable.row(
                AsyncMessage.GetAsyncReply.class,
                Kind.TYPE,
                27,
                OF14,
                OF15,
                0,
                8,
                (in, c) -> new AsyncMessage.GetAsyncReply(AsyncCodec.get(in, c.version()).config()),
                (out, m, c) -> AsyncCodec.put(out, m.config(), AsyncCodec.ALL, c.version()));
        old(Kind.TYPE, 28, OF13, OF13);
        MessageTable.row(
                AsyncMessage.SetAsync.class,
                Kind.TYPE,
                28,
                OF14,
                OF15,
                0,
                8,
                (in, c) -> AsyncCodec.get(in, c.version()),
                (out, m, c) -> AsyncCodec.put(out, m.config(), m.given(), c.version()));
        old(Kind.NXT, 19, OF10, OF15);
        MessageTable.row(
                AsyncMessage.SetAsync.class,
                Kind.NXT,
                27,
                OF10,
                OF13,
                0,
                8,
                (in, c) -> AsyncCodec.get(in, c.version()),
                (out, m, c) -> AsyncCodec.put(out, m.config(), m.given(), c.version()));
    }

    private static void old(Kind kind, int number, Version first, Version last) {
        MessageTable.row(
                AsyncMessage.SetAsync.class,
                m -> m.given() == AsyncCodec.ALL,
                kind,
                number,
                first,
                last,
                24,
                0,
                (in, c) ->
                        new AsyncMessage.SetAsync(
                                AsyncCodec.getOld(in, c.version()), AsyncCodec.ALL),
                (out, m, c) -> AsyncCodec.putOld(out, m.config(), c.version()));
    }

    private static void bundles(Kind kind, int number, Version first, Version last) {
        MessageTable.row(
                BundleMessage.Control.class,
                kind,
                number,
                first,
                last,
                8,
                8,
                (in, c) -> {
                    int id = in.s32();
                    int type = in.u16();
                    int flags = in.u16();
                    in.skip(in.remaining());
                    return new BundleMessage.Control(id, type, flags);
                },
                (out, m, c) -> out.u32(m.bundle()).u16(m.type()).u16(m.flags()));
        MessageTable.row(
                BundleMessage.Add.class,
                kind,
                number + 1,
                first,
                last,
                8,
                1,
                (in, c) -> {
                    int id = in.s32();
                    in.skip(2);
                    int flags = in.u16();
                    return new BundleMessage.Add(id, flags, BasicRows.rest(in));
                },
                (out, m, c) -> out.u32(m.bundle()).zeros(2).u16(m.flags()).bytes(m.inner()));
    }
}
