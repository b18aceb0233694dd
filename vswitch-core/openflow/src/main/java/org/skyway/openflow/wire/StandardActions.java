package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// The rows of OpenFlow's own actions (OpenFlow 1.0.1, "Flow Action Structures"; 1.3.5 and 1.5.1,
/// "Action Structures"), and the ONF's copy-field.
final class StandardActions {
    private StandardActions() {}

    static void register() {
        row10(0, 8, (in, c) -> new Action.Output(port(PortNumbers.from16(in.u16())), in.u16()));
        row10(1, 8, (in, c) -> new Action.SetVlanVid(upTo(in.u16(), 0xfff), true));
        row10(2, 8, (in, c) -> new Action.SetVlanPcp(upTo(in.u8(), 7), true));
        row10(3, 8, (in, c) -> new Action.PopVlan());
        row10(4, 16, (in, c) -> set(Field.ETH_SRC, in.u48()));
        row10(5, 16, (in, c) -> set(Field.ETH_DST, in.u48()));
        row10(6, 8, (in, c) -> set(Field.IPV4_SRC, in.u32()));
        row10(7, 8, (in, c) -> set(Field.IPV4_DST, in.u32()));
        row10(8, 8, (in, c) -> set(Field.IP_DSCP, dscp(in.u8())));
        row10(9, 8, (in, c) -> set(source(c.match()), in.u16()));
        row10(10, 8, (in, c) -> set(destination(c.match()), in.u16()));
        row10(11, 16, StandardActions::enqueue);

        row(0, 16, (in, c) -> new Action.Output(port(PortNumbers.from32(in.s32())), in.u16()));
        // What OpenFlow 1.1 set field by field is deprecated since 1.2 but still understood.
        row(1, 8, (in, c) -> new Action.SetVlanVid(upTo(in.u16(), 0xfff), false));
        row(2, 8, (in, c) -> new Action.SetVlanPcp(upTo(in.u8(), 7), false));
        row(3, 16, (in, c) -> set(Field.ETH_SRC, in.u48()));
        row(4, 16, (in, c) -> set(Field.ETH_DST, in.u48()));
        row(5, 8, (in, c) -> set(Field.IPV4_SRC, in.u32()));
        row(6, 8, (in, c) -> set(Field.IPV4_DST, in.u32()));
        row(7, 8, (in, c) -> set(Field.IP_DSCP, dscp(in.u8())));
        row(8, 8, (in, c) -> set(Field.IP_ECN, upTo(in.u8(), 3)));
        row(9, 8, (in, c) -> set(source(c.match()), in.u16()));
        row(10, 8, (in, c) -> set(destination(c.match()), in.u16()));
        row(13, 8, (in, c) -> set(Field.MPLS_LABEL, in.u32() & 0xfffff));
        row(14, 8, (in, c) -> set(Field.MPLS_TC, in.u8() & 7));
        row(15, 8, (in, c) -> new Action.SetMplsTtl(in.u8()));
        row(16, 8, (in, c) -> new Action.DecMplsTtl());
        row(17, 8, (in, c) -> new Action.PushVlan(oneOf(in.u16(), 0x8100, 0x88a8)));
        row(18, 8, (in, c) -> new Action.PopVlan());
        row(19, 8, (in, c) -> new Action.PushMpls(oneOf(in.u16(), 0x8847, 0x8848)));
        row(20, 8, (in, c) -> new Action.PopMpls(in.u16()));
        row(21, 8, (in, c) -> new Action.SetQueue(in.s32()));
        row(22, 8, (in, c) -> new Action.Group(in.s32()));
        row(23, 8, (in, c) -> set(Field.IP_TTL, in.u8()));
        row(24, 8, (in, c) -> new Action.DecTtl(List.of(0)));
        ActionTable.row(
                0, 25, OF13, OF14, 8, ActionTable.ANY_LENGTH, (in, c) -> setField(in, false));
        ActionTable.row(
                0, 25, OF15, OF15, 8, ActionTable.ANY_LENGTH, (in, c) -> setField(in, true));
        ActionTable.row(0, 28, OF15, OF15, 16, ActionTable.ANY_LENGTH, (in, c) -> copyField(in, 0));
        ActionTable.row(0, 29, OF15, OF15, 8, 8, (in, c) -> new Action.Meter(in.s32()));
        ActionTable.row(
                ErrorCode.ONF,
                3200,
                OF13,
                OF14,
                24,
                ActionTable.ANY_LENGTH,
                (in, c) -> copyField(in, 2));
    }

