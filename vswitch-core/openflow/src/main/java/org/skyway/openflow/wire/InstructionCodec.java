package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// Instructions (OpenFlow 1.3.5, "Flow Instruction Structures"); for OpenFlow 1.0, the list of
/// actions that stands in their place.
final class InstructionCodec {
    private static final int GOTO_TABLE = 1;
    private static final int WRITE_METADATA = 2;
    private static final int WRITE_ACTIONS = 3;
    private static final int APPLY_ACTIONS = 4;
    private static final int CLEAR_ACTIONS = 5;
    private static final int METER = 6;
    private static final int EXPERIMENTER = 0xffff;

    private InstructionCodec() {}

    /// Reads to the end of a message.
    static Instructions get(WireReader in, Version version, Match match) {
        if (version == Version.OF10) {
            ActionCodec.checkLength(in, in.remaining());
            return old(
                    ActionCodec.listWithInstructions(
                            in, new ActionTable.Context(version, match, 0)));
        }
        if (in.remaining() % 8 != 0) {
            throw badLength(in.remaining(), in.remaining());
        }
        if (in.remaining() > 0
                && in.peekU16(0) == APPLY_ACTIONS
                && in.peekU16(2) == in.remaining()) {
            in.skip(4); // it alone, as most often
            return applied(in, version, match);
        }
        WireReader[] found = new WireReader[METER + 1];
        while (in.remaining() > 0) {
            int left = in.remaining();
            int type = in.u16();
            int length = in.u16();
            if (length < 8 || length % 8 != 0 || length > left) {
                throw badLength(length, left);
            }
            checkType(type, length, version);
            if (found[type] != null) {
                throw new OpenFlowException(
                        ErrorCode.OFPBIC_DUP_INST, "instruction %d comes twice".formatted(type));
            }
            found[type] = in.part(length - 4, ErrorCode.OFPBIC_BAD_LEN);
        }
        return build(found, version, match);
    }

    private static void checkType(int type, int length, Version version) {
        if (type == EXPERIMENTER) {
            throw new OpenFlowException(
                    ErrorCode.OFPBIC_BAD_EXPERIMENTER, "experimenter instruction");
        }
        int exact =
                switch (type) {
                    case GOTO_TABLE, CLEAR_ACTIONS, METER -> 8;
                    case WRITE_METADATA -> 24;
                    case WRITE_ACTIONS, APPLY_ACTIONS -> length;
                    default -> -1;
                };
        if (exact < 0 || type == METER && version.atLeast(Version.OF15) && length == 8) {
            throw new OpenFlowException(
                    ErrorCode.OFPBIC_UNKNOWN_INST, "instruction %d".formatted(type));
        }
        if (length != exact) {
            throw badLength(length, exact);
        }
    }

    private static OpenFlowException badLength(int length, int room) {
        return new OpenFlowException(
                ErrorCode.OFPBIC_BAD_LEN,
                "an instruction of %d bytes in %d".formatted(length, room));
    }

