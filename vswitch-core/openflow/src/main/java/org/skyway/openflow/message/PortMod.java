package org.skyway.openflow.message;

/// Changes a port's configuration bits.
///
/// @param port the port's number
/// @param mac must be the port's, so that no other port is hit by mistake; 48 bits
/// @param config OFPPC_ bits, as in [PortState]
/// @param mask which of them to change
/// @param advertise OFPPF_ bits to advertise; 0 for no change
public record PortMod(int port, long mac, int config, int mask, int advertise) implements Message {}
