package org.skyway.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;

/// When a packet has to be read anew, as in Open vSwitch.
public final class Rereading {
    private Rereading() {}

    /// Whether an action wants to know what lay under the label that was taken off. Open vSwitch
    /// exempts only what surely does not.
    static boolean isNeededFor(Action action) {
        return switch (action) {
            case Action.Output _,
                    Action.OutputReg _,
                    Action.OutputTruncated _,
                    Action.Enqueue _,
                    Action.SetVlanVid _,
                    Action.SetVlanPcp _,
                    Action.SetQueue _,
                    Action.Group _ ->
                    false;
            case Action.SetField a -> isNetwork(a.field());
            case Action.Load a -> isNetwork(a.target().field());
            default -> true;
        };
    }

    // Every field from MPLS upwards.
    private static boolean isNetwork(Field field) {
        return field.word() >= FlowKey.IPV4 && field.word() < FlowKey.PACKET_WORDS;
    }

    /// What is done to a packet that has been read anew.
    ///
    /// @param rest what was left to do then
    /// @return the list
    public static Todo resume(List<Job> rest) {
        return Todo.of(rest, new Todo(new Job.RunActionSet(told(rest)), null));
    }

    /// In whose name the action set is done then: the last entry that may have told controllers
    /// something, as in Open vSwitch, which notes no other.
    private static Owner told(List<Job> rest) {
        for (Job job : rest.reversed()) {
            if (job instanceof Job.Act(var owner, var actions, int at)
                    && actions.subList(at, actions.size()).stream().anyMatch(Rereading::tells)) {
                return owner;
            }
        }
        return Owner.NONE;
    }

    private static boolean tells(Action action) {
        return switch (action) {
            case Action.Output _,
                    Action.OutputReg _,
                    Action.OutputTruncated _,
                    Action.Group _,
                    Action.Controller _,
                    Action.DecTtl _,
                    Action.DecMplsTtl() ->
                    true;
            case Action.Resubmit a -> a.table() == Interpreter.OWN_TABLE;
            default -> false;
        };
    }
}