    private static Instructions build(WireReader[] found, Version version, Match match) {
        int meter = found[METER] == null ? -1 : found[METER].s32();
        if (found[METER] != null && meter == -1) {
            throw new OpenFlowException(ErrorCode.OFPMMFC_INVALID_METER, "all meters at once");
        }
        Instructions first = applied(found[APPLY_ACTIONS], version, match);
        List<Action> write = actions(found[WRITE_ACTIONS], version, match);
        ActionRules.verifySet(write);
        long metadata = first.metadata();
        long mask = first.metadataMask();
        boolean later =
                found[CLEAR_ACTIONS] != null
                        || found[WRITE_ACTIONS] != null
                        || found[WRITE_METADATA] != null;
        if (mask != 0 && later) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_UNSUPPORTED_ORDER, "instructions after write_metadata");
        }
        if (found[WRITE_METADATA] != null) {
            found[WRITE_METADATA].skip(4);
            metadata = found[WRITE_METADATA].s64();
            mask = found[WRITE_METADATA].s64();
        }
        int table = found[GOTO_TABLE] == null ? -1 : found[GOTO_TABLE].u8();
        return new Instructions(
                meter, first.apply(), found[CLEAR_ACTIONS] != null, write, metadata, mask, table);
    }

    /// Actions to apply, and behind them what stands for write-metadata in OpenFlow 1.0.
    private static Instructions applied(WireReader in, Version version, Match match) {
        if (in == null) {
            return Instructions.DROP;
        }
        in.skip(4);
        return old(
                ActionCodec.listWithInstructions(in, new ActionTable.Context(version, match, 0)));
    }

    private static List<Action> actions(WireReader in, Version version, Match match) {
        if (in == null) {
            return List.of();
        }
        in.skip(4);
        return ActionCodec.list(in, new ActionTable.Context(version, match, 0));
    }

    /// Makes the write-metadata at the end of an OpenFlow 1.0 list the instruction that it stands
    /// for.
    private static Instructions old(List<Action> actions) {
        int last = actions.size() - 1;
        for (int i = 0; i < last; i++) {
            if (ActionCodec.isWriteMetadata(actions.get(i))) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_UNSUPPORTED_ORDER, "actions after write_metadata");
            }
        }
        if (last < 0 || !ActionCodec.isWriteMetadata(actions.get(last))) {
            return Instructions.apply(actions);
        }
        Bytes wire = ((Action.Opaque) actions.get(last)).wire();
        WireReader in = new WireReader(wire.toArray(), ErrorCode.OFPBAC_BAD_LEN);
        long value = in.s64();
        long mask = in.s64();
        return new Instructions(
                -1, actions.subList(0, last), false, List.of(), value & mask, mask, -1);
    }

    /// Writes instructions, or for OpenFlow 1.0 the actions that come nearest.
    static void put(WireWriter out, Instructions i, Version version, Match match) {
        if (version == Version.OF10) {
            putOld(out, i, match);
            return;
        }
        if (i.meter() != -1 && version.atLeast(Version.OF13) && !version.atLeast(Version.OF15)) {
            out.u16(METER).u16(8).u32(i.meter());
        }
        List<Action> apply = i.apply();
        if (i.meter() != -1 && version.atLeast(Version.OF15)) {
            apply = new ArrayList<>(apply);
            apply.addFirst(new Action.Meter(i.meter()));
        }
        if (!apply.isEmpty()) {
            putActions(out, APPLY_ACTIONS, apply, version, match);
        }
        if (i.clear()) {
            out.u16(CLEAR_ACTIONS).u16(8).zeros(4);
        }
        if (!i.write().isEmpty()) {
            putActions(out, WRITE_ACTIONS, i.write(), version, match);
        }
        if ((i.metadata() | i.metadataMask()) != 0) {
            out.u16(WRITE_METADATA).u16(24).zeros(4).u64(i.metadata()).u64(i.metadataMask());
        }
        if (i.gotoTable() != -1) {
            out.u16(GOTO_TABLE).u16(8).u8(i.gotoTable()).zeros(3);
        }
    }

    private static void putActions(
            WireWriter out, int type, List<Action> actions, Version version, Match match) {
        int start = out.size();
        out.u16(type).u16(0).zeros(4);
        ActionEncoder.put(out, actions, version, match);
        out.setU16(start + 2, out.size() - start);
    }

    private static void putOld(WireWriter out, Instructions i, Match match) {
        ActionEncoder.put(out, i.apply(), Version.OF10, match);
        if ((i.metadata() | i.metadataMask()) != 0) {
            int start = ActionEncoder.nicira(out, 22);
            out.zeros(6).u64(i.metadata()).u64(i.metadataMask());
            ActionEncoder.end(out, start);
        }
        if (i.gotoTable() != -1) {
            Action resubmit = new Action.Resubmit(OfPort.IN_PORT, i.gotoTable(), false);
            ActionEncoder.put(out, List.of(resubmit), Version.OF10, match);
        }
    }
}
