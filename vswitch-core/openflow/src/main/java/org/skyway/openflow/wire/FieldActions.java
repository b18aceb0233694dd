package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF12;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.ActionTable.nx;
import static org.skyway.openflow.wire.ActionTable.of;
import static org.skyway.openflow.wire.ActionTable.of10;
import static org.skyway.openflow.wire.ActionTable.row;
import static org.skyway.openflow.wire.OutputActions.badArgument;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.SubField;

/// The rows of actions that read and write fields.
///
/// What OpenFlow 1.1 set field by field is deprecated since 1.2 but still understood.
final class FieldActions {
    private FieldActions() {}

    // spotless:off
    static void register() {
        row(Action.SetVlanVid.class, FieldActions::putVid,
                of10(1,  8, (in, c) -> new Action.SetVlanVid(upTo(in.u16(), 0xfff), true)),
                of(  1,  8, (in, c) -> new Action.SetVlanVid(upTo(in.u16(), 0xfff), false)));
        row(Action.SetVlanPcp.class, FieldActions::putPcp,
                of10(2,  8, (in, c) -> new Action.SetVlanPcp(upTo(in.u8(), 7), true)),
                of(  2,  8, (in, c) -> new Action.SetVlanPcp(upTo(in.u8(), 7), false)));
        row(Action.SetField.class,   FieldActions::putSetField,
                of10(4, 16, (in, c) -> set(Field.ETH_SRC, in.u48())),
                of10(5, 16, (in, c) -> set(Field.ETH_DST, in.u48())),
                of10(6,  8, (in, c) -> set(Field.IPV4_SRC, in.u32())),
                of10(7,  8, (in, c) -> set(Field.IPV4_DST, in.u32())),
                of10(8,  8, (in, c) -> set(Field.IP_DSCP, dscp(in.u8()))),
                of10(9,  8, (in, c) -> setPort(false, in.u16(), c)),
                of10(10, 8, (in, c) -> setPort(true, in.u16(), c)),
                of(  3, 16, (in, c) -> set(Field.ETH_SRC, in.u48())),
                of(  4, 16, (in, c) -> set(Field.ETH_DST, in.u48())),
                of(  5,  8, (in, c) -> set(Field.IPV4_SRC, in.u32())),
                of(  6,  8, (in, c) -> set(Field.IPV4_DST, in.u32())),
                of(  7,  8, (in, c) -> set(Field.IP_DSCP, dscp(in.u8()))),
                of(  8,  8, (in, c) -> set(Field.IP_ECN, upTo(in.u8(), 3))),
                of(  9,  8, (in, c) -> setPort(false, in.u16(), c)),
                of( 10,  8, (in, c) -> setPort(true, in.u16(), c)),
                of( 13,  8, (in, c) -> set(Field.MPLS_LABEL, in.u32())),
                of( 14,  8, (in, c) -> set(Field.MPLS_TC, in.u8())),
                of( 23,  8, (in, c) -> set(Field.IP_TTL, in.u8())),
                of( 25,  8, (in, c) -> setField(in, c.version() == OF15)).orLonger().from(OF12, OF15),
                nx(  2, 16, (in, c) -> tunnel(in, 2, 4)),
                nx(  9, 24, (in, c) -> tunnel(in, 6, 8)),
                nx( 30, 16, (in, c) -> set(Field.MPLS_LABEL, in.number(6) & 0xffffffffL)).from(OF10, OF10),
                nx( 31, 16, (in, c) -> set(Field.MPLS_TC, in.u8())).from(OF10, OF10),
                nx( 33, 16, FieldActions::regLoad2).orLonger().from(OF10, OF14));
        row(Action.SetPort.class,    (a, to) -> to.number(a.destination() ? 10 : 9, a.port(), 2));
        row(Action.Load.class,       (a, to) -> to.fields().load(a.target(), a.value()),
                nx(  7, 24, FieldActions::regLoad).from(OF10, OF14));
        row(Action.Move.class,       FieldActions::putMove,
                nx(  6, 16, FieldActions::regMove).orLonger().from(OF10, OF14),
                of( 28, 16, (in, c) -> copyField(in, 0)).orLonger().from(OF15, OF15),
                new ActionTable.Form(ErrorCode.ONF, 3200, OF13, OF14, 24, 24, (in, c) -> copyField(in, 2)).orLonger());
        row(Action.StackPush.class,  (a, to) -> putStack(27, a.source(), to),
                nx( 27, 24, (in, c) -> new Action.StackPush(stack(in, false))));
        row(Action.StackPop.class,   (a, to) -> putStack(28, a.target(), to),
                nx( 28, 24, (in, c) -> new Action.StackPop(stack(in, true))));
        row(Action.DecTtl.class,     FieldActions::putDecTtl,
                nx( 18, 16, (in, c) -> new Action.DecTtl(List.of(0))).from(OF10, OF10),
                of( 24,  8, (in, c) -> new Action.DecTtl(List.of(0))),
                nx( 21, 16, FieldActions::decTtl).orLonger());
        row(Action.CheckPacketLarger.class, FieldActions::putCheck,
                nx( 49, 24, FieldActions::check).orLonger());
    }
    // spotless:on

