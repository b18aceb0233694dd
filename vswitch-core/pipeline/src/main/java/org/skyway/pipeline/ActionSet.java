package org.skyway.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;

/// In which order the actions of an action set, or of a group's bucket, are done: that of OpenFlow
/// 1.3.5, "Action Set", whatever the order in which they were written. What Open vSwitch makes of
/// that (`ovs-actions(7)`):
///
/// - An action set does something only if it ends in an output, a group or a call of a table. A
///   group takes the place of an output, and both that of a call.
/// - Actions that have no place in one (an output to the port in a register, a `controller` with
///   more than a length) may stand in it, but nothing is done.
/// - Of the actions that change the packet's structure or lower a TTL, the last of each kind
///   counts.
/// - Those that set fields are all done in the order in which they were written: two of them may
///   write different bits of one field.
public final class ActionSet {
    private static final int SET = 8;
    private static final int RESUBMIT = 9;
    private static final int OUTPUT = 10;
    private static final int GROUP = 11;
    private static final int NOTHING = -1;

    private ActionSet() {}

    /// The actions to do.
    ///
    /// @param written as they were written
    /// @return in the order in which they are done
    public static List<Action> inOrder(List<Action> written) {
        if (written.isEmpty()) {
            return written;
        }
        Action[] lastOf = new Action[SET];
        List<Action> fields = new ArrayList<>(written.size());
        Action end = null;
        for (Action action : written) {
            int rank = rank(action);
            if (rank == SET) {
                fields.add(action);
            } else if (rank > SET) {
                end = end == null || rank >= rank(end) ? action : end;
            } else if (rank != NOTHING) {
                lastOf[rank] = action;
            }
        }
        if (end == null) {
            return List.of();
        }
        List<Action> result = new ArrayList<>(written.size());
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
            case Action.PopVlan() -> 1;
            case Action.PopMpls _ -> 2;
            case Action.PushMpls _ -> 3;
            case Action.PushVlan _ -> 4;
            case Action.DecTtl _ -> 5;
            case Action.DecMplsTtl() -> 6;
            case Action.DecNshTtl() -> 7;
            case Action.SetField _,
                    Action.Load _,
                    Action.Move _,
                    Action.SetVlanVid _,
                    Action.SetVlanPcp _,
                    Action.SetMplsTtl _,
                    Action.SetQueue _ ->
                    SET;
            case Action.Resubmit _ -> RESUBMIT;
            case Action.Output _ -> OUTPUT;
            case Action.Group _ -> GROUP;
            default -> NOTHING;
        };
    }
}
