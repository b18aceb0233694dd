package org.skyway.vswitch.bond;

import java.util.HexFormat;

/// The frame that tells the other side of a bond where an address is now: a reverse ARP request of
/// that address for itself (RFC 903), as Open vSwitch sends it.
public final class Announcement {
    private static final int BROADCAST_BYTES = 6;

    private Announcement() {}

    /// Makes one.
    ///
    /// @param mac the address
    /// @param vlan the VLAN of its tag; 0 for none
    /// @return without padding
    public static byte[] of(long mac, int vlan) {
        StringBuilder hex = new StringBuilder("ff".repeat(BROADCAST_BYTES));
        String address = "%012x".formatted(mac);
        hex.append(address);
        if (vlan != 0) {
            hex.append("8100%04x".formatted(vlan));
        }
        // Ethernet, IPv4, their lengths, "request reverse"; sender and target.
        hex.append("8035").append("0001").append("0800").append("0604").append("0003");
        hex.append(address).append("00000000").append(address).append("00000000");
        return HexFormat.of().parseHex(hex);
    }
}
