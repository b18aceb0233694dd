package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.skyway.agent.Agent;
import org.skyway.agent.PortHost;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.openflow.model.PortState;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.ofproto.Forwarding;
import org.skyway.vswitch.ofproto.ForwardingListener;
import org.skyway.vswitch.port.PatchPanel;
import org.skyway.vswitch.port.TapPort;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.state.StateQueue;
import org.skyway.vswitch.tables.Tables;

/// What OpenFlow's changes do: tables for the pipeline, verdicts of the detector, links. Ofproto
/// thread only.
///
/// A flow-mod changes the tables that the pipeline looks at; the poll threads go on with what they
/// see and have cached. [#settle] begins to make the changes effective ([Settler]) and waits for
/// nobody.
public final class Bridge {
    private final SwitchConfig config;
    private final Tables tables = new Tables();
    private final Faults faults;
    private final Upcalls upcalls;
    private final Datapath datapath;
    private final Detection detector;
    private final Settlements settlements;
    private final Settler settler;
    private final Ports ports;
    private final StockPorts stock;
    private final BypassAccounts accounts;
    private final RegionStore store;
    private final Events events;
    private Vnfs vnfs;
    private final BridgeFabric fabric;
    private final Observers observers = new Observers(this);
    private Bypasses bypasses;
    private final Placement placement;
    private final CutThroughs cutThroughs;
    private Runnable awake;
    private Agent agent;
    private Executor owner;
    private final Notes notes;
    private boolean tidies = true; // whether regions that lie about are nobody's
    private final BridgeForwarding forwarding;
    private final BondedPorts bonded;
    private final PortSettings portSettings;
    private final InterfaceWatch interfaces;
    private final PortChanges changes;

    /// A bridge without ports; [#connect] and [#start] make it run.
    ///
    /// @param config what the user asked for
    /// @param store where regions are made
    /// @param journal where events are recorded
    /// @param faults where errors that were survived are counted
    /// @param state what is to be remembered by the switch that comes after this one; null for
    ///   nothing
    /// @param shared what it has in common with other bridges, which patch ports may join it with;
    ///   null for nothing
    public Bridge(
            SwitchConfig config,
            RegionStore store,
            Journal journal,
            Faults faults,
            StateQueue state,
            BridgeFabric shared) {
        this.config = config;
        notes = new Notes(state);
        this.store = store;
        fabric =
                shared != null
                        ? shared
                        : new BridgeFabric(
                                config, store, notes.memory(), new PatchPanel(), journal, faults);
        this.faults = faults;
        upcalls = new Upcalls(faults);
        datapath = new Datapath(config.pollThreads(), tables, upcalls, faults, notes.memory());
        detector = new Detection(tables, faults);
        settlements = new Settlements(datapath, faults, notes);
        settler = new Settler(fabric, this, tables, datapath, detector, faults, settlements);
        stock =
                new StockPorts(
                        store.runDirectory(), datapath, notes.memory(), config.offloads(), faults);
        ports = new Ports(this, datapath, detector, config.dpid(), notes.memory(), stock, fabric);
        accounts = new BypassAccounts(datapath.tableCounters());
        notes.shared(datapath.tableCounters(), fabric.records());
        events = new Events(journal);
        bonded = new BondedPorts(this, tables);
        portSettings = new PortSettings(this, tables, detector, bonded);
        interfaces = new InterfaceWatch(this, faults);
        changes = new PortChanges(this, ports, settlements, interfaces, bonded, notes);
        placement = new Placement(ports, datapath, settlements);
        cutThroughs = new CutThroughs(this, ports, detector, datapath, placement, events);
        forwarding =
                new BridgeForwarding(
                        this, datapath, detector, settler, settlements, ports, notes, faults);
    }

    /// What its OpenFlow side asks of it.
    ///
    /// @return on the ofproto thread
    public Forwarding forwarding() {
        return forwarding;
    }

    /// Connects the bridge with its OpenFlow side. Before anything else.
    ///
    /// @param owner the ofproto thread
    /// @param listener that side
    /// @param awake is done on the ofproto thread when somebody comes who may send
    /// @return what an agent needs of the switch
    public PortHost connect(Executor owner, ForwardingListener listener, Runnable awake) {
        this.awake = awake;
        ports.listener(listener);
        upcalls.deliver(
                owner,
                p -> listener.packetIn(p.frame(), p.length(), p.action()),
                listener::learned);
        vnfs = new Vnfs(this, store, fabric.ids(), config.ringCells(), owner, events);
        return vnfs;
    }

