package org.skyway.ivshmem.sys;

/// What the kernel says of an interface at one moment.
///
/// @param name what it is called; empty if it is not here
/// @param state what it can do
/// @param mac its 48 bits, the first byte uppermost; 0 if it is not here
/// @param modes its link
public record InterfaceFacts(String name, InterfaceState state, long mac, LinkModes modes) {
    /// Those of one that is not here.
    static InterfaceFacts absent(InterfaceState state) {
        return new InterfaceFacts("", state, 0, LinkModes.UNKNOWN);
    }
}
