package org.skyway.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.OfPort;

/// A packet on its way through a pipeline, or several that go the same way: what it has with it
/// beside its headers, which are the subclass's.
public abstract class Packet {
    /// A packet that was put aside while something is done to a copy of it.
    public interface Saved {}

    /// What [#queue] returns while none was set.
    public static final long NO_QUEUE = -1;

    private List<Action> actionSet = List.of(); // replaced, never changed
    private boolean groupWritten; // into the action set since it was cleared: no output counts
    private long queue = NO_QUEUE;
    private long queueAtFirst = NO_QUEUE;
    private boolean leaving;
    private boolean abandoned;
    private boolean unread;
    private List<Job> kept; // for when it has been read anew; null unless it is to be

    /// A packet that has just come in.
    protected Packet() {}

    /// Another that goes on from where one is.
    ///
    /// @param other that one, which is not on its way out
    protected Packet(Packet other) {
        actionSet = other.actionSet;
        groupWritten = other.groupWritten;
        queue = other.queue;
        queueAtFirst = other.queueAtFirst;
    }

    /// Remembers the packet as it is.
    ///
    /// @param separate whether what is done next is done to a packet of its own in any case
    /// @return what [#restore] takes
    protected abstract Saved save(boolean separate);

    /// Goes on with the packet as it was.
    ///
    /// @param saved what [#save] returned
    /// @param whole whether the stack and the action set are to be what they were, too
    protected abstract void restore(Saved saved, boolean whole);

    /// Writes what matches on `actset_output` see.
    ///
    /// @param port where the action set sends the packet; [OfPort#UNSET] if it doesn't
    protected abstract void actionSetOutput(int port);

    /// Writes to the metadata.
    ///
    /// @param value its bits
    /// @param mask which of them
    protected abstract void writeMetadata(long value, long mask);

    /// The ingress port as it is by now.
    ///
    /// @return its number, unsigned; -1 if it can't be told
    protected abstract long inPort();

    // ---- the action set

    /// What was written into the action set.
    ///
    /// @return actions in the order in which they were written
    public List<Action> actionSet() {
        return actionSet;
    }

    /// Makes the action set what it was.
    ///
    /// @param actions as of [#actionSet]
    protected void actionSet(List<Action> actions) {
        actionSet = actions;
    }

    void clearActions() {
        actionSet = List.of();
        groupWritten = false;
        actionSetOutput(OfPort.UNSET);
    }

    /// Writes actions into the action set.
    ///
    /// @param actions in order
    public void writeActions(List<Action> actions) {
        if (actions.isEmpty()) {
            return;
        }
        List<Action> both = new ArrayList<>(actionSet);
        both.addAll(actions);
        actionSet = both;
        for (Action action : actions) {
            if (groupWritten) {
                break;
            }
            if (action instanceof Action.Output(int port, _)) {
                actionSetOutput(port);
            } else if (action instanceof Action.Group) {
                actionSetOutput(OfPort.UNSET);
                groupWritten = true;
            }
        }
    }

    // ---- queues

    /// Which queue of a port it is for.
    ///
    /// @return the queue's id, unsigned; [#NO_QUEUE] if none was set
    public long queue() {
        return queue;
    }

    /// Says which queue of a port it is for.
    ///
    /// @param id as of [#queue]
    public void queue(long id) {
        queue = id;
    }

    /// Says which queue it came with, when it has been read anew.
    ///
    /// @param id as of [#queue]
    public void cameWithQueue(long id) {
        queue = id;
        queueAtFirst = id;
    }

    void popQueue() {
        queue = queueAtFirst;
    }

    // ---- on its way out

    /// Whether nothing more is done to it, here and in what called this.
    ///
    /// @return true if so
    public boolean isLeaving() {
        return leaving;
    }

    /// Says whether nothing more is done to it.
    ///
    /// @param value true if so
    public void leaving(boolean value) {
        leaving = value;
    }

    /// Whether nothing is done to it after all.
    ///
    /// @return true if so
    public boolean isAbandoned() {
        return abandoned;
    }

    /// Has nothing be done to it after all.
    protected void abandon() {
        abandoned = true;
        leaving = true;
        kept = null;
    }

    // ---- reading it anew

    /// Whether what lies under its last MPLS label is not known yet.
    ///
    /// @return true if so
    public boolean isUnread() {
        return unread;
    }

    /// Says whether what lies under its last MPLS label is not known yet.
    ///
    /// @param value true if so
    public void unread(boolean value) {
        unread = value;
    }

    /// Begins to keep for later whatever is still to be done: it has to be read anew before.
    public void freeze() {
        kept = new ArrayList<>(2);
        leaving = true;
    }

    /// Whether what is to be done is kept for later.
    ///
    /// @return true if so
    public boolean isFreezing() {
        return kept != null;
    }

    boolean hasKeptNothing() {
        return kept.isEmpty();
    }

    void keep(Job job) {
        kept.add(job);
    }

    List<Job> thaw() {
        List<Job> jobs = kept;
        kept = null;
        return jobs;
    }
}
