package org.skyway.vswitch.tables;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.skyway.vswitch.counters.FlowBlock;
import org.skyway.vswitch.counters.RedoLog;

/// What bypassed links added to a counter: those that are in use, and the final figures of those
/// that are not any more. A reading never goes back, whether a link has just been taken or given
/// back. Ofproto thread only.
public final class BypassSum {
    private final List<BypassCounters> live = new ArrayList<>(0);
    private final long settled; // address of a row as FlowBlock has it
    private final Object owner; // of the memory, which goes when nobody can reach it

    /// A sum of what was settled before.
    ///
    /// @param settled address of a row as [FlowBlock] has it, for what is final
    /// @param owner keeps the row in memory as long as it can be reached
    public BypassSum(long settled, Object owner) {
        this.settled = settled;
        this.owner = owner;
    }

    /// From now on counts what a sender counts, too.
    ///
    /// @param bypass the sender's counters, from the link's epoch on
    public void attach(BypassCounters bypass) {
        live.add(bypass);
    }

    /// Takes over what a sender has counted and no longer looks at it. Does nothing if it was not
    /// attached.
    ///
    /// @param bypass what was attached; its counters must be final
    /// @param changes takes what is written; until it does, nothing is read here
    public void settle(BypassCounters bypass, RedoLog changes) {
        if (live.remove(bypass)) {
            FlowBlock.settle(
                    settled,
                    new FlowBlock.Sums(bypass.packets(), bypass.bytes(), bypass.lastUsedNanos()),
                    changes);
            Reference.reachabilityFence(owner);
        }
    }

    /// Packets so far.
    ///
    /// @return packets
    public long packets() {
        long sum = FlowBlock.settledPackets(settled);
        for (BypassCounters b : live) {
            sum += b.packets();
        }
        return sum;
    }

    /// Bytes so far.
    ///
    /// @return bytes
    public long bytes() {
        long sum = FlowBlock.settledBytes(settled);
        for (BypassCounters b : live) {
            sum += b.bytes();
        }
        return sum;
    }

    /// When a packet was last seen to be sent.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none was
    public long lastUsedNanos() {
        long last = FlowBlock.settledLastUsedNanos(settled);
        for (BypassCounters b : live) {
            last = FlowBlock.later(last, b.lastUsedNanos());
        }
        return last;
    }
}
