package org.skyway.vswitch.link;

import java.util.ArrayList;
import java.util.List;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// What a link's packets would meet in the switch: whatever is on it counts them. Two paths are
/// equal if they lead through the same objects.
///
/// @param hops one for each bridge that they pass, in order
public record LinkPath(List<Hop> hops) {
    /// Nothing of it is known: only the ports at its ends count.
    public static final LinkPath UNKNOWN =
            new LinkPath(List.of(new Hop(null, List.of(), List.of(), List.of(), null)));

    /// What they meet in a bridge.
    ///
    /// @param in the patch port by which they come; null in the sender's bridge
    /// @param entries the flow entries that every packet hits, in order
    /// @param lookups the tables that every packet is looked up in, in order
    /// @param groups counters of the groups and buckets that every packet runs through
    /// @param out the patch port by which they go on; null in the receiver's bridge
    public record Hop(
            PatchPort in,
            List<FlowEntry> entries,
            List<Integer> lookups,
            List<FlowCounters> groups,
            PatchPort out) {
        /// Copies the lists.
        public Hop {
            entries = List.copyOf(entries);
            lookups = List.copyOf(lookups);
            groups = List.copyOf(groups);
        }
    }

    /// Copies the list.
    public LinkPath {
        hops = List.copyOf(hops);
    }

    /// The entries of all bridges.
    ///
    /// @return in order
    public List<FlowEntry> entries() {
        List<FlowEntry> all = new ArrayList<>();
        hops.forEach(h -> all.addAll(h.entries));
        return all;
    }

    /// The patch ports that its packets pass, two for each cable.
    ///
    /// @return in order; none if sender and receiver are at one bridge
    public List<PatchPort> patches() {
        List<PatchPort> all = new ArrayList<>();
        for (Hop h : hops) {
            if (h.in != null) {
                all.add(h.in);
            }
            if (h.out != null) {
                all.add(h.out);
            }
        }
        return all;
    }
}
