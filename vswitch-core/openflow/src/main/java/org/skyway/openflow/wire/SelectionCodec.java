package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.GroupEntry.Hashed;

/// Netronome's selection method, the one group property there is.
final class SelectionCodec {
    private static final int NETRONOME = 0x0000154d;
    private static final int NETRONOME_OLD = 0x00001540;
    private static final int SELECTION_METHOD = 1;
    private static final int METHOD_BYTES = 16;
    private static final int SELECT = 1;

    private SelectionCodec() {}

    /// How a select group hashes; an empty method for the default.
    record Selection(String method, long param, List<Hashed> fields) {
        static final Selection NONE = new Selection("", 0, List.of());
    }

    static Selection get(WireReader in, int groupType, int command) {
        Selection found = Selection.NONE;
        while (in.remaining() > 0) {
            Properties.Property p = Properties.next(in);
            boolean known =
                    (p.vendor() == NETRONOME || p.vendor() == NETRONOME_OLD)
                            && p.vendorType() == SELECTION_METHOD;
            if (!known) {
                throw p.unknown();
            }
            found = method(p.value(), groupType, command);
        }
        return found;
    }

    private static Selection method(WireReader in, int groupType, int command) {
        if (groupType > 3) {
            throw new OpenFlowException(ErrorCode.OFPGMFC_BAD_TYPE, "group type " + groupType);
        }
        if (command > GroupMod.REMOVE_BUCKET && command != GroupMod.ADD_OR_MODIFY) {
            throw new OpenFlowException(ErrorCode.OFPGMFC_BAD_COMMAND, "command " + command);
        }
        boolean sets =
                command == GroupMod.ADD
                        || command == GroupMod.MODIFY
                        || command == GroupMod.ADD_OR_MODIFY;
        if (groupType != SELECT || !sets) {
            throw bad("only an added or modified select group can have one");
        }
        in.skip(4);
        String method = in.text(METHOD_BYTES);
        boolean hash = method.equals("hash");
        if (!hash && !method.equals("dp_hash")) {
            throw bad("'%s' is not supported".formatted(method));
        }
        long param = in.s64();
        List<Hashed> fields = new ArrayList<>();
        if (in.remaining() > 0 && !hash) {
            throw bad("'%s' takes no fields".formatted(method));
        }
        while (in.remaining() > 0) {
            OxmCodec.Entry e = OxmCodec.entry(in, false, false);
            if (e.row() == null) {
                throw new OpenFlowException(
                        ErrorCode.OFPBMC_BAD_FIELD, "unknown field 0x%08x".formatted(e.head()));
            }
            if (fields.stream().anyMatch(f -> f.field() == e.field())) {
                throw new OpenFlowException(
                        ErrorCode.OFPBMC_DUP_FIELD, "field " + e.field().ovsName());
            }
            fields.add(hashed(e));
        }
        return new Selection(method, param, List.copyOf(fields));
    }

    /// The value says which bits count.
    private static Hashed hashed(OxmCodec.Entry e) {
        int bits = 8 * Math.min(e.row().bytes(), Long.BYTES);
        boolean whole =
                e.low() == -1L >>> Long.SIZE - bits && (!e.field().wide() || e.high() == -1);
        boolean none = e.low() == 0 && e.high() == 0;
        if (!e.field().maskable() && !whole && !none) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_MASK,
                    "field %s counts whole or not".formatted(e.field().ovsName()));
        }
        return whole ? new Hashed(e.field()) : new Hashed(e.field(), e.high(), e.low());
    }

    private static OpenFlowException bad(String reason) {
        return new OpenFlowException(ErrorCode.OFPBPC_BAD_VALUE, "selection method: " + reason);
    }

    static void put(WireWriter out, GroupEntry g, Version version) {
        if (g.selectionMethod().isEmpty()) {
            return;
        }
        int start = Properties.start(out, 0xffff);
        out.u32(NETRONOME).u32(SELECTION_METHOD).zeros(4);
        out.text(g.selectionMethod(), METHOD_BYTES).u64(g.selectionParam());
        for (Hashed f : g.selectionFields()) {
            OxmTable.Row row = OxmTable.of(f.field(), version.number());
            OxmCodec.put(out, row, f.high(), f.low(), -1, -1, true);
        }
        Properties.end(out, start);
    }
}
