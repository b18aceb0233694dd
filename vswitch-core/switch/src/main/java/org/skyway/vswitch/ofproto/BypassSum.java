package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;

/// What bypassed links added to a counter: those that are in use, and the final figures of those
/// that are not any more. A reading never goes back, whether a link has just been taken or given
/// back. Ofproto thread only.
public final class BypassSum {
    private final List<BypassCounters> live = new ArrayList<>(0);
    private long settledPackets;
    private long settledBytes;
    private long settledLastUsed = Long.MIN_VALUE;

    /// A sum of nothing.
    public BypassSum() {}

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
    public void settle(BypassCounters bypass) {
        if (live.remove(bypass)) {
            settledPackets += bypass.packets();
            settledBytes += bypass.bytes();
            settledLastUsed = later(settledLastUsed, bypass.lastUsedNanos());
        }
    }

    /// Packets so far.
    ///
    /// @return packets
    public long packets() {
        long sum = settledPackets;
        for (BypassCounters b : live) {
            sum += b.packets();
        }
        return sum;
    }

    /// Bytes so far.
    ///
    /// @return bytes
    public long bytes() {
        long sum = settledBytes;
        for (BypassCounters b : live) {
            sum += b.bytes();
        }
        return sum;
    }

    /// When a packet was last seen to be sent.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none was
    public long lastUsedNanos() {
        long last = settledLastUsed;
        for (BypassCounters b : live) {
            last = later(last, b.lastUsedNanos());
        }
        return last;
    }

    /// The later of two times, either of which may be none.
    ///
    /// @param a a [System#nanoTime], or [Long#MIN_VALUE]
    /// @param b another
    /// @return the later, or [Long#MIN_VALUE] if there is neither
    static long later(long a, long b) {
        return a == Long.MIN_VALUE ? b : b == Long.MIN_VALUE ? a : a - b >= 0 ? a : b;
    }
}
