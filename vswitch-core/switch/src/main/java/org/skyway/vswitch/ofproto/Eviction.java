package org.skyway.vswitch.ofproto;

import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.tables.FlowEntry;

/// Chooses which entry gives way when a table is full: the least important first, and of those the
/// one that would time out soonest (OpenFlow 1.4, "Eviction"). Entries without a timeout stay.
final class Eviction {
    private Eviction() {}

    /// The entry to evict, or null if none may be.
    static FlowEntry choose(Iterable<FlowEntry> entries) {
        FlowEntry best = null;
        for (FlowEntry e : entries) {
            if ((e.rule().idleTimeout() != 0 || e.rule().hardTimeout() != 0)
                    && (best == null || before(e, best))) {
                best = e;
            }
        }
        return best;
    }

    private static boolean before(FlowEntry a, FlowEntry b) {
        int ai = a.rule().importance();
        int bi = b.rule().importance();
        return ai != bi ? ai < bi : expiresAt(a) - expiresAt(b) < 0;
    }

    private static long expiresAt(FlowEntry e) {
        FlowRule r = e.rule();
        long hard =
                r.hardTimeout() == 0
                        ? Long.MAX_VALUE
                        : e.modifiedNanos() + Timeouts.seconds(r.hardTimeout());
        long idle =
                r.idleTimeout() == 0
                        ? Long.MAX_VALUE
                        : e.lastUsedNanos() + Timeouts.seconds(r.idleTimeout());
        return hard - idle < 0 ? hard : idle;
    }
}
