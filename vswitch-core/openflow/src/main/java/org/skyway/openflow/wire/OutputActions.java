package org.skyway.openflow.wire;

import static org.skyway.openflow.wire.ActionTable.nx;
import static org.skyway.openflow.wire.ActionTable.of;
import static org.skyway.openflow.wire.ActionTable.of10;
import static org.skyway.openflow.wire.ActionTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// The rows of actions that send packets somewhere.
final class OutputActions {
    private static final int MAX_BUNDLE_MEMBERS = 2048;

    private OutputActions() {}

    // spotless:off
    static void register() {
        row(Action.Output.class,          OutputActions::putOutput,
                of10(0,  8, (in, c) -> new Action.Output(port(PortNumbers.from16(in.u16())), in.u16())),
                of(  0, 16, (in, c) -> new Action.Output(port(PortNumbers.from32(in.s32())), in.u16())));
        row(Action.Enqueue.class,         OutputActions::putEnqueue,
                of10(11, 16, OutputActions::enqueue));
        row(Action.OutputReg.class,       OutputActions::putOutputReg,
                nx(15, 24, OutputActions::outputReg),
                nx(32, 24, OutputActions::outputReg2));
        row(Action.OutputTruncated.class, OutputActions::putTruncated,
                nx(39, 16, OutputActions::truncated));
        row(Action.Controller.class,      OutputActions::putController,
                nx(20, 16, OutputActions::controller),
                nx(37, 16, OutputActions::controller2).orLonger());
        row(Action.Bundle.class,          OutputActions::putBundle,
                nx(12, 32, (in, c) -> bundle(in, false)).orLonger(),
                nx(13, 32, (in, c) -> bundle(in, true)).orLonger());
        row(Action.Multipath.class,       OutputActions::putMultipath,
                nx(10, 32, OutputActions::multipath));
    }
    // spotless:on

    static OpenFlowException badArgument(String reason) {
        return new OpenFlowException(ErrorCode.OFPBAC_BAD_ARGUMENT, reason);
    }

