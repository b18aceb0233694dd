package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.model.FlowRule;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkPath;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.ofproto.FlowCounters;
import org.skyway.vswitch.ofproto.FlowEntry;
import org.skyway.vswitch.pipeline.GroupState;
import org.skyway.vswitch.pipeline.Tables;
import org.skyway.vswitch.port.Attachment;

/// Which of the point-to-point links that the detector found get a bypass. Ofproto thread.
final class Bypasses {
    private final Ports ports;
    private final P2pDetector detector;
    private final Tables tables;
    private final Links links;
    private final Set<String> held = new HashSet<>(); // ports whose links get none
    private boolean allowed;

    Bypasses(Ports ports, P2pDetector detector, Tables tables, Links links, boolean allowed) {
        this.ports = ports;
        this.detector = detector;
        this.tables = tables;
        this.links = links;
        this.allowed = allowed;
    }

    boolean allowed() {
        return allowed;
    }

    void allow(boolean on) {
        if (on == allowed) {
            return;
        }
        allowed = on;
        if (on) {
            wantAll();
        } else {
            links.revoke(links.list(), "bypasses were switched off");
        }
    }

    void hold(List<String> names, boolean hold) {
        if (!hold) {
            held.removeAll(names);
            if (allowed) {
                wantAll();
            }
            return;
        }
        held.addAll(names);
        for (String name : names) {
            BridgePort port = ports.byName(name);
            if (port != null && port.attachment() != null) {
                links.withdraw(port.attachment(), "its machine is prepared for migration");
            }
        }
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
            Attachment from = attachment(verdict.from());
            Attachment to = receiver(verdict);
            if (from == null || to == null) {
                continue;
            }
            String why = null;
            if (!allowed) {
                why = "bypasses are switched off; `skyway ctl bypass on` allows them";
            } else if (held.contains(from.portName()) || held.contains(to.portName())) {
                why =
                        "the machine of port %s is prepared for migration; `skyway ctl vm resume-links` allows its links again"
                                .formatted(
                                        held.contains(from.portName())
                                                ? from.portName()
                                                : to.portName());
            }
            if (why != null
                    && links.list().stream()
                            .noneMatch(l -> l.sender() == from && l.receiver() == to)) {
                all.add(new HeldBack(from.portName(), to.portName(), why));
            }
        }
        return all;
    }

    /// The links that are none any more.
    ///
    /// @param changes what the detector found
    /// @return those to be revoked
    List<Link> broken(List<Change> changes) {
        List<Link> broken = new ArrayList<>();
        for (Change change : changes) {
            Attachment from = attachment(change.port());
            if (from != null) {
                Attachment to = receiver(change.after());
                for (Link link : links.wantedFrom(from)) {
                    if (link.receiver() != to) {
                        broken.add(link);
                    }
                }
            }
        }
        return broken;
    }

    /// Gives what has become a link a bypass, if that is allowed.
    ///
    /// @param changes what the detector found
    /// @param rerouted whether something on a link's way was replaced by another that does the
    ///   same: from now on the other one counts
    void begin(List<Change> changes, boolean rerouted) {
        if (!allowed) {
            return;
        }
        for (Change change : changes) {
            if (change.after() != null) {
                want(change.after());
            }
        }
        if (rerouted) {
            wantAll();
        }
    }

    private void wantAll() {
        detector.verdicts().forEach(this::want);
    }

    private void want(Verdict verdict) {
        Attachment from = attachment(verdict.from());
        Attachment to = receiver(verdict);
        if (from != null
                && to != null
                && !held.contains(from.portName())
                && !held.contains(to.portName())
                && verdict instanceof Verdict.Link link) {
            links.want(
                    from,
                    to,
                    new LinkPath(entries(link.path()), link.lookups(), groups(link.groups())));
        }
    }

    private List<FlowEntry> entries(List<FlowRule> rules) {
        List<FlowEntry> entries = new ArrayList<>();
        for (FlowRule rule : rules) {
            TupleTable<FlowEntry> table = tables.table(rule.table());
            entries.add(table.get(rule.match(), rule.priority()));
        }
        return entries;
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

    private Attachment attachment(int port) {
        BridgePort p = ports.byNumber(port);
        return p == null ? null : p.attachment();
    }

    private Attachment receiver(Verdict verdict) {
        return verdict instanceof Verdict.Link link ? attachment(link.to()) : null;
    }
}
