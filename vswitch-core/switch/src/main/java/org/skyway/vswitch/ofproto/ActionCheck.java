package org.skyway.vswitch.ofproto;

import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.LearnSpec;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// Whether a rule's actions make sense for the packets that it matches: every field that an action
/// names must be there by then. Walks the actions in order and keeps what they do to the headers.
///
/// Actions that OpenFlow 1.0 had may be of no effect there; since 1.1 they are refused where they
/// can't apply.
final class ActionCheck {
    private static final int MAX_METER = 0xffff0000;

    private final boolean lax; // an old action that can't apply is no error
    private long[] values; // null while nothing has been changed
    private long[] masks;
    private int innerTci; // of a tag that was pushed over; 0 if not known
    private Match present; // the match, or what the arrays say; null when it must be made anew

    private ActionCheck(Version version, Match match) {
        this.lax = version == Version.OF10;
        present = match;
    }

    private ActionCheck(ActionCheck from, boolean lax) {
        this.lax = lax;
        innerTci = from.innerTci;
        present = from.present();
    }

    /// Checks a flow-mod's instructions.
    ///
    /// @param table where the rule is to be; 255 if not known
    /// @throws OpenFlowException if they can't be
    static void check(Version version, Match match, Instructions i, int table) {
        ActionCheck c = new ActionCheck(version, match);
        if (i.meter() != -1) {
            checkMeter(i.meter());
        }
        for (Action a : i.apply()) {
            c.check(a);
        }
        if (!i.write().isEmpty()) {
            // An action set is ordered later, so what old actions need may come after them.
            ActionCheck set = new ActionCheck(c, true);
            i.write().forEach(set::check);
        }
        // Table 255, which is none, may be named, as in Open vSwitch.
        if (i.gotoTable() != -1 && table != 255 && i.gotoTable() <= table) {
            throw new OpenFlowException(
                    ErrorCode.OFPBIC_BAD_TABLE_ID,
                    "table %d can't go to table %d".formatted(table, i.gotoTable()));
        }
    }

    /// Checks a packet-out's actions.
    ///
    /// @param packet the headers of the packet, all of them matched exactly
    static void check(Version version, Match packet, List<Action> actions) {
        ActionCheck c = new ActionCheck(version, packet);
        for (Action a : actions) {
            c.check(a);
        }
    }

