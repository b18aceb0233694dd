package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;

/// A packet's action set: done in the order of OpenFlow 1.3.5, "Action Set", whatever the order in
/// which they were written. What Open vSwitch makes of that:
///
/// - An action set does something only if it ends in an output, a group or a call of a table.
/// - Actions that have no place in one (an output to the port in a register, a `controller` with
///   more than a length) may stand in it, but nothing is done.
/// - Of the actions that change the packet's structure or lower a TTL, the last of each kind
///   counts.
/// - Those that set fields are all done in the order in which they were written: two of them may
///   write different bits of one field.
final class ActionSet {
    private static final int SET = 8;
    private static final int RESUBMIT = 9;
    private static final int OUTPUT = 10;
    private static final int GROUP = 11;
    private static final int NOTHING = -1;

    private final List<Action> written = new ArrayList<>(0);

    boolean isEmpty() {
        return written.isEmpty();
    }

    ActionSet copy() {
        ActionSet copy = new ActionSet();
        copy.written.addAll(written);
        return copy;
    }

    List<Action> written() {
        return written;
    }

    void clear() {
        written.clear();
    }

    void write(List<Action> actions) {
        written.addAll(actions);
    }

    List<Action> inOrder() {
        Action[] lastOf = new Action[SET];
        List<Action> fields = new ArrayList<>();
        Action end = null;
        for (Action action : written) {
            int rank = rank(action);
            if (rank == NOTHING) {
                continue;
            }
            if (rank < SET) {
                lastOf[rank] = action;
            } else if (rank == SET) {
                fields.add(action);
            } else if (end == null || rank >= rank(end)) {
                end = action; // a group takes the place of an output
            }
        }
        if (end == null) {
            return List.of();
        }
        List<Action> result = new ArrayList<>();
        for (Action action : lastOf) {
            if (action != null) {
                result.add(action);
            }
        }
        result.addAll(fields);
        result.add(end);
        return result;
    }

    private static int rank(Action action) {
        return switch (action) {
            case Action.PopVlan a -> 1;
            case Action.PopMpls a -> 2;
            case Action.PushMpls a -> 3;
            case Action.PushVlan a -> 4;
            case Action.DecTtl a -> 5;
            case Action.DecMplsTtl a -> 6;
            case Action.DecNshTtl a -> 7;
            case Action.Resubmit a -> RESUBMIT;
            case Action.Output a -> OUTPUT;
            case Action.Group a -> GROUP;
            case Action.SetField a -> SET;
            case Action.Load a -> SET;
            case Action.Move a -> SET;
            case Action.SetVlanVid a -> SET;
            case Action.SetVlanPcp a -> SET;
            case Action.SetMplsTtl a -> SET;
            case Action.SetQueue a -> SET;
            default -> NOTHING;
        };
    }
}
