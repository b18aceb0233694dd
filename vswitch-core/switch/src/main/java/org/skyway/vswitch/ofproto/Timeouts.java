package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.tables.FlowEntry;

/// Idle and hard timeouts: knows which entries have any, and finds those that are over. Ofproto
/// thread only.
final class Timeouts {
    private final Set<FlowEntry> expirable = Collections.newSetFromMap(new IdentityHashMap<>());

    static long seconds(int s) {
        return TimeUnit.SECONDS.toNanos(s);
    }

    private static boolean has(FlowRule rule) {
        return rule.idleTimeout() != 0 || rule.hardTimeout() != 0;
    }

    void added(FlowEntry e) {
        if (has(e.rule())) {
            expirable.add(e);
        }
    }

    void removed(FlowEntry e) {
        if (has(e.rule())) {
            expirable.remove(e);
        }
    }

    void removeAll() {
        expirable.clear();
    }

    void replaced(FlowEntry old, FlowEntry now) {
        removed(old);
        added(now);
    }

    /// The OFPRR_ reason for which an entry is over, or -1 if it is not.
    private static int over(FlowEntry e, long now) {
        FlowRule r = e.rule();
        if (r.hardTimeout() != 0 && now - e.modifiedNanos() - seconds(r.hardTimeout()) > 0) {
            return FlowModder.REASON_HARD;
        }
        if (r.idleTimeout() != 0 && now - e.lastUsedNanos() - seconds(r.idleTimeout()) > 0) {
            return FlowModder.REASON_IDLE;
        }
        return -1;
    }

    /// Removes what is over.
    ///
    /// @param now a [System#nanoTime]
    void expire(FlowModder modder, long now) {
        List<FlowEntry> over = null;
        for (FlowEntry e : expirable) {
            if (over(e, now) >= 0) {
                over = over == null ? new ArrayList<>() : over;
                over.add(e);
            }
        }
        if (over != null) {
            for (FlowEntry e : over) {
                modder.remove(e, over(e, now), FlowModder.Requester.SWITCH);
            }
        }
    }
}
