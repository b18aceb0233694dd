package org.skyway.vswitch.ofproto;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.tables.FlowEntry;

/// One flow table: entries by priority and match, in the order in which they were added. Ofproto
/// thread only.
final class FlowTable {
    private record Key(int priority, Match match) {
        @Override
        public int hashCode() {
            return match.hashCode() * 31 + priority;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Key k && priority == k.priority && match.equals(k.match);
        }
    }

    private final Map<Key, FlowEntry> entries = new LinkedHashMap<>();

    private static Key key(FlowRule rule) {
        return new Key(rule.priority(), rule.match());
    }

    int size() {
        return entries.size();
    }

    Collection<FlowEntry> entries() {
        return entries.values();
    }

    /// The entry with just this priority and match, or null.
    FlowEntry find(int priority, Match match) {
        return entries.get(new Key(priority, match));
    }

    /// Puts an entry in; an entry with the same priority and match gives way.
    ///
    /// @return the entry that gave way, or null
    FlowEntry put(FlowEntry entry) {
        return entries.put(key(entry.rule()), entry);
    }

    /// Takes an entry out, if it is still the one in the table.
    ///
    /// @return whether it was
    boolean remove(FlowEntry entry) {
        return entries.remove(key(entry.rule()), entry);
    }

    /// Whether an entry of the same priority could match a packet that this rule matches, too.
    boolean overlaps(FlowRule rule) {
        for (FlowEntry e : entries.values()) {
            if (e.rule().priority() == rule.priority() && e.rule().match().overlaps(rule.match())) {
                return true;
            }
        }
        return false;
    }
}
