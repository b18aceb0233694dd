package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.HashSet;
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
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// Which of the point-to-point links that the detector found get a bypass. Ofproto thread.
final class Bypasses {
    private final Ports ports;
    private final Detection detector;
    private final Tables tables;
    private final Links links;
    private final Set<String> held = new HashSet<>(); // ports whose links get none
    private final Observers observers;
    private boolean allowed;

    Bypasses(
            Ports ports,
            Detection detector,
            Tables tables,
            Links links,
            Observers observers,
            boolean allowed) {
        this.observers = observers;
        this.ports = ports;
        this.detector = detector;
        this.tables = tables;
        this.links = links;
        this.allowed = allowed;
    }

    boolean allowed() {
        return allowed;
    }

    /// @return the links that are on their way off now
    List<Link> allow(boolean on) {
        if (on == allowed) {
            return List.of();
        }
        allowed = on;
        if (on) {
            wantAll(port -> true);
            return List.of();
        }
        List<Link> revoked = links.list();
        links.revoke(revoked, "bypasses were switched off");
        return revoked;
    }

    /// @return the links that are on their way off now
    List<Link> hold(List<String> names, boolean hold) {
        List<Link> revoked = new ArrayList<>();
        if (!hold) {
            held.removeAll(names);
            if (allowed) {
                wantAll(port -> true);
            }
            return revoked;
        }
        held.addAll(names);
        for (String name : names) {
            BridgePort port = ports.byName(name);
            if (port != null && port.attachment() != null) {
                String why = "its machine is prepared for migration";
                revoked.addAll(links.withdraw(port.attachment(), why));
            }
        }
        return revoked;
    }

    /// Takes the bypasses of a port back, because somebody looks at its packets. They come back
    /// when that is over.
    ///
    /// @return the links that are on their way off now
    List<Link> revokeFor(BridgePort port, String why) {
        if (port.attachment() == null) {
            return List.of();
        }
        List<Link> revoked =
                links.list().stream()
                        .filter(l ->
                                l.sender() == port.attachment()
                                        || l.receiver() == port.attachment())
                        .toList();
        links.revoke(revoked, why);
        return revoked;
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
            if (why == null) {
                why = observed(from.portName(), to.portName());
            }
            if (why != null
                    && links.list().stream()
                            .noneMatch(l -> l.sender() == from && l.receiver() == to)) {
                all.add(new HeldBack(from.portName(), to.portName(), why));
            }
        }
        return all;
    }

    /// Why a link gets none because somebody looks at one of its ports; null if nobody does.
    String observed(String from, String to) {
        String why = observers.why(from);
        return why != null ? why : observers.why(to);
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

    /// Gives ports that have a link now a bypass, if that is allowed.
    ///
    /// @param port its number
    void begin(int port) {
        Verdict verdict = detector.verdict(port);
        if (allowed && verdict != null) {
            want(verdict);
        }
    }

    /// The same for all ports; also, if something on a link's way was replaced by another that does
    /// the same, from now on the other one counts.
    ///
    /// @param which ports, by number
    void beginAll(IntPredicate which) {
        if (allowed) {
            wantAll(which);
        }
    }

    private void wantAll(IntPredicate which) {
        for (Verdict verdict : detector.verdicts()) {
            if (which.test(verdict.from())) {
                want(verdict);
            }
        }
    }

    private void want(Verdict verdict) {
        Attachment from = attachment(verdict.from());
        Attachment to = receiver(verdict);
        if (from != null
                && to != null
                && !held.contains(from.portName())
                && !held.contains(to.portName())
                && observed(from.portName(), to.portName()) == null
                && verdict instanceof Verdict.Link link) {
            List<FlowEntry> entries = entries(link.path());
            if (entries != null) {
                links.want(from, to, new LinkPath(entries, link.lookups(), groups(link.groups())));
            }
        }
    }

    // Null if one of them has gone since the detector looked; it will look again.
    private List<FlowEntry> entries(List<FlowRule> rules) {
        List<FlowEntry> entries = new ArrayList<>();
        for (FlowRule rule : rules) {
            FlowEntry entry = tables.find(rule);
            if (entry == null) {
                return null;
            }
            entries.add(entry);
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