    private static void putSetField(Action.SetField a, ActionEncoder to) {
        to.fields().put(a);
        if (a.field() == Field.VLAN_TCI) {
            to.tagged((a.low() & FlowKey.VLAN_PRESENT) != 0);
        }
    }

    private static int upTo(int value, int max) {
        if (value > max) {
            throw badArgument("%d is over %d".formatted(value, max));
        }
        return value;
    }

    private static void putVid(Action.SetVlanVid a, ActionEncoder to) {
        if (to.old()) {
            putOldTag(1, 2, a.vid(), a.push(), to);
        } else {
            to.tag(a.push(), Field.VLAN_VID, a.vid() | FlowKey.VLAN_PRESENT);
        }
    }

    private static void putPcp(Action.SetVlanPcp a, ActionEncoder to) {
        if (to.old()) {
            putOldTag(2, 1, a.pcp(), a.push(), to);
        } else {
            to.tag(a.push(), Field.VLAN_PCP, a.pcp());
        }
    }

    private static void putOldTag(int type, int bytes, int value, boolean push, ActionEncoder to) {
        to.number(type, value, bytes);
        to.tagged(to.isTagged() || push);
    }

    private static Action set(Field field, long value) {
        return new Action.SetField(field, value, Form.OWN_ACTION);
    }

    private static Action tunnel(WireReader in, int padding, int bytes) {
        in.skip(padding);
        Form form = bytes == 8 ? Form.OWN_LONG_ACTION : Form.OWN_ACTION;
        return new Action.SetField(Field.TUN_ID, in.number(bytes), form);
    }

    private static Action setPort(boolean destination, int port, ActionTable.Context c) {
        Action.SetPort any = new Action.SetPort(destination, port);
        Field field = any.fieldOf(c.match());
        return field == null ? any : set(field, port);
    }

    private static int dscp(int tos) {
        if ((tos & 3) != 0) {
            throw badArgument("type of service " + tos + " has bits outside the DSCP");
        }
        return tos >>> 2;
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

    private static Action regLoad(WireReader in, ActionTable.Context c) {
        int range = in.u16();
        OxmTable.Row row = OxmCodec.nxmHeader(in.s32());
        int bits = (range & 0x3f) + 1;
        SubField target = OxmCodec.target(row, range >>> 6, bits);
        long value = in.s64();
        if (bits < 64 && value >>> bits != 0) {
            throw badArgument("value 0x%x has more than %d bits".formatted(value, bits));
        }
        return new Action.Load(target, value);
    }

    /// A `set_field` in a version that has none: it can name fields that [#regLoad] can't.
    private static Action regLoad2(WireReader in, ActionTable.Context c) {
        OxmCodec.Entry e = OxmCodec.entry(in, true, true);
        in.zeros(in.remaining(), ErrorCode.OFPBAC_BAD_SET_ARGUMENT);
        if (!e.field().writable()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_SET_ARGUMENT,
                    "field " + e.field().ovsName() + " is not writable");
        }
        return e.toAction(Form.LOAD, Form.MASKED_LOAD);
    }

