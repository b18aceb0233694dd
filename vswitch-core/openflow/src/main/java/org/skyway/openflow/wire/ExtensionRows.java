package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.NX_REQUEST;
import static org.skyway.openflow.wire.MessageTable.Kind.ONFT;
import static org.skyway.openflow.wire.MessageTable.Kind.TYPE;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.row;

import org.skyway.openflow.message.AsyncMessage;
import org.skyway.openflow.message.BundleMessage;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.MessageTable.Form;
import org.skyway.openflow.wire.MessageTable.Kind;

/// The rows of asynchronous configuration, bundles, and what only Open vSwitch has.
final class ExtensionRows {
    private ExtensionRows() {}

    // spotless:off
    static void register() {
        async();
        bundles(TYPE, 33,   OF14, OF15);
        bundles(ONFT, 2300, OF13, OF13);
        ipfix(3, false);
        ipfix(4, true);
        row(ExtensionMessage.SetFlowFormat.class, NXT.at(12, OF10, OF10, 4, 0),
                (in, c) -> new ExtensionMessage.SetFlowFormat(in.s32()),
                (out, m, c) -> out.u32(m.format()));
        row(ExtensionMessage.FlowModTableId.class, NXT.at(15, OF10, OF15, 8, 0),
                (in, c) -> {
                    boolean on = in.u8() != 0;
                    in.skip(7);
                    return new ExtensionMessage.FlowModTableId(on);
                },
                (out, m, c) -> out.u8(m.enabled() ? 1 : 0).zeros(7));
        row(ExtensionMessage.SetPacketInFormat.class, NXT.at(16, OF10, OF15, 4, 0),
                (in, c) -> {
                    int format = in.s32();
                    if (format < 0 || format >= PacketIn.Format.values().length) {
                        throw new OpenFlowException(
                                ErrorCode.OFPBRC_EPERM, "packet-in format " + format);
                    }
                    return new ExtensionMessage.SetPacketInFormat(PacketIn.Format.values()[format]);
                },
                (out, m, c) -> out.u32(m.format().ordinal()));
        empty(ExtensionMessage.FlowAge.class, NXT.at(18, OF10, OF15, 0, 0), new ExtensionMessage.FlowAge());
        row(ExtensionMessage.SetControllerId.class, NXT.at(20, OF10, OF15, 8, 0),
                (in, c) -> {
                    in.zeros(6, ErrorCode.NXBRC_MUST_BE_ZERO);
                    return new ExtensionMessage.SetControllerId(in.u16());
                },
                (out, m, c) -> out.zeros(6).u16(m.id()));
    }

    private static void ipfix(int number, boolean flows) {
        row(StatsRequest.Ipfix.class, NX_REQUEST.at(number, OF10, OF15, 0, 0), m -> m.flows() == flows,
                (in, c) -> new StatsRequest.Ipfix(flows),
                (out, m, c) -> {});
    }

    private static void async() {
        empty(AsyncMessage.GetAsyncRequest.class, TYPE.at(26, OF13, OF15, 0, 0), new AsyncMessage.GetAsyncRequest());
        row(AsyncMessage.GetAsyncReply.class, TYPE.at(27, OF13, OF13, 24, 0),
                (in, c) -> new AsyncMessage.GetAsyncReply(AsyncCodec.getOld(in, c.version())),
                (out, m, c) -> AsyncCodec.putOld(out, m.config(), c.version()));
        row(AsyncMessage.GetAsyncReply.class, TYPE.at(27, OF14, OF15, 0, 8),
                (in, c) -> new AsyncMessage.GetAsyncReply(AsyncCodec.get(in, c.version()).config()),
                (out, m, c) -> AsyncCodec.put(out, m.config(), AsyncCodec.ALL, c.version()));
        old(TYPE.at(28, OF13, OF13, 24, 0));
        row(AsyncMessage.SetAsync.class, TYPE.at(28, OF14, OF15, 0, 8),
                (in, c) -> AsyncCodec.get(in, c.version()),
                (out, m, c) -> AsyncCodec.put(out, m.config(), m.given(), c.version()));
        old(NXT.at(19, OF10, OF15, 24, 0));
        row(AsyncMessage.SetAsync.class, NXT.at(27, OF10, OF13, 0, 8),
                (in, c) -> AsyncCodec.get(in, c.version()),
                (out, m, c) -> AsyncCodec.put(out, m.config(), m.given(), c.version()));
    }

    private static void old(Form form) {
        row(AsyncMessage.SetAsync.class, form, m -> m.given() == AsyncCodec.ALL,
                (in, c) -> new AsyncMessage.SetAsync(AsyncCodec.getOld(in, c.version()), AsyncCodec.ALL),
                (out, m, c) -> AsyncCodec.putOld(out, m.config(), c.version()));
    }

    private static void bundles(Kind kind, int number, Version first, Version last) {
        row(BundleMessage.Control.class, kind.at(number, first, last, 8, 8),
                (in, c) -> {
                    int id = in.s32();
                    int type = in.u16();
                    int flags = in.u16();
                    in.skip(in.remaining());
                    return new BundleMessage.Control(id, type, flags);
                },
                (out, m, c) -> out.u32(m.bundle()).u16(m.type()).u16(m.flags()));
        row(BundleMessage.Add.class, kind.at(number + 1, first, last, 8, 1),
                (in, c) -> {
                    int id = in.s32();
                    in.skip(2);
                    int flags = in.u16();
                    return new BundleMessage.Add(id, flags, in.view(in.remaining()));
                },
                (out, m, c) -> out.u32(m.bundle()).zeros(2).u16(m.flags()).bytes(m.inner()));
    }
    // spotless:on
}
