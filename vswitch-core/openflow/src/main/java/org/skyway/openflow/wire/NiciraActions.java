package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF13;
import static org.skyway.openflow.message.Version.OF14;
import static org.skyway.openflow.message.Version.OF15;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.SubField;

/// The rows of Nicira's extension actions (Open vSwitch's `ovs-actions(7)`). What is read here
/// starts after the ten bytes of an extension action's header.
final class NiciraActions {
    private static final int MAX_BUNDLE_MEMBERS = 2048;
    private static final int MAX_NESTING = 8;

    /// The name of the action that is an instruction.
    static final String WRITE_METADATA = "write_metadata";

    private NiciraActions() {}

    static void register() {
        row(1, 16, (in, c) -> new Action.Resubmit(PortNumbers.from16(in.u16()), 255, false));
        row(2, 16, (in, c) -> tunnel(in, 2, 4));
        row10(4, 16, (in, c) -> new Action.SetQueue(skip(in, 2).s32()));
        row(5, 16, (in, c) -> new Action.PopQueue());
        rows(6, OF10, OF14, 16, ActionTable.ANY_LENGTH, NiciraActions::regMove);
        rows(7, OF10, OF14, 24, 24, NiciraActions::regLoad);
        rows(8, OF10, OF15, 16, ActionTable.ANY_LENGTH, NiciraActions::note);
        row(9, 24, (in, c) -> tunnel(in, 6, 8));
        row(10, 32, NiciraActions::multipath);
        rows(12, OF10, OF15, 32, ActionTable.ANY_LENGTH, (in, c) -> bundle(in, false));
        rows(13, OF10, OF15, 32, ActionTable.ANY_LENGTH, (in, c) -> bundle(in, true));
        row(14, 16, (in, c) -> resubmitTable(in, false));
        row(15, 24, NiciraActions::outputReg);
        rows(16, OF10, OF15, 32, ActionTable.ANY_LENGTH, (in, c) -> LearnCodec.get(in, false));
        row(17, 16, (in, c) -> new Action.Exit());
        row10(18, 16, (in, c) -> new Action.DecTtl(List.of(0)));
        row(19, 16, (in, c) -> new Action.FinTimeout(in.u16(), in.u16()));
        row(
                20,
                16,
                (in, c) -> {
                    int maxLength = in.u16();
                    int id = in.u16();
                    return new Action.Controller(maxLength, in.u8(), id, Bytes.EMPTY, false, 0);
                });
        rows(21, OF10, OF15, 16, ActionTable.ANY_LENGTH, NiciraActions::decTtl);
        row(22, 32, NiciraActions::writeMetadata);
        row10(23, 16, (in, c) -> new Action.PushMpls(mpls(in.u16())));
        row10(24, 16, (in, c) -> new Action.PopMpls(in.u16()));
        row10(25, 16, (in, c) -> new Action.SetMplsTtl(in.u8()));
        row10(26, 16, (in, c) -> new Action.DecMplsTtl());
        row(27, 24, (in, c) -> new Action.StackPush(stack(in, false)));
        row(28, 24, (in, c) -> new Action.StackPop(stack(in, true)));
        row10(30, 16, (in, c) -> set(Field.MPLS_LABEL, skip(in, 2).u32() & 0xfffff));
        row10(31, 16, (in, c) -> set(Field.MPLS_TC, in.u8() & 7));
        row(32, 24, NiciraActions::outputReg2);
        rows(33, OF10, OF14, 16, ActionTable.ANY_LENGTH, NiciraActions::regLoad2);
        row(29, 24, (in, c) -> sample(in, 29));
        row(38, 32, (in, c) -> sample(in, 38));
        row(41, 32, (in, c) -> sample(in, 41));
        row(43, 16, (in, c) -> new Action.CtClear());
        rows(48, OF13, OF15, 16, 16, (in, c) -> new Action.DecNshTtl());
        rows(49, OF10, OF15, 24, ActionTable.ANY_LENGTH, NiciraActions::checkPacketLarger);
        row(50, 24, NiciraActions::deleteField);
        row(34, 16, NiciraActions::conjunction);
        rows(37, OF10, OF15, 16, ActionTable.ANY_LENGTH, NiciraActions::controller2);
        row(39, 16, NiciraActions::outputTruncated);
        row10(40, 16, (in, c) -> new Action.Group(skip(in, 2).s32()));
        rows(42, OF10, OF15, 16, ActionTable.ANY_LENGTH, NiciraActions::cloned);
        row(44, 16, (in, c) -> resubmitTable(in, true));
        rows(45, OF10, OF15, 40, ActionTable.ANY_LENGTH, (in, c) -> LearnCodec.get(in, true));
    }

    private static void row10(int type, int length, ActionTable.Decoder decoder) {
        rows(type, OF10, OF10, length, length, decoder);
    }

    private static void row(int type, int length, ActionTable.Decoder decoder) {
        rows(type, OF10, OF15, length, length, decoder);
    }

    private static void rows(
            int type, Version first, Version last, int min, int max, ActionTable.Decoder decoder) {
        ActionTable.row(ErrorCode.NICIRA, type, first, last, min, max, decoder);
    }

    private static WireReader skip(WireReader in, int n) {
        in.skip(n);
        return in;
    }

    private static Action set(Field field, long value) {
        return new Action.SetField(field, value, Form.OWN_ACTION);
    }

