package org.skyway.vswitch.tables;

import java.util.Set;

/// Who gets copies of which packets, as Open vSwitch's table `Mirror` says it. A packet gets to
/// each output once at most, however many mirrors choose it.
///
/// @param name for readers
/// @param sources numbers of ports whose packets are copied as they come in
/// @param destinations numbers of ports whose packets are copied as they leave
/// @param vlans in which of them; null for any
/// @param outPort the port, or the id of the bond, that gets the copies and has no other use
///   meanwhile; 0 for none
/// @param outVlan without such a port, the VLAN that the copies are flooded in
/// @param snapLength bytes of a packet at most; 0 for all
/// @param counters of what was copied
public record PortMirror(
        String name,
        Set<Integer> sources,
        Set<Integer> destinations,
        VlanSet vlans,
        int outPort,
        int outVlan,
        int snapLength,
        FlowCounters counters) {
    /// Most of a bridge, as in Open vSwitch.
    public static final int MOST = 32;

    /// Keeps copies.
    public PortMirror {
        sources = Set.copyOf(sources);
        destinations = Set.copyOf(destinations);
    }

    /// Whether another one has the same output.
    ///
    /// @param other that one
    /// @return true if so
    public boolean sharesOutput(PortMirror other) {
        return outPort == other.outPort && (outPort != 0 || outVlan == other.outVlan);
    }
}
