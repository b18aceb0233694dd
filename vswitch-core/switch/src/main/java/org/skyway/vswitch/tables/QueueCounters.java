package org.skyway.vswitch.tables;

/// What went through a port's queue.
///
/// @param queue its id
/// @param packets sent
/// @param bytes sent
/// @param errors packets that were too many and dropped
/// @param createdNanos [System#nanoTime] when the queue was made, or [#UNKNOWN]
public record QueueCounters(int queue, long packets, long bytes, long errors, long createdNanos) {
    /// Nobody knows when it was made.
    public static final long UNKNOWN = Long.MIN_VALUE;
}
