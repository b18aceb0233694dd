package org.skyway.vswitch.link;

import org.skyway.vswitch.port.Attachment;

/// One direction of a bypass: from the sender's port to the receiver's. Ofproto thread.
public final class Link {
    private final Attachment sender;
    private final Attachment receiver;
    private LinkState state = LinkState.DETECTED;
    private long sinceNanos = System.nanoTime();
    private String reason = "";

    Channel channel; // null before PLUGGING
    LinkPath path;
    boolean wanted = true;
    int epoch; // of the present or the last time that it was armed
    long command; // the last transmit command given for it
    boolean obeyed =
            true; // whether the sender has confirmed the command that took it off the bypass
    long writtenBefore; // how far the bypass ring was written when it was armed
    long commandedNanos; // when that was
    boolean begun; // the sender, dead now, had begun to use the bypass
    boolean armed; // the sender was told to use the bypass and has not been told otherwise
    SenderCounters counters; // of the present epoch, or null
    String broken; // why its channel is of no more use; null if it is
    boolean leaving; // is to be unplugged as soon as it is not used
    long retryNanos;
    int failures;
    int activations;
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
        return state;
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

    /// Packets that took the bypass.
    ///
    /// @return packets of all epochs
    public long packets() {
        return totalPackets + (counters == null ? 0 : counters.packets());
    }

    /// Bytes that took the bypass.
    ///
    /// @return bytes of all epochs
    public long bytes() {
        return totalBytes + (counters == null ? 0 : counters.bytes());
    }

    /// What its packets would meet in the switch.
    ///
    /// @return the path as of now
    public LinkPath path() {
        return path;
    }

    void step(LinkState next, String why) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(
                    "link %s can't go from %s to %s (%s)".formatted(this, state, next, why));
        }
        state = next;
        reason = why;
        sinceNanos = System.nanoTime();
    }

    @Override
    public String toString() {
        return sender.portName() + "->" + receiver.portName();
    }
}
