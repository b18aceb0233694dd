package org.skyway.openflow.wire;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.SubField;

/// Writes actions in the form that a version has for them, or the Nicira extension where it has
/// none, as Open vSwitch does.
final class ActionEncoder {
    private final WireWriter out;
    private final Version version;
    private boolean tagged; // whether the packet surely has a VLAN tag at this point

    private ActionEncoder(WireWriter out, Version version, Match match) {
        this.out = out;
        this.version = version;
        this.tagged = (match.valueOf(Field.VLAN_TCI) & FlowKey.VLAN_PRESENT) != 0;
    }

    /// Writes a list.
    ///
    /// @param match of the entry that has the actions; tells whether a tag must be pushed
    static void put(WireWriter out, List<Action> actions, Version version, Match match) {
        ActionEncoder e = new ActionEncoder(out, version, match);
        for (Action a : actions) {
            ActionTable.encoder(a).encode(a, e);
        }
    }

    WireWriter out() {
        return out;
    }

    Version version() {
        return version;
    }

    /// Whether the version is OpenFlow 1.0.
    boolean old() {
        return version == Version.OF10;
    }

    /// Writes an action that has a number or nothing to say. One that the version has not is left
    /// out.
    void plain(ActionKind kind, int value) {
        tagged = kind == ActionKind.PUSH_VLAN || tagged && kind != ActionKind.POP_VLAN;
        int code = kind.code(version.number());
        boolean nicira = ActionKind.isNicira(code);
        if (code == ActionKind.NO || !nicira && version.number() < kind.since()) {
            return;
        }
        int start = nicira ? nicira(code & 0xffff) : standard(code);
        int bytes = kind.argument().bytes();
        out.zeros(padding(code, bytes)).number(value, bytes);
        end(start);
    }

    /// What lies before the argument of a plain action, to align it.
    static int padding(int code, int bytes) {
        return ActionKind.isNicira(code) && bytes == 4 ? 2 : 0;
    }

    /// Writes one of the standard's that has a number to say.
    void number(int type, long value, int bytes) {
        int start = standard(type);
        out.number(value, bytes);
        end(start);
    }

    int standard(int type) {
        int start = out.size();
        out.u16(type).u16(0);
        return start;
    }

    int nicira(int subtype) {
        return nicira(out, subtype);
    }

    static int nicira(WireWriter out, int subtype) {
        int start = out.size();
        out.u16(ActionCodec.EXPERIMENTER).u16(0).u32(ErrorCode.NICIRA).u16(subtype);
        return start;
    }

    void end(int start) {
        end(out, start);
    }

    static void end(WireWriter out, int start) {
        out.pad8(start);
        out.setU16(start + 2, out.size() - start);
    }

    /// A header where an action may have a long one or a short one: zeros follow up to the size
    /// that both have room in.
    void field(SubField of, int start, int size) {
        OxmCodec.putHeader(out, OxmTable.of(of.field(), OxmTable.NXM), false);
        out.zeros(size - (out.size() - start));
    }

    /// The header of a field in an action that has room for a short one only.
    static int head(SubField of) {
        return OxmTable.of(of.field(), OxmTable.NXM).head(false);
    }

    static int range(SubField s) {
        return s.offset() << 6 | s.bits() - 1;
    }

    /// Writes part of a VLAN tag as the versions after OpenFlow 1.0 do, behind a tag if one must be
    /// pushed.
    void tag(boolean push, Field field, int value) {
        if (push && !tagged) {
            plain(ActionKind.PUSH_VLAN, 0x8100);
        }
        fields().setWhole(field, value);
        tagged |= push;
    }

    /// Who writes what sets fields at this point.
    SetFieldEncoder fields() {
        return new SetFieldEncoder(out, version, tagged);
    }

    /// Whether packets surely have a tag at this point.
    boolean isTagged() {
        return tagged;
    }

    void tagged(boolean now) {
        tagged = now;
    }
}
