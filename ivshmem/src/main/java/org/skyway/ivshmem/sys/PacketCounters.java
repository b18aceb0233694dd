package org.skyway.ivshmem.sys;

/// What a packet socket has counted since it was opened.
///
/// @param rxPackets frames handed out, segments of super-frames one by one
/// @param rxBytes their bytes
/// @param rxDropped frames that the kernel dropped because they were not fetched in time
/// @param rxErrors frames that were discarded: longer than the socket's limit, or of an offload
///   that can't be done in software
/// @param txPackets frames that the kernel took
/// @param txBytes their bytes
/// @param txErrors frames that the kernel would never take: too long for the interface's MTU, or
///   shorter than an Ethernet header
public record PacketCounters(
        long rxPackets,
        long rxBytes,
        long rxDropped,
        long rxErrors,
        long txPackets,
        long txBytes,
        long txErrors) {}
