package org.skyway.vswitch.link;

import java.util.List;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// What a link's packets would meet in the switch: whatever is on it counts them. Two paths are
/// equal if they lead through the same objects.
///
/// @param entries the flow entries that every packet hits, in order
/// @param lookups the tables that every packet is looked up in, in order
/// @param groups counters of the groups and buckets that every packet runs through
public record LinkPath(List<FlowEntry> entries, List<Integer> lookups, List<FlowCounters> groups) {
    /// Nothing of it is known: only the ports at its ends count.
    public static final LinkPath UNKNOWN = new LinkPath(List.of(), List.of(), List.of());

    /// Copies the lists.
    public LinkPath {
        entries = List.copyOf(entries);
        lookups = List.copyOf(lookups);
        groups = List.copyOf(groups);
    }
}
