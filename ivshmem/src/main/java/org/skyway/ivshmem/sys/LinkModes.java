package org.skyway.ivshmem.sys;

/// What a driver says of its link (Linux, `ethtool.h`, `struct ethtool_cmd`).
///
/// @param speedMbps 0 if unknown
/// @param fullDuplex whether it is known to be so
/// @param connector a PORT_ number
/// @param autonegotiates whether it does
/// @param supported SUPPORTED_ bits
/// @param advertised ADVERTISED_ bits, which are the same
public record LinkModes(
        int speedMbps,
        boolean fullDuplex,
        int connector,
        boolean autonegotiates,
        int supported,
        int advertised) {
    /// Of an interface whose driver does not say it, or that is not there.
    public static final LinkModes UNKNOWN = new LinkModes(0, false, 0xff, false, 0, 0);
}
