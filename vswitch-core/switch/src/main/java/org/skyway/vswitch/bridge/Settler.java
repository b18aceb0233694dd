package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.p2p.detect.Change;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.TableChanges;
import org.skyway.vswitch.tables.Tables;

/// Makes what was changed effective, in this order: the detector says which links are none any
/// more, look-ups see the changed tables and forget what these touch, the links' senders are taken
/// off, and when all of that is true, what the old tables held is dropped and new links begin.
/// Ofproto thread; waits for nobody.
final class Settler {
    private static final int RECLAIMED_AT_ONCE = 2000;

    private final Tables tables;
    private final Datapath datapath;
    private final Detection detector;
    private final Faults faults;
    private final Settlements settlements;
    private final BridgeFabric fabric;
    private final Bridge bridge;
    private Links links;
    private Bypasses bypasses;
    private long patched; // changes of patch ports that were looked at

    private long reclaimable; // the version of the oldest reader that may still be at work
    private long reclaimed; // the one that all was dropped for
    private boolean changed;
    private boolean rerouted; // something on a link's way is another object now
    private boolean commanded; // packet-outs that a poll thread may still have to do
    private boolean portsArePretended; // entries may be met under another ingress port
    private final List<Change> verdicts = new ArrayList<>(); // that nothing was done about yet
    private final Set<Integer> toBegin = new HashSet<>(); // ports whose links are looked at next
    private boolean allToBegin;

    Settler(
            BridgeFabric fabric,
            Bridge bridge,
            Tables tables,
            Datapath datapath,
            Detection detector,
            Faults faults,
            Settlements settlements) {
        this.fabric = fabric;
        this.bridge = bridge;
        this.tables = tables;
        this.datapath = datapath;
        this.detector = detector;
        this.faults = faults;
        this.settlements = settlements;
    }

    /// Before the first change is settled.
    void start(Bypasses given) {
        links = fabric.links();
        bypasses = given;
    }

    /// Something was changed that look-ups or verdicts depend on.
    void changed() {
        changed = true;
    }

    /// An entry was added, or another one came into its place.
    void changed(FlowRule now) {
        portsArePretended |= InPorts.arePretendedBy(now.instructions());
        changed = true;
    }

    /// A group was added, changed or removed.
    ///
    /// @param now what it is; null if it is gone
    void changed(GroupEntry now) {
        portsArePretended |= now != null && InPorts.arePretendedBy(now);
        changed = true;
    }

    /// Something on a link's way is another object now, which counts from now on.
    void rerouted() {
        rerouted = true;
    }

    /// A poll thread was told to do something to a packet.
    void commanded() {
        commanded = true;
    }

    /// All ports' links are to be looked at anew.
    void beginAll() {
        allToBegin = true;
        beginLinks();
    }

    /// Has the detector say what it makes of the changes so far; what is to be done about that is
    /// done with the next [#settle].
    void decide() {
        verdicts.addAll(detector.update());
    }

    /// Begins to make all changes effective.
    ///
    /// @param by on whose behalf; null for the switch's own
    void settle(Object by) {
        if (changed) {
            verdicts.addAll(detector.update());
            TableChanges published = tables.publish();
            long ticket = invalidate(published);
            boolean across = concernsOthers();
            Set<Link> broken = new LinkedHashSet<>(broken());
            if (across) {
                broken.addAll(fabric.brokenAcross());
            }
            Set<Link> concernedToo = leaving(published);
            fabric.withMemory(() -> links.revoke(broken, "the rules changed"));
            fabric.withMemory(() -> links.hasten(concernedToo));
            Set<Link> leaving = new LinkedHashSet<>(broken);
            leaving.addAll(concernedToo);
            List<Integer> concerned = verdicts.stream().map(Change::port).distinct().toList();
            boolean replaced = rerouted;
            // Not before all of it was done: what fails half-way is done again.
            verdicts.clear();
            changed = false;
            rerouted = false;
            commanded = false;
            settlements.begin(
                    by,
                    leaving,
                    ticket,
                    concerned,
                    () -> {
                        reclaimable = Math.max(reclaimable, published.version());
                        reclaim();
                        toBegin.addAll(concerned);
                        allToBegin |= replaced;
                        beginLinks();
                        fabric.settled(bridge, across || replaced);
                    });
        } else if (commanded) {
            commanded = false;
            settlements.begin(by, List.of(), datapath.ticket(), List.of(), () -> {});
        }
    }

    /// Drops some of what nobody sees any more. Also to be called from the clock.
    ///
    /// @return whether there is more
    boolean reclaim() {
        if (reclaimable > reclaimed && tables.reclaim(reclaimable, RECLAIMED_AT_ONCE)) {
            reclaimed = reclaimable;
        }
        return reclaimable > reclaimed;
    }

    /// Waits, on nobody's behalf, for links that were revoked for another reason.
    void await(Collection<Link> revoked) {
        settlements.begin(null, revoked, datapath.ticket(), List.of(), () -> {});
    }

    private long invalidate(TableChanges published) {
        try {
            return datapath.invalidate(published);
        } catch (RuntimeException e) {
            faults.record("ofproto thread: invalidation", e);
            datapath.tablesChanged();
            return datapath.ticket();
        }
    }

    // Links of other bridges may lead through a patch port whose verdict changed, or that was
    // connected or parted.
    private boolean concernsOthers() {
        long now = fabric.patches().changes();
        boolean changes = now != patched || !detector.works();
        patched = now;
        return changes || verdicts.stream().anyMatch(v -> isPatch(v.port()));
    }

    private boolean isPatch(int port) {
        BridgePort p = bridge.ports().byNumber(port);
        return p == null || p.datapathPort() instanceof PatchPort; // it may have been one
    }

    private Collection<Link> broken() {
        return detector.works() ? bypasses.broken(verdicts) : fabric.linksOf(bridge);
    }

    /// Whether what holds of a port's packets by now is about to be another thing.
    ///
    /// @param port its number
    boolean isAboutToChange(int port) {
        return changed || settlements.concerns(port);
    }

    // What was taken back before, or rests or failed, and this change may concern as well. The
    // rules may want it all the same.
    private Set<Link> leaving(TableChanges published) {
        Set<Link> leaving = new LinkedHashSet<>();
        for (Link link : links.leaving()) {
            if (mayConcern(published, link)) {
                leaving.add(link);
            }
        }
        return leaving;
    }

    // A rule that wants another ingress port is not met by what comes from a link's sender.
    private boolean mayConcern(TableChanges changes, Link link) {
        if (!fabric.touches(link, bridge)) {
            return false;
        }
        int from = fabric.entrance(link, bridge);
        if (changes.everything() || portsArePretended || from < 0) {
            return true;
        }
        for (FlowRule rule : changes.rules()) {
            long mask = rule.match().mask(FlowKey.IN_PORT) >>> 32;
            long wanted = rule.match().value(FlowKey.IN_PORT) >>> 32;
            if (((wanted ^ from) & mask) == 0) {
                return true;
            }
        }
        return false;
    }

    // A change that is on its way sees to its own ports when it is over, and what has only been
    // noted so far is decided about first.
    private void beginLinks() {
        if (changed) {
            return;
        }
        if (allToBegin) {
            allToBegin = false;
            fabric.withMemory(() -> bypasses.beginAll(port -> !settlements.concerns(port)));
        }
        for (int port : List.copyOf(toBegin)) {
            if (!settlements.concerns(port)) {
                toBegin.remove(port);
                fabric.withMemory(() -> bypasses.begin(port));
            }
        }
    }
}
