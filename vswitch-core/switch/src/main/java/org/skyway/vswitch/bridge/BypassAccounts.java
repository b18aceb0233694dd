package org.skyway.vswitch.bridge;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.skyway.vswitch.counters.RedoLog;
import org.skyway.vswitch.datapath.TableCounters;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.tables.BypassCounters;
import org.skyway.vswitch.tables.BypassSum;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// Credits bypassed packets to whatever would have counted them in the switch: the entries on the
/// way, the ports at both ends, the tables. Ofproto thread.
final class BypassAccounts {
    private final Function<String, BridgePort> portByName;
    private final BypassSum[] lookups = new BypassSum[Tables.COUNT];
    private final BypassSum[] matches = new BypassSum[Tables.COUNT];

    /// @param counters of the tables, by the switch's own count
    BypassAccounts(Function<String, BridgePort> portByName, TableCounters counters) {
        this.portByName = portByName;
        for (int table = 0; table < Tables.COUNT; table++) {
            lookups[table] = new BypassSum(counters.bypassedLookups(table), counters);
            matches[table] = new BypassSum(counters.bypassedMatches(table), counters);
        }
    }

    void attach(Link link, BypassCounters counters) {
        for (BypassSum sum : sums(link)) {
            sum.attach(counters);
        }
    }

    void settle(Link link, BypassCounters counters, RedoLog changes) {
        for (BypassSum sum : sums(link)) {
            sum.settle(counters, changes);
        }
    }

    long lookups(int table) {
        return lookups[table].packets();
    }

    long matches(int table) {
        return matches[table].packets();
    }

    // A packet that hits an entry twice, by resubmit, never makes a link that is taken, so a set
    // will do.
    private Set<BypassSum> sums(Link link) {
        Set<BypassSum> sums = new HashSet<>();
        for (FlowEntry entry : link.path().entries()) {
            sums.add(entry.counters().bypassed());
            sums.add(matches[entry.rule().table()]);
        }
        for (FlowCounters group : link.path().groups()) {
            sums.add(group.bypassed());
        }
        for (int table : link.path().lookups()) {
            sums.add(lookups[table]);
        }
        BridgePort from = portByName.apply(link.sender().portName());
        BridgePort to = portByName.apply(link.receiver().portName());
        if (from != null) {
            sums.add(from.bypassRx());
        }
        if (to != null) {
            sums.add(to.bypassTx());
        }
        return sums;
    }
}
