package org.skyway.vswitch.pipeline;

import static org.skyway.openflow.model.FlowKey.PACKET_WORDS;
import static org.skyway.openflow.model.FlowKey.WORDS;

import java.util.List;
import org.skyway.openflow.model.Action;

/// What is left to do to a packet once the datapath has read its headers anew: behind its last MPLS
/// label there are some that nobody has seen, and a select group wants its hash. Open vSwitch calls
/// this recirculation, and does it at the same places: where a packet is read again shows in what
/// matches it, in what is rewritten, and in what is counted.
public final class Frozen {
    /// A step that is left.
    sealed interface Step {
        /// An action.
        record Do(Action action) implements Step {}

        /// What follows belongs to an entry: its table, and its cookie.
        record Of(int table, long cookie) implements Step {}

        /// Empties the action set.
        record ClearActions() implements Step {}

        /// Adds to the action set.
        record WriteActions(List<Action> actions) implements Step {}

        /// Writes bits of the metadata.
        record WriteMetadata(long value, long mask) implements Step {}
    }

    private final List<Step> steps;
    private final ValueStack stack;
    private final ActionSet actionSet;
    private final long[] metadata;
    private final int inPort;
    private final boolean hashed;

    /// @param steps in order
    /// @param stack null if it is empty
    /// @param actionSet as it is; not to be changed
    /// @param key of which everything but the packet's own headers is kept
    /// @param inPort the ingress port
    /// @param hashed whether the packet has the hash that select groups want
    Frozen(
            List<Step> steps,
            ValueStack stack,
            ActionSet actionSet,
            long[] key,
            int inPort,
            boolean hashed) {
        this.steps = List.copyOf(steps);
        this.stack = stack;
        this.actionSet = actionSet;
        this.inPort = inPort;
        this.hashed = hashed;
        metadata = java.util.Arrays.copyOfRange(key, PACKET_WORDS, WORDS);
    }

    List<Step> steps() {
        return steps;
    }

    ValueStack stack() {
        return stack;
    }

    ActionSet actionSet() {
        return actionSet;
    }

    boolean hashed() {
        return hashed;
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