    private static Action regMove(WireReader in, ActionTable.Context c) {
        int bits = in.u16();
        int from = in.u16();
        int to = in.u16();
        return move(in, bits, from, to);
    }

    private static Action copyField(WireReader in, int padBefore) {
        in.skip(padBefore);
        int bits = in.u16();
        int from = in.u16();
        int to = in.u16();
        in.skip(2);
        return move(in, bits, from, to);
    }

    private static Action move(WireReader in, int bits, int from, int to) {
        OxmTable.Row source = OxmCodec.header(in, false);
        OxmTable.Row target = OxmCodec.header(in, false);
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        SubField s = OxmCodec.subField(source, from, bits);
        return new Action.Move(s, OxmCodec.target(target, to, bits));
    }

    private static void putMove(Action.Move a, ActionEncoder to) {
        boolean standard = to.version().atLeast(OF15);
        int v = standard ? to.version().number() : OxmTable.NXM;
        int start = standard ? to.standard(28) : to.nicira(6);
        to.out().u16(a.target().bits()).u16(a.source().offset()).u16(a.target().offset());
        to.out().zeros(standard ? 2 : 0);
        OxmCodec.putHeader(to.out(), OxmTable.of(a.source().field(), v), false);
        OxmCodec.putHeader(to.out(), OxmTable.of(a.target().field(), v), false);
        to.end(start);
    }

    private static SubField stack(WireReader in, boolean write) {
        int offset = in.u16();
        OxmTable.Row row = OxmCodec.header(in, false);
        int bits = in.u16();
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        return write ? OxmCodec.target(row, offset, bits) : OxmCodec.subField(row, offset, bits);
    }

    private static void putStack(int subtype, SubField s, ActionEncoder to) {
        int start = to.nicira(subtype);
        to.out().u16(s.offset());
        OxmCodec.putHeader(to.out(), OxmTable.of(s.field(), OxmTable.NXM), false);
        to.out().u16(s.bits());
        to.out().zeros(24 - (to.out().size() - start));
        to.end(start);
    }

    private static Action decTtl(WireReader in, ActionTable.Context c) {
        int n = in.u16();
        in.zeros(4, ErrorCode.NXBRC_MUST_BE_ZERO);
        if (in.remaining() < 2 * n) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_LEN,
                    "%d controller ids do not fit into %d bytes".formatted(n, in.remaining()));
        }
        List<Integer> ids = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            ids.add(in.u16());
        }
        return new Action.DecTtl(List.copyOf(ids));
    }

    private static void putDecTtl(Action.DecTtl a, ActionEncoder to) {
        if (a.controllerIds().equals(List.of(0))) {
            to.end(to.old() ? to.nicira(18) : to.standard(24));
            return;
        }
        int start = to.nicira(21);
        to.out().u16(a.controllerIds().size()).zeros(4);
        for (int id : a.controllerIds()) {
            to.out().u16(id);
        }
        to.end(start);
    }

    private static Action check(WireReader in, ActionTable.Context c) {
        int length = in.u16();
        int offset = in.u16();
        OxmTable.Row row = OxmCodec.header(in, false);
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        return new Action.CheckPacketLarger(length, OxmCodec.target(row, offset, 1));
    }

    private static void putCheck(Action.CheckPacketLarger a, ActionEncoder to) {
        int start = to.nicira(49);
        to.out().u16(a.length()).u16(a.target().offset());
        to.field(a.target(), start, 24);
        to.end(start);
    }
}
