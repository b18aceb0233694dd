package org.skyway.vswitch.bond;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.FlowCounters;

/// The bonds of a bridge. The ofproto thread only.
public final class Bonds {
    private final Supplier<FlowCounters> counters;
    private final Map<String, LiveBond> all = new TreeMap<>();
    private List<Bond> seen = List.of();

    /// None yet.
    ///
    /// @param counters makes those of what leaves
    public Bonds(Supplier<FlowCounters> counters) {
        this.counters = counters;
    }

    /// Whether there is none.
    ///
    /// @return true if so
    public boolean isEmpty() {
        return all.isEmpty();
    }

    /// Has them be what somebody wants.
    ///
    /// @param wanted all of them
    /// @param ports those that there are, by number
    /// @param nowNanos [System#nanoTime]
    public void configure(
            Collection<BondSettings> wanted, Map<Integer, PortState> ports, long nowNanos) {
        Set<String> names = new HashSet<>();
        for (BondSettings s : wanted) {
            names.add(s.name());
            LiveBond bond = all.get(s.name());
            if (bond != null && bond.settings().id() == s.id()) {
                bond.configure(s, nowNanos);
            } else {
                all.put(s.name(), new LiveBond(s, counters, nowNanos));
            }
        }
        all.keySet().retainAll(names);
        look(ports, nowNanos);
    }

    /// Looks at links, clocks and loads.
    ///
    /// @param ports those that there are, by number
    /// @param nowNanos [System#nanoTime]
    /// @return whether packets are to leave otherwise than before
    public boolean look(Map<Integer, PortState> ports, long nowNanos) {
        boolean moved = false;
        for (LiveBond bond : all.values()) {
            bond.look(ports, nowNanos);
            moved |= bond.rebalance(nowNanos);
        }
        List<Bond> now = all.values().stream().map(LiveBond::seen).toList();
        boolean changed = moved || !now.equals(seen);
        seen = now;
        return changed;
    }

    /// How they are for whoever forwards.
    ///
    /// @return as they were when they were looked at last
    public List<Bond> seen() {
        return seen;
    }

    /// All of them.
    ///
    /// @return by name
    public Collection<LiveBond> all() {
        return all.values();
    }

    /// One of them.
    ///
    /// @param name its name
    /// @return null if there is none
    public LiveBond named(String name) {
        return all.get(name);
    }
}
