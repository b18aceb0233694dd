package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.pipeline.Job;

/// What is left to do to a packet once the datapath has read its headers anew: behind its last MPLS
/// label there are some that nobody has seen, and a select group wants its hash. Open vSwitch calls
/// this recirculation, and does it at the same places: where a packet is read again shows in what
/// matches it, in what is rewritten, and in what is counted.
public final class Frozen {
    private final List<Job> jobs;
    private final ValueStack stack;
    private final List<Action> actionSet;
    private final long[] metadata;
    private final int inPort;
    private final boolean hashed;
    private final int mirrored;
    private final long queue;

    /// @param jobs what is left to do; the action set comes behind it
    /// @param walk the packet
    /// @param hashed whether it has the hash that select groups want
    Frozen(List<Job> jobs, Walk walk, boolean hashed) {
        this.jobs = List.copyOf(jobs);
        stack = walk.stack;
        actionSet = walk.actionSet();
        inPort = walk.headers.inPort();
        this.hashed = hashed;
        mirrored = walk.mirrored;
        queue = walk.queue();
        metadata = Arrays.copyOfRange(walk.headers.key, PACKET_WORDS, WORDS);
    }

    List<Job> jobs() {
        return jobs;
    }

    ValueStack stack() {
        return stack;
    }

    List<Action> actionSet() {
        return actionSet;
    }

    /// Whether the packet has the hash that select groups want.
    boolean hashed() {
        return hashed;
    }

    /// Which mirrors have it already, a bit for each.
    int mirrored() {
        return mirrored;
    }

    /// Which queue it is for, as of [org.skyway.pipeline.Packet#queue()].
    long queue() {
        return queue;
    }

    /// The packet's ingress port.
    ///
    /// @return its number
    public int inPort() {
        return inPort;
    }

    /// Gives a key what does not come from the packet: registers and the like.
    ///
    /// @param key of the packet as it is now
    public void restore(long[] key) {
        System.arraycopy(metadata, 0, key, PACKET_WORDS, metadata.length);
    }
}