    /// Starts the poll threads and the links. On the ofproto thread.
    ///
    /// @param agent who plugs regions into VNFs
    /// @param owner the ofproto thread
    public void start(Agent agent, Executor owner) {
        this.agent = agent;
        this.owner = owner;
        fabric.start(agent, owner);
        settlements.start(owner, () -> fabric.withMemory(fabric.links()::advanceExits));
        stock.start(owner, changes::stockVnf);
        bypasses = new Bypasses(fabric, this, ports, detector, tables, settler, config.bypass());
        settler.start(bypasses);
        fabric.join(this);
        ports.addLocal(config.bridge());
        settler.changed();
        try {
            datapath.start(config.cores());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("cores: " + e.getMessage(), e);
        }
    }

    /// Ports that are added from now on go on from what an earlier switch knew of them, and so do
    /// tables; VNFs that connect wait until [#goOn]. What that switch has left is left as it is. On
    /// the ofproto thread.
    ///
    /// @param saved what it knew
    public void resume(SavedState saved) {
        tidies = false;
        vnfs.hold();
        stock.hold();
        ports.resume(saved);
        for (Saved.Shared s : saved.all(Saved.Shared.class)) {
            Saved.Block t = s.tables();
            datapath.tableCounters().resume(saved.counters(), t.block(), t.tag(), saved.threads());
        }
        fabric.resume(saved);
    }

    /// Goes on with the VNFs of the switch before, or without. All that could keep this one from
    /// starting is behind it. On the ofproto thread.
    ///
    /// @param saved what that switch knew; null for nothing
    /// @throws IOException if this one can't remember what it has to
    public void goOn(SavedState saved) throws IOException {
        new Continuation(fabric).add(this, saved).run();
    }

    /// What the switch remembers is all there is to remember: what an earlier one has left is
    /// removed.
    ///
    /// @throws IOException if it can't remember that
    void remembersAll() throws IOException {
        notes.complete();
        tidies = true;
    }

    /// Its VNFs, and those of stock, are let in.
    ///
    /// @param there ports of stock VNFs that were here before
    void open(Set<DatapathPort> there) {
        vnfs.open();
        stock.release(there);
    }

    RegionStore store() {
        return store;
    }

    /// What it has in common with other bridges.
    BridgeFabric fabric() {
        return fabric;
    }

    BypassAccounts accounts() {
        return accounts;
    }

    /// Which links get bypasses. After [#start].
    ///
    /// @return for the ofproto thread
    public Bypasses bypasses() {
        return bypasses;
    }

    /// Whether what holds of a port's packets by now is about to be another thing.
    boolean isAboutToChange(int port) {
        return settler.isAboutToChange(port);
    }

    /// Links that begin here may be others now, because of another bridge.
    void lookAgain() {
        settler.beginAll();
    }

    /// What the user asked for.
    SwitchConfig config() {
        return config;
    }

    String name() {
        return config.bridge();
    }

    /// A port by its name.
    ///
    /// @param name its name
    /// @return null if there is none
    public BridgePort port(String name) {
        return ports.byName(name);
    }

    /// The ports, but for the local one.
    ///
    /// @return as of now, by number
    public Collection<BridgePort> allPorts() {
        return ports.all();
    }

    /// Adds and removes its ports.
    ///
    /// @return for the ofproto thread
    public PortChanges portChanges() {
        return changes;
    }

    /// What somebody wants of its ports.
    ///
    /// @return for the ofproto thread
    public PortSettings portSettings() {
        return portSettings;
    }

    /// What the poll threads have cached.
    ///
    /// @return for each thread, lines in the manner of Open vSwitch's datapath flows
    public List<List<String>> megaflows() {
        return datapath.megaflows(TraceReport::actions);
    }

    /// Has the local port be an interface of the host. Before [#start].
    ///
    /// @param mac the interface's address
    public void withHostInterface(long mac) {
        ports.withHostInterface(mac);
    }

    /// Something was changed that look-ups or verdicts depend on.
    void changed() {
        settler.changed();
    }

    Vnfs vnfs() {
        return vnfs;
    }

    /// Somebody may send from now on.
    void wake() {
        datapath.wake();
        awake.run();
    }

    /// Whether anybody is there, or something of somebody who was, or a bond, whose members' links
    /// must not wait.
    ///
    /// @return true if so; otherwise [#tick] can wait
    public boolean hasVnfs() {
        return !fabric.links().list().isEmpty()
                || !bonded.all().isEmpty()
                || ports.all().stream().anyMatch(p -> p.attachment() != null);
    }

    Events events() {
        return events;
    }

    /// Decides about links by what was changed, before that is effective.
    void decide() {
        settler.decide();
    }

