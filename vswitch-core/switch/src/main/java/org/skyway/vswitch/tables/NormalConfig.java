package org.skyway.vswitch.tables;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.OfPort;

/// How NORMAL is set up, and mirrors. Immutable.
///
/// @param ports what ports have to do with VLANs, by number, whether the port is there yet or not
/// @param others what the other ports have to do with them
/// @param flooded VLANs in which no address is learned
/// @param forwardsBpdus whether what is sent to addresses of link protocols is forwarded like
///   anything else
/// @param mirrors those that there are, [PortMirror#MOST] at most
public record NormalConfig(
        Map<Integer, PortVlans> ports,
        PortVlans others,
        VlanSet flooded,
        boolean forwardsBpdus,
        List<PortMirror> mirrors) {
    /// What holds if nobody says anything.
    public static final NormalConfig DEFAULT =
            new NormalConfig(Map.of(), PortVlans.TRUNK, VlanSet.NONE, false, List.of());

    /// What holds until it is known what shall: nothing is forwarded.
    public static final NormalConfig CLOSED =
            new NormalConfig(Map.of(), PortVlans.NOTHING, VlanSet.NONE, false, List.of());

    /// Keeps a copy.
    public NormalConfig {
        ports = Map.copyOf(ports);
        mirrors = List.copyOf(mirrors);
    }

    /// What a port has to do with VLANs.
    ///
    /// @param port its number
    /// @return what was said of it
    public PortVlans port(int port) {
        return ports.getOrDefault(port, others);
    }

    /// Whether a port is the output of a mirror, so that what comes from it is dropped and nothing
    /// is flooded to it.
    ///
    /// @param port its number
    /// @return true if so
    public boolean isReserved(int port) {
        for (PortMirror mirror : mirrors) {
            if (mirror.outPort() == port) {
                return true;
            }
        }
        return false;
    }

    /// The ports that mirrors have to do with: their packets must pass the switch.
    ///
    /// @return why, in a few words, by number
    public Map<Integer, String> mirrored() {
        Map<Integer, String> all = new HashMap<>();
        for (PortMirror mirror : mirrors) {
            String why = "port %s is mirrored by " + mirror.name();
            for (int port : mirror.sources()) {
                all.put(port, why.formatted(name(port)));
            }
            for (int port : mirror.destinations()) {
                all.put(port, why.formatted(name(port)));
            }
        }
        for (PortMirror mirror : mirrors) {
            if (mirror.outPort() != 0) {
                String port = name(mirror.outPort());
                all.put(
                        mirror.outPort(),
                        "port %s is the output of mirror %s".formatted(port, mirror.name()));
            }
        }
        return all;
    }

    private static String name(int port) {
        return port == OfPort.LOCAL ? "LOCAL" : Integer.toUnsignedString(port);
    }
}
