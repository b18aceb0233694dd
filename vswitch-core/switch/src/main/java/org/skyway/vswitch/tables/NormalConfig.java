package org.skyway.vswitch.tables;

import java.util.Map;

/// How NORMAL is set up. Immutable.
///
/// @param ports what ports have to do with VLANs, by number, whether the port is there yet or not;
///   the others are trunks
/// @param flooded VLANs in which no address is learned
/// @param forwardsBpdus whether what is sent to addresses of link protocols is forwarded like
///   anything else
public record NormalConfig(Map<Integer, PortVlans> ports, VlanSet flooded, boolean forwardsBpdus) {
    /// What holds if nobody says anything.
    public static final NormalConfig DEFAULT = new NormalConfig(Map.of(), VlanSet.NONE, false);

    /// Keeps a copy.
    public NormalConfig {
        ports = Map.copyOf(ports);
    }

    /// What a port has to do with VLANs.
    ///
    /// @param port its number
    /// @return what was said of it
    public PortVlans port(int port) {
        return ports.getOrDefault(port, PortVlans.TRUNK);
    }
}