    /// Begins to make changes of the switch's own effective.
    void settle() {
        settler.settle(null);
    }

    /// Does something when no poll thread uses any more what it could find before now.
    ///
    /// @param then on the ofproto thread
    void afterGrace(Runnable then) {
        settlements.afterGrace(then);
    }

    /// The ofproto thread.
    Executor owner() {
        return owner;
    }

    /// Who sees packets of ports.
    Observers observers() {
        return observers;
    }

    /// Who plugs regions into VNFs.
    Agent agent() {
        return agent;
    }

    /// Whether it has interfaces of the host that it has made.
    ///
    /// @return true if so: another process can't have them as long as this one is there
    public boolean hasTaps() {
        return ports.all().stream().anyMatch(p -> p.datapathPort() instanceof TapPort);
    }

    /// Whether there are links of its VNFs, those that were there included, or others that pass it
    /// and are not off.
    ///
    /// @return true if so
    public boolean hasLinks() {
        return vnfs.all().stream().anyMatch(links()::concerns)
                || fabric.linksOf(this).stream().anyMatch(l -> !Links.isOff(l));
    }

    /// Does what is due, every few milliseconds.
    ///
    /// @return whether anything is under way that wants another tick soon
    public boolean tick() {
        notes.commit();
        boolean busy = survive("settlements", settlements::check);
        busy |= survive("tables", settler::reclaim);
        busy |= survive("interfaces", interfaces::tick);
        busy |= survive("bonds", bonded::tick);
        busy |= survive("links", links()::tick);
        busy |= survive("VNFs", vnfs::tick);
        busy |=
                survive(
                        "counters",
                        () -> {
                            links().sample();
                            return false;
                        });
        return busy;
    }

    // Memory that a VNF has cut short is done without from then on; the next tick goes on.
    private boolean survive(String what, BooleanSupplier work) {
        try {
            return work.getAsBoolean();
        } catch (InternalError e) {
            fabric.checkMemory();
        } catch (Throwable e) {
            faults.record("ofproto thread: " + what, e);
        }
        return true;
    }

    /// Looks at the interfaces that are its ports, if something has changed: who is told of one
    /// that is up counts on it from then on.
    public void lookAtInterfaces() {
        interfaces.look();
    }

    /// Looks after what changes slowly, a few times a second: rings that went bad, addresses that
    /// age.
    public void slowTick() {
        fabric.checkMemory();
        if (detector.recover(ports.all())) {
            settler.beginAll();
        }
        if (detector.wake()) {
            settler.changed();
            settle();
        }
        changes.dropFaulty();
        placement.sample();
        cutThroughs.update();
        tables.macs().expire(System.nanoTime());
    }

    /// Which poll thread receives from which port.
    Placement placement() {
        return placement;
    }

    /// Links that are moved by the poll threads with one copy.
    CutThroughs cutThroughs() {
        return cutThroughs;
    }

    /// Where the socket of a stock VNF's port is.
    Path socketOf(PortConfig port) {
        return stock.socketOf(port);
    }

    /// Packets for the controllers that were dropped because there were too many.
    long packetInsDropped() {
        return upcalls.dropped();
    }

    /// Writes all there is to remember and stops moving packets, at the end of what is in hand;
    /// what it counts until then lies in memory that the next switch reads. The process is about to
    /// end. Ofproto thread.
    public void handOver() {
        vnfs.hold();
        notes.close(); // while packets still move
        datapath.close();
        interfaces.leave();
        stock.handOver();
    }

    Ports ports() {
        return ports;
    }

    Links links() {
        return fabric.links();
    }

    /// What moves its packets.
    ///
    /// @return for the ofproto thread
    public Datapath datapath() {
        return datapath;
    }

    P2pDetector detector() {
        return detector.detector();
    }

    /// One that knows the ports as they are now, and looks at tables that nobody forwards by.
    P2pDetector detectorOf(Tables given) {
        Map<Integer, PortState> now = datapath.tables().ports();
        return detector.lookingAt(given, () -> now, ports.all());
    }

    /// Stops the poll threads and lets go of all memory. VNFs keep what they have mapped, but the
    /// files are gone: a switch that comes after this one makes its own. Those of machines' ports
    /// stay.
    public void close() {
        datapath.close();
        stock.close();
        fabric.leave(this, vnfs == null ? List.of() : vnfs.all());
        if (vnfs != null) {
            vnfs.close();
        }
        interfaces.close();
        if (!tidies) {
            return; // it never came to take over what is there
        }
        try {
            store.removeLeftovers(false); // links' as well, if it is alone
        } catch (IOException e) {
            faults.record("regions", e);
        }
    }
}
