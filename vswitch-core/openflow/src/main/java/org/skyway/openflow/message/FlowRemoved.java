package org.skyway.openflow.message;

import org.skyway.openflow.model.Match;

/// A flow entry is gone and these are its final counters.
///
/// @param match the entry's
/// @param priority the entry's
/// @param reason OFPRR_ code
/// @param table where it was
/// @param cookie the entry's
/// @param durationNanos how long it lived
/// @param idleTimeout seconds
/// @param hardTimeout seconds
/// @param packets final count
/// @param bytes final count
public record FlowRemoved(
        Match match,
        int priority,
        int reason,
        int table,
        long cookie,
        long durationNanos,
        int idleTimeout,
        int hardTimeout,
        long packets,
        long bytes)
        implements FromSwitch {}
