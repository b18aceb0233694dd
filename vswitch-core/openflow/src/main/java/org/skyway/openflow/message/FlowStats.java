package org.skyway.openflow.message;

import org.skyway.openflow.model.FlowRule;

/// A flow entry with its counters.
///
/// @param rule the entry
/// @param durationNanos since it was added
/// @param idleSeconds Nicira: since it was last used; -1 if not told
/// @param hardSeconds Nicira: since it was last modified; -1 if not told
/// @param packets matched; -1 for unknown
/// @param bytes matched; -1 for unknown
public record FlowStats(
        FlowRule rule,
        long durationNanos,
        long idleSeconds,
        long hardSeconds,
        long packets,
        long bytes) {}
