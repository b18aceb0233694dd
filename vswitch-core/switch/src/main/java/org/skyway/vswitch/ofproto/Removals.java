package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.FlowRemoved;
import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// Entries that are gone but whose FLOW_REMOVED was not sent yet, because their counters are final
/// only after the next [Forwarding#settle]. Ofproto thread only.
final class Removals {
    private record Removal(FlowEntry entry, int reason, long atNanos) {}

    private final OfSwitch bridge;
    private List<Removal> pending = new ArrayList<>();

    Removals(OfSwitch bridge) {
        this.bridge = bridge;
    }

    void add(FlowEntry entry, int reason) {
        pending.add(new Removal(entry, reason, bridge.now()));
    }

    /// How many are pending, for [#rollBack].
    int mark() {
        return pending.size();
    }

    /// Forgets what was added since [#mark].
    void rollBack(int mark) {
        pending.subList(mark, pending.size()).clear();
    }

    boolean arePending() {
        return !pending.isEmpty();
    }

    /// Takes what is pending.
    ///
    /// @return sends it; to be run when the changes that were begun by now are effective
    Runnable take() {
        List<Removal> now = pending;
        pending = new ArrayList<>();
        return () -> send(now);
    }

    private void send(List<Removal> now) {
        for (Removal r : now) {
            FlowRule rule = r.entry().rule();
            FlowCounters c = r.entry().counters();
            FlowRemoved message =
                    new FlowRemoved(
                            rule.match(),
                            rule.priority(),
                            r.reason(),
                            rule.table(),
                            rule.cookie(),
                            OfSwitch.wholeMillis(r.atNanos() - r.entry().createdNanos()),
                            rule.idleTimeout(),
                            rule.hardTimeout(),
                            c.packets(),
                            c.bytes());
            bridge.connections().flowRemoved(message);
        }
    }
}
