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
    /// @param resubmit whether nobody is told if nothing is found
    record LookUp(int table, Integer inPort, boolean resubmit, FlowRule by) implements Job {}

    /// Do the actions of a list from an index on.
    ///
    /// @param table the table that they are done in, for a resubmit that names none
    record Act(FlowRule rule, int table, List<Action> actions, int at) implements Job {}

    /// Do what a rule says beyond apply-actions.
    record Instruct(FlowRule rule) implements Job {}

    /// Do one bucket of a group.
    record RunBucket(FlowRule rule, int table, GroupEntry group, int bucket) implements Job {}

    /// Put back what a bucket or a clone must not change: the packet; after a clone also the stack
    /// and the action set, which a bucket can change by way of a resubmit.
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

        void restore(Walk walk) {
            walk.packet = walk.packet.withContentsOf(contents);
            walk.tags = tags;
            walk.undone = undone;
            if (group) {
                walk.groupDepth--;
            } else {
                walk.stack = stack;
                walk.actionSet = actionSet;
            }
        }
    }

    /// Do the action set.
    ///
    /// @param table the table that it is done in, for a resubmit that names none
    record RunActionSet(int table) implements Job {}
}
