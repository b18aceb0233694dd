package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Int2IntHashMap;
import org.skyway.agent.Agent;
import org.skyway.ivshmem.region.RegionIds;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkRecords;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.PatchPanel;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.SavedState;

/// The bridges of a process, and what they have in common because patch ports may join them: a link
/// may lead from a VNF at one of them to a VNF at another, and is taken back when the rules of any
/// bridge on its way say so. All of them have the same ofproto thread. Ofproto thread.
public final class BridgeFabric {
    private final SwitchConfig config;
    private final RegionStore store;
    private final Faults faults;
    private final Events events;
    private final PatchPanel patches;
    private final RegionIds ids = new RegionIds();
    private final LinkRecords records;
    private final List<Bridge> bridges = new ArrayList<>();
    // Of ports that went, too, as long as somebody knows them.
    private final Map<DatapathPort, WeakReference<Bridge>> homes = new WeakHashMap<>();
    private Links links;
    private boolean postponed; // a link waits for what another bridge is about to change

    /// Bridges that are still to come.
    ///
    /// @param config what holds for all of them
    /// @param store where link regions are made
    /// @param memory where the counters of all of them lie
    /// @param patches the patch ports of all of them
    /// @param journal where events are recorded
    /// @param faults where errors that were survived are counted
    public BridgeFabric(
            SwitchConfig config,
            RegionStore store,
            CounterMemory memory,
            PatchPanel patches,
            Journal journal,
            Faults faults) {
        this.config = config;
        this.store = store;
        this.patches = patches;
        this.faults = faults;
        events = new Events(journal);
        records = new LinkRecords(memory);
    }

    /// Has links from now on, unless it has already.
    ///
    /// @param agent who plugs regions into VNFs
    /// @param owner the ofproto thread
    public void start(Agent agent, Executor owner) {
        if (links == null) {
            links =
                    new Links(
                            store,
                            ids,
                            config.linkCells(),
                            agent,
                            owner,
                            new LinkEvents(this, events, faults),
                            TimeUnit.MILLISECONDS.toNanos(config.obeyMillis()),
                            records);
        }
    }

    /// Links that the switch before has left count where they did.
    ///
    /// @param saved what that switch knew of one of the bridges
    /// @throws ConfigException if there is no room to remember them
    void resume(SavedState saved) {
        Int2IntHashMap tags = new Int2IntHashMap(0);
        for (Saved.Port p : saved.all(Saved.Port.class)) {
            tags.put(p.number(), (int) p.counters().tag());
        }
        for (Saved.Shared s : saved.all(Saved.Shared.class)) {
            Saved.Block l = s.links();
            if (saved.isOfThisBoot()
                    && !records.resume(saved.counters(), l.block(), l.tag(), tags::get)) {
                throw new ConfigException(
                        "the state directory has no room for what is noted of the links of the switch before; free some, and start again: they go on meanwhile");
            }
        }
    }

    void join(Bridge bridge) {
        bridges.add(bridge);
    }

    /// A bridge ends: so do the links of its VNFs.
    void leave(Bridge bridge, List<Attachment> vnfs) {
        bridges.remove(bridge);
        if (links != null) {
            vnfs.forEach(links::abandon);
        }
    }

    /// Lets go of the links' memory: the switch ends. VNFs keep what they have mapped.
    ///
    /// @throws IOException if files can't be removed
    public void close() throws IOException {
        if (links != null) {
            links.close();
        }
        store.removeLeftovers(false);
    }

    Links links() {
        return links;
    }

    LinkRecords records() {
        return records;
    }

    RegionIds ids() {
        return ids;
    }

    PatchPanel patches() {
        return patches;
    }

    /// A port is a bridge's, whatever becomes of it.
    void isAt(DatapathPort port, Bridge bridge) {
        homes.put(port, new WeakReference<>(bridge));
    }

    /// The bridge that a port is or was at.
    ///
    /// @return null if it is not one of these
    Bridge bridgeOf(DatapathPort port) {
        WeakReference<Bridge> bridge = homes.get(port);
        return bridge == null ? null : bridge.get();
    }

    /// A port of any of the bridges: no two of a process have the same name.
    ///
    /// @return null if there is none
    BridgePort port(String name) {
        for (Bridge bridge : bridges) {
            BridgePort port = bridge.port(name);
            if (port != null) {
                return port;
            }
        }
        return null;
    }

    /// Patch ports were parted. When no poll thread uses the cable any more, the marks in it go on
    /// as if it were still there: links that it was on the way of wait for them. Its packets are
    /// dropped, and its memory is let go of.
    ///
    /// @param ends what was on its way to each of the two
    void parted(List<PatchPort.End> ends) {
        Runnable drained =
                () -> {
                    ends.forEach(this::drain);
                    ends.forEach(PatchPort.End::close);
                };
        for (PatchPort.End end : ends) {
            Bridge bridge = bridgeOf(end.port());
            if (bridge != null && bridges.contains(bridge)) {
                Runnable then = drained;
                drained = () -> bridge.afterGrace(then);
            }
        }
        drained.run();
    }

