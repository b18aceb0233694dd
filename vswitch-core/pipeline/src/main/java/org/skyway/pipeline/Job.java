package org.skyway.pipeline;

import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Instructions;

/// One thing that is to be done to a packet.
public sealed interface Job {
    /// How a packet comes to a table.
    enum Way {
        /// It has just come in.
        ENTER,
        /// By `goto_table`.
        GOTO,
        /// By `resubmit`.
        RESUBMIT,
        /// By `resubmit(,,ct)`, which sees the packet as connection tracking does.
        RESUBMIT_TRACKED,
        /// By an output to the tables.
        OUTPUT
    }

    /// Look the packet up in a table.
    ///
    /// @param by who wants it
    /// @param table 0 to 255, of which the last is none
    /// @param asPort the ingress port that the look-up sees; what comes behind knows the real one,
    ///   which [org.skyway.openflow.model.OfPort#IN_PORT] stands for
    /// @param way how the packet comes there
    /// @param told whether controllers may be told that no entry matches
    record LookUp(Owner by, int table, int asPort, Way way, boolean told) implements Job {
        /// Whether what a controller has said of misses holds: as in Open vSwitch, not for calls.
        ///
        /// @return true if so
        public boolean honoursMisses() {
            return way != Way.RESUBMIT && way != Way.RESUBMIT_TRACKED;
        }

        /// How much deeper this is: Open vSwitch takes calls of later tables for harmless, as only
        /// others can be a loop.
        ///
        /// @return 1 or 0
        public int deeper() {
            return way != Way.ENTER && way != Way.GOTO && table <= by.table() ? 1 : 0;
        }
    }

    /// Do the actions of a list.
    ///
    /// @param owner in whose name
    /// @param actions in order
    /// @param at index of the first
    record Act(Owner owner, List<Action> actions, int at) implements Job {}

    /// Go on behind an action.
    ///
    /// @param owner in whose name
    /// @param actions the list that it is in
    /// @param at its index
    record Acted(Owner owner, List<Action> actions, int at) implements Job {}

    /// Do what instructions say beyond their action list and their meter.
    ///
    /// @param owner in whose name
    /// @param instructions which
    record Instruct(Owner owner, Instructions instructions) implements Job {}

    /// Do one bucket of a group to a copy of the packet.
    ///
    /// @param owner who calls the group
    /// @param group the group
    /// @param bucket its place in the group
    record RunBucket(Owner owner, GroupEntry group, int bucket) implements Job {}

    /// Go on with the packet as it was before a bucket.
    ///
    /// @param owner who called the group
    /// @param saved the packet
    record EndBucket(Owner owner, Packet.Saved saved) implements Job {}

    /// Go on with the packet as it was before a clone, stack and action set included.
    ///
    /// @param saved the packet
    record EndClone(Packet.Saved saved) implements Job {}

    /// Do the action set, once.
    ///
    /// @param owner in whose name
    record RunActionSet(Owner owner) implements Job {}

    /// A packet, or a copy of it, is done with.
    ///
    /// @param owner in whose name its action set was done
    record EndActionSet(Owner owner) implements Job {}

    /// Something that only a [Domain] knows how to do. It is done in any case, also when the packet
    /// is on its way out.
    non-sealed interface Own extends Job {
        /// Does it.
        ///
        /// @param then what comes after it
        /// @return what to do next
        Todo run(Todo then);
    }
}
