package org.skyway.openflow.message;

import java.util.List;

/// A group's counters.
///
/// @param group its id
/// @param references how many flow entries and groups use it
/// @param packets processed
/// @param bytes processed
/// @param durationNanos since the group was made
/// @param buckets in order
public record GroupStats(
        int group,
        int references,
        long packets,
        long bytes,
        long durationNanos,
        List<Bucket> buckets) {
    /// Copies the lists.
    public GroupStats {
        buckets = List.copyOf(buckets);
    }

    /// A bucket's counters.
    ///
    /// @param packets processed
    /// @param bytes processed
    public record Bucket(long packets, long bytes) {}
}