    private static Action tunnel(WireReader in, int padding, int bytes) {
        in.skip(padding);
        Form form = bytes == 8 ? Form.OWN_LONG_ACTION : Form.OWN_ACTION;
        return new Action.SetField(Field.TUN_ID, in.number(bytes), form);
    }

    private static OpenFlowException badArgument(String reason) {
        return new OpenFlowException(ErrorCode.OFPBAC_BAD_ARGUMENT, reason);
    }

    private static int mpls(int type) {
        if (type != 0x8847 && type != 0x8848) {
            throw badArgument("0x%04x is no MPLS Ethernet type".formatted(type));
        }
        return type;
    }

    private static Action regMove(WireReader in, ActionTable.Context c) {
        int bits = in.u16();
        int from = in.u16();
        int to = in.u16();
        return StandardActions.move(in, bits, from, to);
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

    private static Action note(WireReader in, ActionTable.Context c) {
        return new Action.Note(in.bytes(in.remaining()));
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
                        || memberType != OxmTable.of(Field.IN_PORT_NXM, OxmTable.NXM).head(false)
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
                StandardActions.port(port);
            }
            ports.add(port);
        }
        return new Action.Bundle(algorithm, fields, basis, target, List.copyOf(ports));
    }

    private static Action resubmitTable(WireReader in, boolean conntrack) {
        int port = PortNumbers.from16(in.u16());
        int table = in.u8();
        in.zeros(3, ErrorCode.OFPBAC_BAD_ARGUMENT);
        return new Action.Resubmit(port, table, conntrack);
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

    private static Action outputTruncated(WireReader in, ActionTable.Context c) {
        int port = PortNumbers.from16(in.u16());
        int maxLength = in.s32();
        if (Action.OutputTruncated.isTooShort(maxLength)) {
            throw badArgument("an output of only " + maxLength + " bytes");
        }
        return new Action.OutputTruncated(StandardActions.port(port), maxLength);
    }

    private static Action outputReg2(WireReader in, ActionTable.Context c) {
        int range = in.u16();
        int maxLength = in.u16();
        OxmTable.Row row = OxmCodec.header(in, false);
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        SubField source = OxmCodec.subField(row, range >>> 6, (range & 0x3f) + 1);
        return new Action.OutputReg(source, maxLength);
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

    /// What stands for the write-metadata instruction in OpenFlow 1.0, which has no instructions.
    /// [InstructionCodec] takes it out of the list again; its value and mask are the sixteen bytes.
    private static Action writeMetadata(WireReader in, ActionTable.Context c) {
        in.zeros(6, ErrorCode.NXBRC_MUST_BE_ZERO);
        return new Action.Opaque(WRITE_METADATA, in.bytes(16));
    }

    private static SubField stack(WireReader in, boolean write) {
        int offset = in.u16();
        OxmTable.Row row = OxmCodec.header(in, false);
        int bits = in.u16();
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        return write ? OxmCodec.target(row, offset, bits) : OxmCodec.subField(row, offset, bits);
    }

    private static Action checkPacketLarger(WireReader in, ActionTable.Context c) {
        int length = in.u16();
        int offset = in.u16();
        OxmTable.Row row = OxmCodec.header(in, false);
        in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
        return new Action.CheckPacketLarger(length, OxmCodec.target(row, offset, 1));
    }

    /// Only tunnel metadata can be deleted, and there is none.
    private static Action deleteField(WireReader in, ActionTable.Context c) {
        throw badArgument("can't delete field " + OxmCodec.header(in, true).field().ovsName());
    }

    /// A sample for a collector: there are none here, so it has no effect, as in an Open vSwitch
    /// without any.
    private static Action sample(WireReader in, int subtype) {
        int probability = in.u16();
        WireWriter wire = new WireWriter();
        int start = ActionEncoder.nicira(wire, subtype);
        wire.u16(probability).bytes(in.bytes(12));
        if (subtype != 29) {
            wire.u16(in.u16());
            int direction = in.u8();
            if (subtype == 41) {
                in.zeros(in.remaining(), ErrorCode.NXBRC_MUST_BE_ZERO);
                if (direction > 2) {
                    throw badArgument("a sample in direction " + direction);
                }
                wire.u8(direction);
            }
        }
        if (probability == 0) {
            throw badArgument("a sample with probability 0");
        }
        ActionEncoder.end(wire, start);
        return new Action.Opaque("sample", Bytes.of(wire.array()));
    }

    private static Action conjunction(WireReader in, ActionTable.Context c) {
        int clause = in.u8();
        int clauses = in.u8();
        if (clauses < 2 || clauses > 64 || clause >= clauses) {
            throw new OpenFlowException(
                    ErrorCode.NXBAC_BAD_CONJUNCTION,
                    "clause %d of %d".formatted(clause + 1, clauses));
        }
        return new Action.Conjunction(in.s32(), clause, clauses);
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

    private static Action cloned(WireReader in, ActionTable.Context c) {
        if (c.depth() >= MAX_NESTING) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_TOO_MANY,
                    "clones are nested over %d deep".formatted(c.depth()));
        }
        in.skip(6);
        ActionTable.Context inner = new ActionTable.Context(c.version(), c.match(), c.depth() + 1);
        return new Action.Clone(ActionCodec.list(in, inner));
    }
}
