package org.skyway.openflow.message;

/// A port's counters; -1 for those that it does not count.
///
/// @param port its number
/// @param rxPackets received
/// @param txPackets sent
/// @param rxBytes received
/// @param txBytes sent
/// @param rxDropped received but dropped
/// @param txDropped not sent but dropped
/// @param rxErrors receive errors
/// @param txErrors transmit errors
/// @param rxFrameErrors alignment errors
/// @param rxOverErrors overruns
/// @param rxCrcErrors checksum errors
/// @param collisions collisions
/// @param durationNanos since the port was made; -1 if unknown
public record PortStats(
        int port,
        long rxPackets,
        long txPackets,
        long rxBytes,
        long txBytes,
        long rxDropped,
        long txDropped,
        long rxErrors,
        long txErrors,
        long rxFrameErrors,
        long rxOverErrors,
        long rxCrcErrors,
        long collisions,
        long durationNanos) {}
