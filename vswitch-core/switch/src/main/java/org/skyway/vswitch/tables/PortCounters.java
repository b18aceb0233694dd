package org.skyway.vswitch.tables;

/// A port's counters as OpenFlow reports them, bypassed traffic included. `rx` is what the switch
/// received from the port: what its VNF sent.
///
/// @param rxPackets packets received
/// @param txPackets packets sent
/// @param rxBytes bytes received
/// @param txBytes bytes sent
/// @param rxDropped received but dropped for want of room
/// @param txDropped to be sent but dropped for want of room
/// @param rxErrors received and unusable
/// @param txErrors could not be sent
public record PortCounters(
        long rxPackets,
        long txPackets,
        long rxBytes,
        long txBytes,
        long rxDropped,
        long txDropped,
        long rxErrors,
        long txErrors) {}
