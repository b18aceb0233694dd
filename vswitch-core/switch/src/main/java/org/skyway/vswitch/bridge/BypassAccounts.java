package org.skyway.vswitch.bridge;

import java.util.Set;
import org.skyway.vswitch.datapath.TableCounters;
import org.skyway.vswitch.link.LinkPath;
import org.skyway.vswitch.tables.BypassSum;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// What of a bridge would have counted bypassed packets in the switch, and so is credited with
/// them. Ofproto thread.
final class BypassAccounts {
    private final BypassSum[] lookups = new BypassSum[Tables.COUNT];
    private final BypassSum[] matches = new BypassSum[Tables.COUNT];

    /// @param counters of the tables, by the switch's own count
    BypassAccounts(TableCounters counters) {
        for (int table = 0; table < Tables.COUNT; table++) {
            lookups[table] = new BypassSum(counters.bypassedLookups(table), counters);
            matches[table] = new BypassSum(counters.bypassedMatches(table), counters);
        }
    }

    long lookups(int table) {
        return lookups[table].packets();
    }

    long matches(int table) {
        return matches[table].packets();
    }

    /// Adds what counts on a hop of a path. A packet that hits an entry twice, by resubmit, never
    /// makes a link that is taken, so a set will do.
    void add(LinkPath.Hop hop, Set<BypassSum> sums) {
        for (FlowEntry entry : hop.entries()) {
            sums.add(entry.counters().bypassed());
            sums.add(matches[entry.rule().table()]);
        }
        for (FlowCounters group : hop.groups()) {
            sums.add(group.bypassed());
        }
        for (int table : hop.lookups()) {
            sums.add(lookups[table]);
        }
    }
}