    /// A port to send to: a real one or reserved, but not "none".
    private static int port(int port) {
        boolean real = Integer.compareUnsigned(port, PortNumbers.MAX_16) < 0;
        if (!real && (port == OfPort.ANY || Integer.compareUnsigned(port, OfPort.IN_PORT) < 0)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_OUT_PORT,
                    "can't output to port 0x%x".formatted(port & 0xffffffffL));
        }
        return port;
    }

    private static void putOutput(Action.Output a, ActionEncoder to) {
        int start = to.standard(0);
        to.out().number(to.old() ? PortNumbers.to16(a.port()) : a.port(), to.old() ? 2 : 4);
        to.out().u16(a.maxLength());
        to.end(start);
    }

    private static Action enqueue(WireReader in, ActionTable.Context c) {
        int port = PortNumbers.from16(in.u16());
        in.skip(6);
        if (Integer.compareUnsigned(port, PortNumbers.MAX_16) >= 0
                && port != OfPort.IN_PORT
                && port != OfPort.LOCAL) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_OUT_PORT,
                    "can't enqueue on port 0x%x".formatted(port & 0xffffffffL));
        }
        return new Action.Enqueue(port, in.s32());
    }

    private static void putEnqueue(Action.Enqueue a, ActionEncoder to) {
        if (to.old()) {
            int start = to.standard(11);
            to.out().u16(PortNumbers.to16(a.port())).zeros(6).u32(a.queue());
            to.end(start);
        } else {
            to.plain(ActionKind.SET_QUEUE, a.queue());
            putOutput(new Action.Output(a.port(), 0xffff), to);
            to.plain(ActionKind.POP_QUEUE, 0);
        }
    }

    private static Action outputReg(WireReader in, ActionTable.Context c) {
        int range = in.u16();
        int head = in.s32();
        int maxLength = in.u16();
        in.zeros(6, ErrorCode.OFPBAC_BAD_ARGUMENT);
        OxmTable.Row row = OxmCodec.nxmHeader(head);
        SubField source = OxmCodec.subField(row, range >>> 6, (range & 0x3f) + 1);
        return new Action.OutputReg(source, maxLength);
    }

    private static Action outputReg2(WireReader in, ActionTable.Context c) {
        int range = in.u16();
        int maxLength = in.u16();
        OxmTable.Row row = OxmCodec.header(in, false);
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        SubField source = OxmCodec.subField(row, range >>> 6, (range & 0x3f) + 1);
        return new Action.OutputReg(source, maxLength);
    }

    private static void putOutputReg(Action.OutputReg a, ActionEncoder to) {
        int range = ActionEncoder.range(a.source());
        boolean shortHeader = OxmTable.hasNxm(a.source().field());
        int start = to.nicira(shortHeader ? 15 : 32);
        to.out().u16(range);
        if (shortHeader) {
            to.out().u32(ActionEncoder.head(a.source())).u16(a.maxLength());
        } else {
            to.out().u16(a.maxLength());
            to.field(a.source(), start, 24);
        }
        to.end(start);
    }

    private static Action truncated(WireReader in, ActionTable.Context c) {
        int port = PortNumbers.from16(in.u16());
        int maxLength = in.s32();
        if (Action.OutputTruncated.isTooShort(maxLength)) {
            throw badArgument("an output of only " + maxLength + " bytes");
        }
        return new Action.OutputTruncated(port(port), maxLength);
    }

    private static void putTruncated(Action.OutputTruncated a, ActionEncoder to) {
        int start = to.nicira(39);
        to.out().u16(PortNumbers.to16(a.port())).u32(a.maxLength());
        to.end(start);
    }

    private static Action controller(WireReader in, ActionTable.Context c) {
        int maxLength = in.u16();
        int id = in.u16();
        return new Action.Controller(maxLength, in.u8(), id, Bytes.EMPTY, false, 0);
    }

    private static Action controller2(WireReader in, ActionTable.Context c) {
        in.zeros(6, ErrorCode.NXBRC_MUST_BE_ZERO);
        int maxLength = 0xffff;
        int id = 0;
        int reason = 1; // OFPR_ACTION
        Bytes userdata = Bytes.EMPTY;
        boolean pause = false;
        int meterId = 0;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in);
            switch (p.type()) {
                case 0 -> maxLength = p.u16();
                case 1 -> id = p.u16();
                case 2 -> reason = p.u8();
                case 3 -> userdata = p.bytes();
                case 4 -> pause = true;
                case 5 -> meterId = p.s32();
                default -> throw p.unknown();
            }
        }
        return new Action.Controller(maxLength, reason, id, userdata, pause, meterId);
    }

    private static void putController(Action.Controller a, ActionEncoder to) {
        WireWriter out = to.out();
        if (a.userdata().length() == 0 && !a.pause() && a.meterId() == 0) {
            int start = to.nicira(20);
            out.u16(a.maxLength()).u16(a.controllerId()).u8(a.reason());
            to.end(start);
            return;
        }
        int start = to.nicira(37);
        out.zeros(6);
        if (a.maxLength() != 0xffff) {
            Properties.u16(out, 0, a.maxLength());
        }
        if (a.controllerId() != 0) {
            Properties.u16(out, 1, a.controllerId());
        }
        if (a.reason() != 1) {
            Properties.u8(out, 2, a.reason());
        }
        if (a.userdata().length() != 0) {
            Properties.bytes(out, 3, a.userdata());
        }
        if (a.pause()) {
            Properties.flag(out, 4);
        }
        if (a.meterId() != 0) {
            Properties.u32(out, 5, a.meterId());
        }
        to.end(start);
    }

    private static boolean hashFieldsUnknown(int fields) {
        return fields > 6;
    }

    private static Action multipath(WireReader in, ActionTable.Context c) {
        int fields = in.u16();
        int basis = in.u16();
        in.skip(2);
        int algorithm = in.u16();
        int maxLink = in.u16();
        long argument = in.u32();
        in.skip(2);
        int range = in.u16();
        OxmTable.Row row = OxmCodec.nxmHeader(in.s32());
        int bits = (range & 0x3f) + 1;
        int needed = 32 - Integer.numberOfLeadingZeros(maxLink);
        if (hashFieldsUnknown(fields) || algorithm > 3 || bits < needed) {
            throw badArgument(
                    "multipath with fields %d, algorithm %d, %d links in %d bits"
                            .formatted(fields, algorithm, maxLink + 1, bits));
        }
        SubField target = OxmCodec.target(row, range >>> 6, bits);
        return new Action.Multipath(fields, basis, algorithm, maxLink, argument, target);
    }

    private static void putMultipath(Action.Multipath a, ActionEncoder to) {
        int start = to.nicira(10);
        to.out()
                .u16(a.fields())
                .u16(a.basis())
                .zeros(2)
                .u16(a.algorithm())
                .u16(a.maxLink())
                .u32((int) a.argument())
                .zeros(2)
                .u16(ActionEncoder.range(a.target()))
                .u32(ActionEncoder.head(a.target()));
        to.end(start);
    }

    private static Action bundle(WireReader in, boolean load) {
        int algorithm = in.u16();
        int fields = in.u16();
        int basis = in.u16();
        int memberType = in.s32();
        int members = in.u16();
        int range = in.u16();
        int head = in.s32();
        boolean zero = in.s32() == 0;
        SubField target = null;
        boolean bad =
                hashFieldsUnknown(fields)
                        || members > MAX_BUNDLE_MEMBERS
                        || algorithm > 1
                        || memberType != memberType()
                        || !zero;
        if (load) {
            OxmTable.Row row = OxmCodec.nxmHeader(head);
            int bits = (range & 0x3f) + 1;
            bad = bits < 16; // Open vSwitch forgets here what was wrong before
            if (!bad) {
                target = OxmCodec.target(row, range >>> 6, bits);
            }
        } else {
            bad |= range != 0 || head != 0;
        }
        if (in.remaining() < 2 * members) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_LEN,
                    "%d members do not fit into %d bytes".formatted(members, in.remaining()));
        }
        if (bad) {
            throw badArgument("a bundle with fields %d, algorithm %d".formatted(fields, algorithm));
        }
        List<Integer> ports = new ArrayList<>(members);
        for (int i = 0; i < members; i++) {
            int port = PortNumbers.from16(in.u16());
            if (port != OfPort.ANY) {
                port(port);
            }
            ports.add(port);
        }
        return new Action.Bundle(algorithm, fields, basis, target, List.copyOf(ports));
    }

    private static int memberType() {
        return OxmTable.of(Field.IN_PORT_NXM, OxmTable.NXM).head(false);
    }

    private static void putBundle(Action.Bundle a, ActionEncoder to) {
        boolean load = a.target() != null;
        int start = to.nicira(load ? 13 : 12);
        to.out()
                .u16(a.algorithm())
                .u16(a.fields())
                .u16(a.basis())
                .u32(memberType())
                .u16(a.members().size())
                .u16(load ? ActionEncoder.range(a.target()) : 0)
                .u32(load ? ActionEncoder.head(a.target()) : 0)
                .zeros(4);
        for (int port : a.members()) {
            to.out().u16(PortNumbers.to16(port));
        }
        to.end(start);
    }
}
