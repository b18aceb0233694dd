package org.skyway.openflow.message;

/// A table's counters.
///
/// @param table its number
/// @param name OpenFlow 1.0 to 1.2
/// @param wildcards OpenFlow 1.0: OFPFW_ bits that are supported
/// @param instructions OpenFlow 1.1 and 1.2: OFPIT_ bits that are supported
/// @param config OpenFlow 1.1 and 1.2: OFPTC_ bits
/// @param maxEntries OpenFlow 1.0 to 1.2: how many it can hold
/// @param active how many it holds
/// @param lookups packets looked up
/// @param matched packets that matched
public record TableStats(
        int table,
        String name,
        int wildcards,
        int instructions,
        int config,
        int maxEntries,
        int active,
        long lookups,
        long matched) {}
