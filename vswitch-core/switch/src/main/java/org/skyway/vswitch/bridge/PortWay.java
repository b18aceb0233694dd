package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.port.PatchPort;

/// Where all packets of a port go, unmodified, over as many bridges as patch ports join. One that
/// comes to a bridge twice is none: there, tables and entries would count each packet twice.
///
/// @param legs one for each bridge, in order
record PortWay(List<Leg> legs) {
    /// What the detector of a bridge says.
    ///
    /// @param in the patch port by which packets come; null in the first bridge
    /// @param link what becomes of them in this bridge
    /// @param out the patch port by which they go on; null in the last bridge
    record Leg(Bridge bridge, PatchPort in, Verdict.Link link, PatchPort out) {
        BridgePort from() {
            return bridge.ports().byNumber(link.from());
        }

        BridgePort to() {
            return bridge.ports().byNumber(link.to());
        }
    }

    /// Follows the packets of a port.
    ///
    /// @param fabric the bridges
    /// @param first the port's
    /// @param port its number
    /// @return null if its packets don't all go to one port, or never arrive anywhere
    static PortWay of(BridgeFabric fabric, Bridge first, int port) {
        List<Leg> legs = new ArrayList<>();
        Bridge end = follow(fabric, first, port, legs);
        return end != null || legs.isEmpty() || legs.getLast().out != null
                ? null
                : new PortWay(legs);
    }

    // Returns the bridge that they come to a second time, or null. The last leg leads on if they
    // don't all go to one port where it ends.
    private static Bridge follow(BridgeFabric fabric, Bridge first, int port, List<Leg> legs) {
        Bridge bridge = first;
        PatchPort in = null;
        int from = port;
        Set<Bridge> passed = new HashSet<>();
        while (passed.add(bridge)) {
            if (!(bridge.detector().verdict(from) instanceof Verdict.Link link)) {
                return null;
            }
            BridgePort to = bridge.ports().byNumber(link.to());
            if (to == null) {
                return null;
            }
            PatchPort out = to.datapathPort() instanceof PatchPort p ? p : null;
            PatchPort peer = out == null ? null : out.peer();
            Bridge next = peer == null ? null : fabric.bridgeOf(peer);
            legs.add(new Leg(bridge, in, link, next == null ? null : out));
            if (next == null) {
                return null;
            }
            bridge = next;
            in = peer;
            from = peer.number();
        }
        return bridge;
    }

    /// Explains what becomes of a port's packets in the other bridges that they come to.
    ///
    /// @param first the port's
    /// @param port its number
    /// @return sentences for a reader, each on lines of its own; empty if they come to no other
    static String explainFrom(Bridge first, int port) {
        StringBuilder text = new StringBuilder();
        List<Leg> legs = new ArrayList<>();
        Bridge again = follow(first.fabric(), first, port, legs);
        for (Leg leg : legs) {
            PatchPort peer = leg.out == null ? null : leg.out.peer();
            if (peer != null) {
                Bridge next = first.fabric().bridgeOf(peer);
                text.append(
                        "\nPort %s is a patch port, so they come to bridge %s, where "
                                .formatted(leg.to().config().name(), next.name()));
                text.append(next.detector().explain(peer.number()).text());
            }
        }
        if (again != null) {
            text.append("\nThey were at that bridge before, so they get no bypass.");
        }
        return text.toString();
    }

    /// Where they come in.
    BridgePort from() {
        return legs.getFirst().from();
    }

    /// Where they leave.
    BridgePort to() {
        return legs.getLast().to();
    }

    /// The bridge that they leave from.
    Bridge last() {
        return legs.getLast().bridge();
    }

    /// The patch ports that they pass.
    List<PatchPort> patches() {
        List<PatchPort> all = new ArrayList<>();
        for (Leg leg : legs) {
            if (leg.in != null) {
                all.add(leg.in);
            }
            if (leg.out != null) {
                all.add(leg.out);
            }
        }
        return all;
    }

    /// All ports that they pass.
    List<BridgePort> ports() {
        List<BridgePort> all = new ArrayList<>();
        for (Leg leg : legs) {
            all.add(leg.from());
            all.add(leg.to());
        }
        return all;
    }
}
