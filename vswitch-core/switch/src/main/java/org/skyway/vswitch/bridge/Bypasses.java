package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.skyway.openflow.model.FlowRule;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkPath;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// Which of the point-to-point links that begin at a bridge's ports get a bypass, wherever they
/// lead. Ofproto thread.
public final class Bypasses {
    private final BridgeFabric fabric;
    private final Bridge bridge;
    private final Ports ports;
    private final Detection detector;
    private final Tables tables;
    private final Settler settler;
    private final Links links;
    private final Set<String> held = new HashSet<>(); // ports whose links get none
    private boolean allowed;

    Bypasses(
            BridgeFabric fabric,
            Bridge bridge,
            Ports ports,
            Detection detector,
            Tables tables,
            Settler settler,
            boolean allowed) {
        this.fabric = fabric;
        this.bridge = bridge;
        this.ports = ports;
        this.detector = detector;
        this.tables = tables;
        this.settler = settler;
        this.links = fabric.links();
        this.allowed = allowed;
    }

    boolean allowed() {
        return allowed;
    }

    /// Allows or forbids bypasses. What is in use is taken back, as if the rules had changed.
    void allow(boolean on) {
        bridge.settle();
        if (on == allowed) {
            return;
        }
        allowed = on;
        if (on) {
            everybodyLooksAgain();
        } else {
            List<Link> revoked = fabric.linksOf(bridge);
            links.revoke(revoked, "bypasses were switched off");
            settler.await(revoked);
        }
    }

    private void everybodyLooksAgain() {
        beginAll(port -> true);
        fabric.settled(bridge, true);
    }

    /// Gives links of ports no bypasses for now: those in use are taken back and unplugged, and
    /// their machines may be migrated or saved. Or allows them again.
    ///
    /// @param names of the ports
    /// @param hold whether to begin or to end that
    public void hold(List<String> names, boolean hold) {
        bridge.settle();
        if (!hold) {
            held.removeAll(names);
            everybodyLooksAgain();
            return;
        }
        List<Link> revoked = new ArrayList<>();
        held.addAll(names);
        for (String name : names) {
            BridgePort port = ports.byName(name);
            if (port != null && port.attachment() != null) {
                String why = "its machine is prepared for migration";
                revoked.addAll(links.withdraw(port.attachment(), why));
            }
        }
        settler.await(revoked);
    }

    /// Takes the bypasses of a port back, because somebody looks at its packets. They come back
    /// with [#observedNoMore].
    void revokeFor(BridgePort port, String why) {
        bridge.settle();
        List<Link> revoked =
                links.list().stream()
                        .filter(l ->
                                l.sender().port() == port.datapathPort()
                                        || l.receiver().port() == port.datapathPort()
                                        || port.datapathPort() instanceof PatchPort p
                                                && l.path().patches().contains(p))
                        .toList();
        links.revoke(revoked, why);
        settler.await(revoked);
    }

    /// Somebody does not look any more.
    void observedNoMore() {
        bridge.settle();
        everybodyLooksAgain();
    }

    boolean isHeld(String port) {
        return held.contains(port);
    }

    /// A point-to-point link that gets no bypass for now.
    ///
    /// @param why what must happen first
    record HeldBack(String from, String to, String why) {}

    /// The links that would get a bypass, were they not held back.
    List<HeldBack> heldBack() {
        List<HeldBack> all = new ArrayList<>();
        for (Verdict verdict : detector.verdicts()) {
            PortWay way = way(verdict.from());
            if (way == null) {
                continue;
            }
            Attachment from = way.from().attachment();
            Attachment to = way.to().attachment();
            String why = obstacle(way);
            if (why != null
                    && links.list().stream()
                            .noneMatch(l -> l.sender() == from && l.receiver() == to)) {
                all.add(new HeldBack(from.portName(), to.portName(), why));
            }
        }
        return all;
    }

    // Why a way between two VNFs gets no bypass now, whatever the rules; null if it may have one.
    private String obstacle(PortWay way) {
        if (way.legs().stream().anyMatch(leg -> !leg.bridge().bypasses().allowed)) {
            return "bypasses are switched off; `skyway ctl bypass on` allows them";
        }
        String from = way.from().config().name();
        String to = way.to().config().name();
        if (isHeld(from) || way.last().bypasses().isHeld(to)) {
            return "the machine of port %s is prepared for migration; `skyway ctl vm resume-links` allows its links again"
                    .formatted(isHeld(from) ? from : to);
        }
        return fabric.observed(way.ports().stream().map(p -> p.config().name()).toList());
    }

    /// The links that are none any more.
    ///
    /// @param changes what the detector found
    /// @return those to be revoked
    Set<Link> broken(List<Change> changes) {
        Set<Link> broken = new LinkedHashSet<>();
        for (Change change : changes) {
            BridgePort port = ports.byNumber(change.port());
            Attachment from = port == null ? null : port.attachment();
            if (from != null) {
                for (Link link : links.wantedFrom(from)) {
                    if (!fabric.leads(link)) {
                        broken.add(link);
                    }
                }
            }
        }
        return broken;
    }

    /// Gives ports that have a link now a bypass, if that is allowed.
    ///
    /// @param port its number
    void begin(int port) {
        PortWay way = allowed ? way(port) : null;
        if (way == null || obstacle(way) != null) {
            return;
        }
        for (PortWay.Leg leg : way.legs()) {
            if (leg.bridge() != bridge && leg.bridge().isAboutToChange(leg.link().from())) {
                fabric.postpone();
                return;
            }
        }
        List<LinkPath.Hop> hops = new ArrayList<>();
        for (PortWay.Leg leg : way.legs()) {
            LinkPath.Hop hop = leg.bridge().bypasses().hop(leg);
            if (hop == null) {
                return;
            }
            hops.add(hop);
        }
        links.want(way.from().attachment(), way.to().attachment(), new LinkPath(hops));
    }

    /// The same for all ports; also, if something on a link's way was replaced by another that does
    /// the same, from now on the other one counts.
    ///
    /// @param which ports, by number
    void beginAll(IntPredicate which) {
        if (!allowed) {
            return;
        }
        for (Verdict verdict : detector.verdicts()) {
            if (which.test(verdict.from())) {
                begin(verdict.from());
            }
        }
    }

    // From one VNF to another; null if that is not where the port's packets go.
    private PortWay way(int port) {
        BridgePort from = ports.byNumber(port);
        PortWay way =
                from == null || from.attachment() == null ? null : PortWay.of(fabric, bridge, port);
        return way == null || way.to().attachment() == null ? null : way;
    }

    // Null if one of the entries has gone since the detector looked; it will look again.
    private LinkPath.Hop hop(PortWay.Leg leg) {
        List<FlowEntry> entries = new ArrayList<>();
        for (FlowRule rule : leg.link().path()) {
            FlowEntry entry = tables.find(rule);
            if (entry == null) {
                return null;
            }
            entries.add(entry);
        }
        return new LinkPath.Hop(
                leg.in(), entries, leg.link().lookups(), groups(leg.link().groups()), leg.out());
    }

    private List<FlowCounters> groups(List<Verdict.GroupHit> hits) {
        List<FlowCounters> counters = new ArrayList<>();
        for (Verdict.GroupHit hit : hits) {
            GroupState group = tables.group(hit.group());
            counters.add(
                    hit.bucket() == Verdict.GroupHit.WHOLE
                            ? group.counters()
                            : group.counters(hit.bucket()));
        }
        return counters;
    }
}
