package org.skyway.vswitch.tables;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.OfPort;

/// How NORMAL is set up, and mirrors. Immutable.
///
/// @param ports what ports have to do with VLANs, by number, whether the port is there yet or not,
///   and bonds by id
/// @param others what the other ports have to do with them
/// @param flooded VLANs in which no address is learned
/// @param forwardsBpdus whether what is sent to addresses of link protocols is forwarded like
///   anything else
/// @param mirrors those that there are, [PortMirror#MOST] at most
/// @param bonds of ports, by the number of each member and by their own ids
public record NormalConfig(
        Map<Integer, PortVlans> ports,
        PortVlans others,
        VlanSet flooded,
        boolean forwardsBpdus,
        List<PortMirror> mirrors,
        Map<Integer, Bond> bonds) {
    /// What holds if nobody says anything.
    public static final NormalConfig DEFAULT =
            new NormalConfig(Map.of(), PortVlans.TRUNK, VlanSet.NONE, false, List.of(), Map.of());

    /// What holds until it is known what shall: nothing is forwarded.
    public static final NormalConfig CLOSED =
            new NormalConfig(Map.of(), PortVlans.NOTHING, VlanSet.NONE, false, List.of(), Map.of());

    /// Keeps copies.
    public NormalConfig {
        ports = Map.copyOf(ports);
        mirrors = List.copyOf(mirrors);
        bonds = Map.copyOf(bonds);
    }

    /// The same with bonds.
    ///
    /// @param now all that there are
    /// @return the whole
    public NormalConfig with(Collection<Bond> now) {
        Map<Integer, Bond> all = new HashMap<>();
        for (Bond bond : now) {
            all.put(bond.id(), bond);
            bond.members().forEach(m -> all.put(m, bond));
        }
        return new NormalConfig(ports, others, flooded, forwardsBpdus, mirrors, all);
    }

    /// What a port is to a learning switch: addresses are known there.
    ///
    /// @param port its number, or the id of a bond
    /// @return the id of its bond, or the number itself
    public int place(int port) {
        Bond bond = bonds.get(port);
        return bond == null ? port : bond.id();
    }

    /// What a port has to do with VLANs.
    ///
    /// @param port its number, or the id of a bond
    /// @return what was said of it
    public PortVlans port(int port) {
        return ports.getOrDefault(port, others);
    }

    /// Whether a port is the output of a mirror, so that what comes from it is dropped and nothing
    /// is flooded to it.
    ///
    /// @param port its number, or the id of a bond
    /// @return true if so
    public boolean isReserved(int port) {
        if (mirrors.isEmpty()) {
            return false;
        }
        int place = place(port);
        for (PortMirror mirror : mirrors) {
            if (mirror.outPort() == place) {
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
                all.put(port, why.formatted(OfPort.name(port)));
            }
            for (int port : mirror.destinations()) {
                all.put(port, why.formatted(OfPort.name(port)));
            }
        }
        for (PortMirror mirror : mirrors) {
            for (int port : outputs(mirror)) {
                all.put(
                        port,
                        "port %s is the output of mirror %s"
                                .formatted(OfPort.name(port), mirror.name()));
            }
        }
        return all;
    }

    private List<Integer> outputs(PortMirror mirror) {
        if (mirror.outPort() == 0) {
            return List.of();
        }
        Bond bond = bonds.get(mirror.outPort());
        return bond == null ? List.of(mirror.outPort()) : bond.members();
    }
}