    private static void row10(int type, int length, ActionTable.Decoder decoder) {
        ActionTable.row(0, type, OF10, OF10, length, length, decoder);
    }

    private static void row(int type, int length, ActionTable.Decoder decoder) {
        ActionTable.row(0, type, OF13, OF15, length, length, decoder);
    }

    private static Action set(Field field, long value) {
        return new Action.SetField(field, value, Form.OWN_ACTION);
    }

    /// OpenFlow 1.0 sets "the transport port": which field that is depends on what is matched.
    private static Field source(Match match) {
        return switch ((int) match.exact(Field.IP_PROTO)) {
            case 17 -> Field.UDP_SRC;
            case 132 -> Field.SCTP_SRC;
            default -> Field.TCP_SRC;
        };
    }

    private static Field destination(Match match) {
        return switch ((int) match.exact(Field.IP_PROTO)) {
            case 17 -> Field.UDP_DST;
            case 132 -> Field.SCTP_DST;
            default -> Field.TCP_DST;
        };
    }

    private static int dscp(int tos) {
        if ((tos & 3) != 0) {
            throw badArgument("type of service " + tos + " has bits outside the DSCP");
        }
        return tos >>> 2;
    }

    private static int upTo(int value, int max) {
        if (value > max) {
            throw badArgument("%d is over %d".formatted(value, max));
        }
        return value;
    }

    private static int oneOf(int value, int a, int b) {
        if (value != a && value != b) {
            throw badArgument("0x%04x is neither 0x%04x nor 0x%04x".formatted(value, a, b));
        }
        return value;
    }

    private static OpenFlowException badArgument(String reason) {
        return new OpenFlowException(ErrorCode.OFPBAC_BAD_ARGUMENT, reason);
    }

    /// A port to send to: a real one or reserved, but not "none".
    static int port(int port) {
        boolean real = Integer.compareUnsigned(port, PortNumbers.MAX_16) < 0;
        if (!real && (port == OfPort.ANY || Integer.compareUnsigned(port, OfPort.IN_PORT) < 0)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_OUT_PORT,
                    "can't output to port 0x%x".formatted(port & 0xffffffffL));
        }
        return port;
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

    private static Action setField(WireReader in, boolean allowMask) {
        OxmCodec.Entry e;
        try {
            e = OxmCodec.entry(in, allowMask, true);
        } catch (OpenFlowException bad) {
            throw bad.code() == ErrorCode.OFPBMC_BAD_MASK
                    ? new OpenFlowException(ErrorCode.OFPBAC_BAD_SET_MASK, bad.getMessage())
                    : bad;
        }
        in.zeros(in.remaining(), ErrorCode.OFPBAC_BAD_SET_ARGUMENT);
        Field f = e.field();
        boolean tagged =
                f != Field.VLAN_VID || (e.low() & 0x1000) != 0 && (e.maskLow() & 0x1000) != 0;
        if (f == Field.IN_PORT || !f.writable() || !e.valid() || !tagged) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_SET_ARGUMENT,
                    "can't set field %s to 0x%x".formatted(f.ovsName(), e.low()));
        }
        return e.toAction(Form.SET_FIELD, Form.MASKED);
    }

    private static Action copyField(WireReader in, int padBefore) {
        in.skip(padBefore);
        int bits = in.u16();
        int from = in.u16();
        int to = in.u16();
        in.skip(2);
        return move(in, bits, from, to);
    }

    /// Reads the two fields of a move.
    static Action move(WireReader in, int bits, int from, int to) {
        OxmTable.Row source = OxmCodec.header(in, false);
        OxmTable.Row target = OxmCodec.header(in, false);
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        SubField s = OxmCodec.subField(source, from, bits);
        return new Action.Move(s, OxmCodec.target(target, to, bits));
    }
}
