package org.skyway.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.SetPlace;

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
    private ActionSet() {}

    /// The actions to do.
    ///
    /// @param written as they were written
    /// @return in the order in which they are done
    public static List<Action> inOrder(List<Action> written) {
        if (written.isEmpty()) {
            return written;
        }
        Action[] lastOf = new Action[SetPlace.WRITE.ordinal()];
        List<Action> fields = new ArrayList<>(written.size());
        Action end = null;
        for (Action action : written) {
            SetPlace place = ActionKind.of(action).place();
            switch (place) {
                case REFUSED, UNDONE -> {}
                case WRITE -> fields.add(action);
                case CALL, SEND, HAND ->
                        end =
                                end == null || place.compareTo(ActionKind.of(end).place()) >= 0
                                        ? action
                                        : end;
                default -> lastOf[place.ordinal()] = action;
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
}