    private void drain(PatchPort.End end) {
        Bridge bridge = bridgeOf(end.port());
        if (bridge != null && bridges.contains(bridge)) {
            end.drain(bridge.datapath()::forwardMark);
        }
    }

    /// The patch ports of all bridges.
    List<PatchPort> patchPorts() {
        List<PatchPort> all = new ArrayList<>();
        for (Bridge bridge : bridges) {
            for (BridgePort port : bridge.ports().all()) {
                if (port.datapathPort() instanceof PatchPort p) {
                    all.add(p);
                }
            }
        }
        return all;
    }

    /// A port as its bridge has it.
    ///
    /// @return null if it is removed
    BridgePort port(DatapathPort port) {
        Bridge bridge = bridgeOf(port);
        BridgePort there = bridge == null ? null : bridge.ports().byNumber(port.number());
        return there != null && there.datapathPort() == port ? there : null;
    }

    /// Whether a link has to do with a bridge: because of its ends, or of what lies between.
    boolean touches(Link link, Bridge bridge) {
        return bridgeOf(link.sender().port()) == bridge
                || bridgeOf(link.receiver().port()) == bridge
                || link.path().patches().stream().anyMatch(p -> bridgeOf(p) == bridge);
    }

    /// The links that have to do with a bridge.
    List<Link> linksOf(Bridge bridge) {
        return links.list().stream().filter(l -> touches(l, bridge)).toList();
    }

    /// By which port a link's packets come into a bridge.
    ///
    /// @return its number; negative if they don't
    int entrance(Link link, Bridge bridge) {
        if (bridgeOf(link.sender().port()) == bridge) {
            return link.sender().port().number();
        }
        List<PatchPort> passed = link.path().patches();
        for (int i = 1; i < passed.size(); i += 2) {
            if (bridgeOf(passed.get(i)) == bridge) {
                return passed.get(i).number();
            }
        }
        return -1;
    }

    /// Whether the rules still make a link what it is: by the verdicts of all bridges on its way.
    boolean leads(Link link) {
        Bridge bridge = bridgeOf(link.sender().port());
        PortWay way =
                bridge == null ? null : PortWay.of(this, bridge, link.sender().port().number());
        return way != null
                && way.to().attachment() == link.receiver()
                && (link.isUnclaimed() || way.patches().equals(link.path().patches()));
    }

    /// The links that pass several bridges and that the rules do not make any more.
    List<Link> brokenAcross() {
        return links.list().stream()
                .filter(l ->
                        l.isWanted()
                                && bridgeOf(l.sender().port()) != bridgeOf(l.receiver().port())
                                && !leads(l))
                .toList();
    }

    /// Why a link gets no bypass because somebody looks at one of the ports on its way; null if
    /// nobody does.
    String observed(Link link) {
        List<String> names = new ArrayList<>();
        names.add(link.sender().portName());
        names.add(link.receiver().portName());
        for (PatchPort p : link.path().patches()) {
            BridgePort port = port(p);
            if (port != null) {
                names.add(port.config().name());
            }
        }
        return observed(names);
    }

    /// The same for ports by their names.
    String observed(List<String> ports) {
        for (Bridge bridge : bridges) {
            for (String port : ports) {
                String why = bridge.observers().why(port);
                if (why != null) {
                    return why;
                }
            }
        }
        return null;
    }

    /// A link can't begin before a change of another bridge is in force.
    void postpone() {
        postponed = true;
    }

    /// Something that links of other bridges may depend on is in force now.
    ///
    /// @param bridge whose it is
    /// @param anyway whether it concerns them; else only those are looked at that wait for it
    void settled(Bridge bridge, boolean anyway) {
        if (bridges.size() > 1 && (anyway || postponed)) {
            postponed = false;
            for (Bridge other : List.copyOf(bridges)) {
                if (other != bridge) {
                    other.lookAgain();
                }
            }
        }
    }

    /// Does what touches the memory that is shared with VNFs. What one of them has cut short faults
    /// once, and then no more; whatever is done must go on where that stopped it when it is done
    /// again.
    ///
    /// @param work what to do
    void withMemory(Runnable work) {
        try {
            work.run();
        } catch (InternalError e) {
            checkMemory();
            work.run();
        }
    }

    /// Does without memory that a VNF has cut short, whichever bridge it is at.
    void checkMemory() {
        bridges.forEach(b -> b.ports().checkMemory());
        if (links != null) {
            links.checkMemory();
        }
    }
}
