package org.skyway.vswitch.link;

import java.util.ArrayDeque;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.port.Attachment;

/// One direction of a bypass: from the sender's port to the receiver's. Ofproto thread.
public final class Link {
    private final Attachment sender;
    private final Attachment receiver;
    private LinkMachine.Situation situation = LinkMachine.Situation.FIRST;
    private long sinceNanos = System.nanoTime();
    private String reason = "";
    private final long bornNanos = System.nanoTime();
    private final SwitchOverTimes switchOvers = new SwitchOverTimes();
    private long switchOverNanos = -1; // of the last one; negative if there was none
    private String lastFailure; // null if there was none

    /// What the machine has said is to be done and was not done yet.
    final ArrayDeque<LinkMachine.Command> todo = new ArrayDeque<>();

    LinkPath path;
    LinkPath nextPath; // once what was cut off is counted; null if it stays
    String brokenWhy; // when its channel is of no more use
    boolean unreadable; // when that is because of what its memory holds, or does not any more
    long retryNanos; // when FAILED: when it is tried again
    int failures; // in a row
    int activations;

    Channel channel; // null before PLUGGING and without one
    int epoch; // of the present or the last time that it was armed
    long command; // the last transmit command given for it
    long commandedNanos; // when that was
    long deadlineNanos; // when hurried: until when the sender may take to leave
    long limit; // when LIMITED: what the receiver was given
    long limitCursor; // when LIMITED: where
    boolean unclaimed; // taken over from another switch: whether it is one is not known yet
    long limitedNanos; // when that was
    int givenBack; // the last epoch of which a sender that was cut off knows what was read
    long senderWaitsNanos; // for that: since when
    boolean begun; // the sender, dead now, had begun to use the bypass

    // When it was armed.
    long writtenBefore; // how far the bypass ring was written
    long deliveredBefore; // packets that the receiver had counted on its slot
    long deliveredBytesBefore;

    SenderCounters counters; // of the present epoch, or null
    PathNotes.Note noted; // the path that they are or were noted with, or null
    long totalPackets;
    long totalBytes;

    Link(Attachment sender, Attachment receiver, LinkPath path) {
        this.sender = sender;
        this.receiver = receiver;
        this.path = path;
    }

    /// Who sends.
    ///
    /// @return the sender's VNF
    public Attachment sender() {
        return sender;
    }

    /// Who receives.
    ///
    /// @return the receiver's VNF
    public Attachment receiver() {
        return receiver;
    }

    /// Where it is in its life.
    ///
    /// @return the state
    public LinkState state() {
        return situation.state().shown();
    }

    LinkMachine.Situation situation() {
        return situation;
    }

    boolean isIn(LinkMachine.State state) {
        return situation.state() == state;
    }

    boolean has(Attachment vnf) {
        return sender == vnf || receiver == vnf;
    }

    /// Why it is in this state.
    ///
    /// @return a few words, or a sentence for [LinkState#FAILED]
    public String reason() {
        return reason;
    }

    /// When it came into this state.
    ///
    /// @return a [System#nanoTime]
    public long sinceNanos() {
        return sinceNanos;
    }

    /// How often the sender went over to the bypass.
    ///
    /// @return a count
    public int activations() {
        return activations;
    }

    /// When it was detected.
    ///
    /// @return a [System#nanoTime]
    public long bornNanos() {
        return bornNanos;
    }

    /// The epoch in which the bypass is or was last used.
    ///
    /// @return the epoch, unsigned 32 bits; 0 if it never was
    public int epoch() {
        return epoch;
    }

    /// How long the last switch-over took, there or back: from the command until the switch saw
    /// that it was obeyed, by the sender on the way there, by both VNFs on the way back.
    ///
    /// @return nanoseconds; negative if there was none
    public long switchOverNanos() {
        return switchOverNanos;
    }

    /// How long all of them took.
    ///
    /// @return of the life of this link; not a copy
    public SwitchOverTimes switchOvers() {
        return switchOvers;
    }

    /// Why it failed last.
    ///
    /// @return a sentence; null if it never did
    public String lastFailure() {
        return lastFailure;
    }

    /// Packets that took the bypass.
    ///
    /// @return packets of all epochs
    public long packets() {
        return totalPackets + (counters == null ? 0 : counters.seenPackets());
    }

    /// Bytes that took the bypass.
    ///
    /// @return bytes of all epochs
    public long bytes() {
        return totalBytes + (counters == null ? 0 : counters.seenBytes());
    }

    /// Whether the rules make it a link, as far as is known.
    ///
    /// @return true if so
    public boolean isWanted() {
        return situation.wanted();
    }

    /// Whether it was taken over from another switch and the rules have not said yet that it is
    /// one.
    ///
    /// @return true if so
    public boolean isUnclaimed() {
        return unclaimed;
    }

    /// What its packets would meet in the switch.
    ///
    /// @return the path as of now
    public LinkPath path() {
        return path;
    }

    /// Goes on where another switch has left it.
    void resume(LinkMachine.Situation was) {
        situation = was;
        reason = "taken over from the switch before";
        commandedNanos = sinceNanos;
        limitedNanos = sinceNanos;
        senderWaitsNanos = sinceNanos;
        retryNanos = sinceNanos;
    }

    /// Notes for the next switch what it is by now.
    ///
    /// @param changes what changes at once with it
    void save(RedoLog changes) {
        if (channel != null) {
            channel.save(this, changes);
        }
    }

    /// Takes a step, without doing yet what is to be done.
    ///
    /// @param why for the record
    void take(LinkMachine.Step step, String why) {
        LinkState before = state();
        LinkMachine.State from = situation.state();
        situation = step.next();
        LinkMachine.State to = situation.state();
        if (from == LinkMachine.State.ARMED && to == LinkMachine.State.ACTIVE
                || from == LinkMachine.State.LIMITED && to == LinkMachine.State.DRAINING) {
            switchOverNanos = System.nanoTime() - commandedNanos;
            switchOvers.add(switchOverNanos);
        }
        if (to == LinkMachine.State.FAILED && from != to) {
            lastFailure = why;
        }
        todo.addAll(step.commands());
        if (state() != before) {
            reason = why;
            sinceNanos = System.nanoTime();
        }
    }

    @Override
    public String toString() {
        return sender.portName() + "->" + receiver.portName();
    }
}
