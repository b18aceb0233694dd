package org.skyway.openflow.message;

/// A queue's counters.
///
/// @param port the port's number
/// @param queue the queue's id
/// @param txBytes sent
/// @param txPackets sent
/// @param txErrors not sent
/// @param durationNanos since the queue was made; -1 if unknown
public record QueueStats(
        int port, int queue, long txBytes, long txPackets, long txErrors, long durationNanos) {}
