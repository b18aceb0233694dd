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
        Bridge bridge = first;
        PatchPort in = null;
        int from = port;
        Set<Bridge> passed = new HashSet<>();
        while (passed.add(bridge)) {
            BridgePort to =
                    bridge.verdict(from) instanceof Verdict.Link link
                            ? bridge.ports().byNumber(link.to())
                            : null;
            if (to == null) {
                return null;
            }
            Verdict.Link link = (Verdict.Link) bridge.verdict(from);
            PatchPort out = to.datapathPort() instanceof PatchPort p ? p : null;
            PatchPort peer = out == null ? null : out.peer();
            Bridge next = peer == null ? null : fabric.bridgeOf(peer);
            if (next == null) {
                legs.add(new Leg(bridge, in, link, null));
                return new PortWay(legs);
            }
            legs.add(new Leg(bridge, in, link, out));
            bridge = next;
            in = peer;
            from = peer.number();
        }
        return null;
    }

    /// Explains what becomes of a port's packets in the other bridges that they come to.
    ///
    /// @param first the port's
    /// @param port its number
    /// @return sentences for a reader, each on lines of its own; empty if they come to no other
    static String explainFrom(Bridge first, int port) {
        StringBuilder text = new StringBuilder();
        Bridge bridge = first;
        int from = port;
        Set<Bridge> passed = new HashSet<>();
        while (passed.add(bridge)) {
            BridgePort to =
                    bridge.verdict(from) instanceof Verdict.Link link
                            ? bridge.ports().byNumber(link.to())
                            : null;
            PatchPort peer =
                    to != null && to.datapathPort() instanceof PatchPort p ? p.peer() : null;
            Bridge next = peer == null ? null : first.fabric().bridgeOf(peer);
            if (next == null) {
                return text.toString();
            }
            bridge = next;
            from = peer.number();
            text.append(
                    "\nPort %s is a patch port, so they come to bridge %s, where "
                            .formatted(to.config().name(), bridge.name()));
            text.append(bridge.detector().explain(from).text());
        }
        return text.append("\nThey were at that bridge before, so they get no bypass.").toString();
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