    private static void checkMeter(int id) {
        if (id == 0 || Integer.compareUnsigned(id, MAX_METER) > 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPMMFC_INVALID_METER, "meter %d".formatted(id & 0xffffffffL));
        }
    }

    private Match present() {
        if (present == null) {
            present = Match.of(values, masks);
        }
        return present;
    }

    private void set(Field field, long value) {
        if (values == null) {
            values = new long[FlowKey.WORDS];
            masks = new long[FlowKey.WORDS];
            for (int w = 0; w < FlowKey.WORDS; w++) {
                values[w] = present.value(w);
                masks[w] = present.mask(w);
            }
        }
        field.set(values, value);
        field.set(masks, -1);
        present = null;
    }

    private void check(Action action) {
        switch (action) {
            case Action.SetVlanVid a -> setVlan(a.push());
            case Action.SetVlanPcp a -> setVlan(a.push());
            case Action.PushVlan a -> pushVlan();
            case Action.PopVlan a -> popVlan();
            case Action.PushMpls a -> {
                set(Field.ETH_TYPE, a.etherType());
                set(Field.IP_PROTO, 0);
            }
            case Action.PopMpls a -> {
                needs(ActionKind.POP_MPLS.needs());
                set(Field.ETH_TYPE, a.etherType());
            }
            case Action.SetField a -> setField(a);
            case Action.SetPort a -> {
                Field port = a.fieldOf(present());
                if (port == null || !met(port.prerequisite())) {
                    old("set a port");
                }
            }
            case Action.Load a -> {
                has(a.target());
                if (a.target().field() == Field.VLAN_VID && !tagged()) {
                    throw inconsistent("load the VLAN of a tag");
                }
                if (a.target().field() == Field.VLAN_TCI) {
                    // From here on there is a tag or none; bits that are not written count as 0.
                    set(Field.VLAN_TCI, a.value() << a.target().offset());
                }
            }
            case Action.Learn a -> learn(a);
            case Action.Meter a -> checkMeter(a.id());
            case Action.Clone a -> {
                ActionCheck inner = new ActionCheck(this, lax);
                a.actions().forEach(inner::check);
            }
            case Action.Resubmit a -> {
                if (a.withConntrack() && !present().has(Field.CT_STATE)) {
                    throw inconsistent("resubmit with connection tracking");
                }
            }
            case Action.FinTimeout a -> {
                if (!lax && present().exact(Field.IP_PROTO) != 6) {
                    throw inconsistent("fin_timeout");
                }
            }
            case Action.CheckPacketLarger a -> {} // of any field, as in Open vSwitch
            default -> {
                needs(ActionKind.of(action).needs());
                if (action.source() != null) {
                    has(action.source());
                }
                if (action.target() != null) {
                    has(action.target());
                }
            }
        }
    }

    private int tci() {
        return (int) present().valueOf(Field.VLAN_TCI);
    }

    private boolean tagged() {
        return (tci() & FlowKey.VLAN_PRESENT) != 0;
    }

    private void setVlan(boolean push) {
        if (!tagged() && !push) {
            old("set VLAN");
        }
        set(Field.VLAN_TCI, tci() | FlowKey.VLAN_PRESENT);
    }

    private void pushVlan() {
        if ((innerTci & FlowKey.VLAN_PRESENT) != 0) {
            throw new OpenFlowException(ErrorCode.OFPBAC_BAD_TAG, "more than two VLAN tags");
        }
        innerTci = tci();
        set(Field.VLAN_TCI, FlowKey.VLAN_PRESENT);
    }

    private void popVlan() {
        if (!tagged()) {
            old("pop VLAN");
        }
        set(Field.VLAN_TCI, innerTci);
        innerTci = 0;
    }

    private boolean met(Prerequisite p) {
        return p.isMetBy(present());
    }

    private void needs(Prerequisite p) {
        if (p != Prerequisite.NONE && !met(p)) {
            old("an action that needs " + p);
        }
    }

    /// Objects to an old action, except in OpenFlow 1.0.
    private void old(String what) {
        if (!lax) {
            throw inconsistent(what);
        }
    }

    private static OpenFlowException inconsistent(String what) {
        return new OpenFlowException(
                ErrorCode.OFPBAC_MATCH_INCONSISTENT, what + " for packets that are not matched");
    }

    private void setField(Action.SetField a) {
        Field f = a.field();
        // A field that OpenFlow 1.0 or 1.1 sets by an action of its own.
        boolean old = lax && (a.form() == Form.OWN_ACTION || a.form() == Form.OWN_LONG_ACTION);
        boolean met = met(f.prerequisite());
        if (f == Field.VLAN_VID) {
            met = tagged();
        }
        if (!met && !old) {
            throw inconsistent("set " + f.ovsName());
        }
        if (f == Field.VLAN_TCI) {
            set(f, a.low());
        }
    }

    /// Objects to a field that is not there, to be read or to be written.
    private void has(SubField s) {
        if (!met(s.field().prerequisite())) {
            throw inconsistent("field " + s.field().ovsName());
        }
    }

    private void learn(Action.Learn a) {
        Match.Builder made = Match.builder();
        for (LearnSpec s : a.specs()) {
            if (s.source() != null) {
                has(s.source());
            }
            if (s.target() == null) {
                continue;
            }
            if (!s.target().field().prerequisite().isMetBy(made.build())) {
                throw inconsistent("learning field " + s.target().field().ovsName());
            }
            Field target = s.target().field();
            if (s.kind() == LearnSpec.Kind.LOAD && !target.writable()) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_BAD_SET_ARGUMENT,
                        "field " + target.ovsName() + " is not writable");
            }
            if (s.kind() == LearnSpec.Kind.MATCH && s.source() == null) {
                made.part(s.target(), s.high(null), s.low(null));
            }
        }
    }
}
