package org.skyway.openflow.wire;

import static org.skyway.openflow.wire.ActionTable.nx;
import static org.skyway.openflow.wire.ActionTable.row;
import static org.skyway.openflow.wire.OutputActions.badArgument;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Match;

/// The rows of actions that call tables, make and mark flows, or only stand in them.
final class FlowActions {
    private static final int MAX_NESTING = 100; // as deep as `ovs-ofctl` can say it

    /// The name of the action that is an instruction.
    static final String WRITE_METADATA = "write_metadata";

    private FlowActions() {}

    // spotless:off
    static void register() {
        row(Action.Resubmit.class,    FlowActions::putResubmit,
                nx( 1, 16, (in, c) -> new Action.Resubmit(PortNumbers.from16(in.u16()), 255, false)),
                nx(14, 16, (in, c) -> resubmitTable(in, false)),
                nx(44, 16, (in, c) -> resubmitTable(in, true)));
        row(Action.Clone.class,       FlowActions::putClone,
                nx(42, 16, FlowActions::cloned).orLonger());
        row(Action.Learn.class,       FlowActions::putLearn,
                nx(16, 32, (in, c) -> LearnCodec.get(in, false)).orLonger(),
                nx(45, 40, (in, c) -> LearnCodec.get(in, true)).orLonger());
        row(Action.FinTimeout.class,  FlowActions::putFinTimeout,
                nx(19, 16, (in, c) -> new Action.FinTimeout(in.u16(), in.u16())));
        row(Action.Conjunction.class, FlowActions::putConjunction,
                nx(34, 16, FlowActions::conjunction));
        row(Action.Note.class,        FlowActions::putNote,
                nx( 8, 16, (in, c) -> new Action.Note(in.bytes(in.remaining()))).orLonger());
        row(Action.Opaque.class,      (a, to) -> to.out().bytes(a.wire()),
                nx(22, 32, FlowActions::writeMetadata),
                nx(29, 24, (in, c) -> sample(in, 29)),
                nx(38, 32, (in, c) -> sample(in, 38)),
                nx(41, 32, (in, c) -> sample(in, 41)),
                nx(50, 24, FlowActions::deleteField));
    }
    // spotless:on

    private static Action resubmitTable(WireReader in, boolean conntrack) {
        int port = PortNumbers.from16(in.u16());
        int table = in.u8();
        in.zeros(3, ErrorCode.OFPBAC_BAD_ARGUMENT);
        return new Action.Resubmit(port, table, conntrack);
    }

    private static void putResubmit(Action.Resubmit a, ActionEncoder to) {
        boolean plain = a.table() == 255 && !a.withConntrack();
        int start = to.nicira(plain ? 1 : a.withConntrack() ? 44 : 14);
        to.out().u16(PortNumbers.to16(a.inPort()));
        if (!plain) {
            to.out().u8(a.table());
        }
        to.end(start);
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

    private static void putClone(Action.Clone a, ActionEncoder to) {
        int start = to.nicira(42);
        to.out().zeros(6);
        ActionEncoder.put(to.out(), a.actions(), to.version(), Match.ANY);
        to.end(start);
    }

    private static void putLearn(Action.Learn a, ActionEncoder to) {
        boolean second = LearnCodec.needsSecond(a);
        int start = to.nicira(second ? 45 : 16);
        LearnCodec.put(to.out(), a, second);
        to.end(start);
    }

    private static void putFinTimeout(Action.FinTimeout a, ActionEncoder to) {
        int start = to.nicira(19);
        to.out().u16(a.idleTimeout()).u16(a.hardTimeout());
        to.end(start);
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

    private static void putConjunction(Action.Conjunction a, ActionEncoder to) {
        int start = to.nicira(34);
        to.out().u8(a.clause()).u8(a.clauses()).u32(a.id());
        to.end(start);
    }

    private static void putNote(Action.Note a, ActionEncoder to) {
        int start = to.nicira(8);
        to.out().bytes(a.data());
        to.end(start);
    }

    /// What stands for the write-metadata instruction in OpenFlow 1.0, which has no instructions.
    /// [InstructionCodec] takes it out of the list again; its value and mask are the sixteen bytes.
    private static Action writeMetadata(WireReader in, ActionTable.Context c) {
        in.zeros(6, ErrorCode.NXBRC_MUST_BE_ZERO);
        return new Action.Opaque(WRITE_METADATA, in.bytes(16));
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
}
