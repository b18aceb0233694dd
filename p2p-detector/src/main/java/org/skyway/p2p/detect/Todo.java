package org.skyway.p2p.detect;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;

/// What is still to be done to the packets of a [Walk]: a linked list of jobs, shared by the walks
/// that fork from one.
///
/// @param job the next
/// @param then what comes after it; null for nothing
record Todo(Job job, Todo then) {
    /// One thing to do.
    sealed interface Job {}

    /// Look the packets up in a table.
    ///
    /// @param inPort the ingress port to pretend; null for the present one
    /// @param resubmit whether it is no harm to find nothing
    record LookUp(int table, Integer inPort, boolean resubmit, FlowRule by) implements Job {}

    /// Do the actions of a list from an index on.
    record Act(FlowRule rule, List<Action> actions, int at) implements Job {}

    /// Do what a rule says beyond apply-actions.
    record Instruct(FlowRule rule) implements Job {}

    /// Do one bucket of a group.
    record RunBucket(FlowRule rule, GroupEntry group, int bucket) implements Job {}

    /// Put packet and tags back to what they were before a bucket or a clone. Whether that is so
    /// for stack and action set is not decided: they must not have changed.
    record Restore(
            SymbolicPacket contents,
            Walk.Stack stack,
            List<Action> actionSet,
            Walk.Tags tags,
            String undone,
            boolean group)
            implements Job {
        static Restore after(Walk walk, boolean group) {
            return new Restore(
                    walk.packet, walk.stack, walk.actionSet, walk.tags, walk.undone, group);
        }
    }

    /// Do the action set. The last job.
    record RunActionSet() implements Job {}
}
