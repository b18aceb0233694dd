package org.skyway.vswitch.bridge;

import java.util.List;
import java.util.concurrent.Executor;
import org.skyway.agent.Agent;
import org.skyway.agent.PortHost;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.ivshmem.sys.PacketCounters;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.p2p.detect.Change;
import org.skyway.p2p.detect.FragmentHandling;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.Traffic;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.LinkListener;
import org.skyway.vswitch.link.LinkState;
import org.skyway.vswitch.link.Links;
import org.skyway.vswitch.ofproto.BypassCounters;
import org.skyway.vswitch.ofproto.FlowEntry;
import org.skyway.vswitch.ofproto.Forwarding;
import org.skyway.vswitch.ofproto.GroupCounters;
import org.skyway.vswitch.ofproto.PortCounters;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.pipeline.GroupState;
import org.skyway.vswitch.pipeline.MeterState;
import org.skyway.vswitch.pipeline.Program;
import org.skyway.vswitch.pipeline.Tables;
import org.skyway.vswitch.pipeline.Translation;
import org.skyway.vswitch.port.Attachment;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.NetdevPort;

/// What OpenFlow's changes do: tables for the pipeline, verdicts of the detector, links. Ofproto
/// thread only.
///
/// A flow-mod changes the tables that the pipeline looks at; the poll threads go on with what they
/// have cached. [#settle] first takes back the links that the changes break, so that from then on
/// every packet passes the switch, then has the poll threads forget, and then begins what links
/// there are now.
public final class Bridge implements Forwarding, LinkListener {
    private static final int MIN_FRAME = 14;

    private final SwitchConfig config;
    private final Tables tables = new Tables();
    private final Upcalls upcalls = new Upcalls();
    private final Datapath datapath;
    private final P2pDetector detector = new P2pDetector();
    private final Ports ports;
    private final BypassAccounts accounts;
    private final RegionStore store;
    private final Events events;
    private Vnfs vnfs;
    private Links links;
    private Bypasses bypasses;
    private Agent agent;
    private final long createdNanos = System.nanoTime();
    private boolean changed;
    private boolean rerouted; // something on a link's way is another object now
    private boolean commanded; // packet-outs that a poll thread may still have to do

    /// A bridge without ports; [#connect] and [#start] make it run.
    ///
    /// @param config what the user asked for
    /// @param store where regions are made
    /// @param journal where events are recorded
    public Bridge(SwitchConfig config, RegionStore store, Journal journal) {
        this.config = config;
        this.store = store;
        datapath = new Datapath(config.pollThreads(), tables, upcalls);
        ports = new Ports(datapath, detector, config.dpid());
        accounts = new BypassAccounts(ports::byName);
        events = new Events(journal);
    }

    /// Connects the bridge with its OpenFlow side. Before anything else.
    ///
    /// @param owner the ofproto thread
    /// @param listener is told of ports
    /// @param controllers takes what comes from packets
    /// @return what an agent needs of the switch
    public PortHost connect(Executor owner, PortListener listener, Controllers controllers) {
        ports.listener(listener);
        upcalls.deliver(
                owner,
                p -> controllers.packetIn(p.frame(), p.length(), p.action()),
                controllers::learned);
        vnfs = new Vnfs(this, store, config.ringCells(), owner, events);
        return vnfs;
    }

    /// What comes from packets and is for the OpenFlow side. Called on the ofproto thread.
    public interface Controllers {
        /// A packet is for the controllers.
        ///
        /// @param frame the packet
        /// @param length how long it was on the wire
        /// @param action why it goes to the controllers
        void packetIn(byte[] frame, int length, DatapathAction.ToController action);

        /// A rule was learned from a packet.
        ///
        /// @param learned the rule
        void learned(DatapathAction.Learned learned);
    }

    /// Starts the poll threads and the links. On the ofproto thread.
    ///
    /// @param agent who plugs regions into VNFs
    /// @param owner the ofproto thread
    public void start(Agent agent, Executor owner) {
        this.agent = agent;
        links = new Links(store, config.linkCells(), agent, owner, this);
        bypasses = new Bypasses(ports, detector, tables, links, config.bypass());
        ports.addLocal(config.bridge());
        try {
            datapath.start(config.cores());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("cores: " + e.getMessage(), e);
        }
    }

    /// What the user asked for.
    ///
    /// @return the configuration
    public SwitchConfig config() {
        return config;
    }

    // ---- what the user asks for

    /// The bridge's name.
    ///
    /// @return its name
    public String name() {
        return config.bridge();
    }

    /// Adds a port.
    ///
    /// @param asked what kind, which name and number
    /// @return the port
    /// @throws ConfigException if name or number is taken, or the interface can't be had
    public BridgePort addPort(PortConfig asked) {
        if (asked.name().equals(config.bridge())) {
            throw new ConfigException(
                    "port %s can't have the bridge's name, which is its local port's"
                            .formatted(asked.name()));
        }
        BridgePort port = ports.add(asked);
        if (config.machines() && asked.type() == PortConfig.Type.DPDKR) {
            try {
                agent.offer(vnfs.prepare(asked.name()));
            } catch (ConfigException e) {
                ports.remove(port);
                throw e;
            }
        }
        changed = true;
        settle();
        return port;
    }

    /// Removes a port; a VNF at it loses it.
    ///
    /// @param name the port's name
    /// @throws ConfigException if there is no such port
    public void removePort(String name) {
        BridgePort port = ports.byName(name);
        if (port == null) {
            throw new ConfigException(
                    "there is no port %s on bridge %s".formatted(name, config.bridge()));
        }
        Attachment vnf = port.attachment();
        if (vnf != null) {
            vnfs.disconnect(port, "port " + name + " was removed");
        }
        ports.remove(port);
        vnfs.removed(name, vnf != null);
        changed = true;
        settle();
        if (vnf != null) {
            agent.drop(name, "port " + name + " was removed");
        }
    }

    // ---- Forwarding

    @Override
    public void entryAdded(FlowEntry entry) {
        tables.put(entry);
        detector.ruleAdded(entry.rule());
        events.flow("flow-add", entry.rule());
        changed = true;
    }

    @Override
    public void entryRemoved(FlowEntry entry) {
        tables.remove(entry);
        detector.ruleRemoved(entry.rule());
        rerouted |= links.uses(entry);
        events.flow("flow-delete", entry.rule());
        changed = true;
    }

    @Override
    public void entryReplaced(FlowEntry old, FlowEntry now) {
        tables.put(now);
        detector.ruleReplaced(old.rule(), now.rule());
        rerouted |= links.uses(old);
        events.flow("flow-modify", now.rule());
        changed = true;
    }

    @Override
    public void groupChanged(int id, GroupEntry group) {
        tables.group(id, group == null ? null : new GroupState(group, config.pollThreads()));
        detector.groupChanged(id, group);
        changed = true;
        rerouted = true;
    }

    @Override
    public GroupCounters groupCounters(int id) {
        GroupState state = tables.group(id);
        return state == null ? GroupCounters.ZERO : state;
    }

    @Override
    public void meterChanged(int id, Meter meter) {
        tables.meter(id, meter == null ? null : new MeterState(meter, System.nanoTime()));
        changed = true;
    }

    @Override
    public MeterState meterState(int id) {
        return tables.meter(id);
    }

    @Override
    public void portConfigured(PortState port) {
        if (port.number() == OfPort.LOCAL) {
            tables.port(port);
            changed = true;
        }
        BridgePort p = ports.byNumber(port.number());
        if (p != null) {
            ports.configured(p, port.config());
            changed = true;
        }
    }

    @Override
    public void settle() {
        if (changed) {
            changed = false;
            List<Change> changes = detector.update();
            List<Link> broken = bypasses.broken(changes);
            withMemory(() -> links.revoke(broken, "the rules changed"));
            datapath.settle();
            boolean replaced = rerouted;
            withMemory(() -> bypasses.begin(changes, replaced));
            rerouted = false;
        } else if (commanded) {
            datapath.settle();
        }
        commanded = false;
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

    private void checkMemory() {
        for (BridgePort port : ports.all()) {
            if (port.datapathPort() instanceof DpdkrPort d) {
                d.checkMemory();
            }
        }
        links.checkMemory();
    }

    /// Allows or forbids bypasses. What is in use is taken back, as if the rules had changed.
    ///
    /// @param on whether links are given bypasses
    public void bypass(boolean on) {
        settle();
        bypasses.allow(on);
    }

    /// Gives links of ports no bypasses for now: those in use are taken back and unplugged, and
    /// their machines may be migrated or saved. Or allows them again.
    ///
    /// @param names of the ports
    /// @param hold whether to begin or to end that
    public void hold(List<String> names, boolean hold) {
        settle();
        bypasses.hold(names, hold);
    }

    boolean isHeld(String port) {
        return bypasses.isHeld(port);
    }

    List<Bypasses.HeldBack> heldBack() {
        return bypasses.heldBack();
    }

    /// The file of a port's region for virtual machines; null if it has none.
    String lastingRegion(String port) {
        return vnfs.lastingRegion(port);
    }

    /// Who plugs regions into VNFs.
    ///
    /// @return the agent
    public Agent agent() {
        return agent;
    }

    /// Whether links are given bypasses.
    ///
    /// @return true unless told otherwise
    public boolean bypass() {
        return bypasses.allowed();
    }

    @Override
    public Runnable packetOut(byte[] frame, Match metadata, List<Action> actions) {
        long[] key = key(frame, (int) metadata.valueOf(Field.IN_PORT));
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] |= metadata.value(w);
        }
        Translation translation = new Translation(tables, key, System.nanoTime());
        Program program = translation.run(actions);
        if (translation.gaveUp()) {
            return null;
        }
        return () -> {
            datapath.run(program, frame);
            commanded = true;
        };
    }

    @Override
    public Runnable resume(byte[] frame, Match metadata, Frozen rest) {
        long[] key = key(frame, (int) metadata.valueOf(Field.IN_PORT));
        for (int w = FlowKey.PACKET_WORDS; w < FlowKey.WORDS; w++) {
            key[w] = metadata.value(w);
        }
        Translation translation = new Translation(tables, key, System.nanoTime());
        Program program = translation.resume(rest);
        return translation.gaveUp() ? null : () -> datapath.run(program, frame);
    }

    static long[] key(byte[] frame, int inPort) {
        if (frame.length >= MIN_FRAME) {
            return FrameParser.parse(frame, inPort);
        }
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, inPort);
        return key;
    }

    @Override
    public PortCounters portCounters(int number) {
        if (number == OfPort.LOCAL) {
            long dropped = ports.local().traffic().sum(Traffic.TX_DROPPED);
            return new PortCounters(0, 0, 0, 0, 0, dropped, 0, 0, createdNanos);
        }
        BridgePort port = ports.byNumber(number);
        if (port == null) {
            return null;
        }
        Traffic t = port.datapathPort().traffic();
        if (port.datapathPort() instanceof NetdevPort n) {
            PacketCounters c = n.socket().counters();
            return new PortCounters(
                    t.sum(Traffic.RX_PACKETS),
                    c.txPackets(),
                    t.sum(Traffic.RX_BYTES),
                    c.txBytes(),
                    c.rxDropped(),
                    t.sum(Traffic.TX_DROPPED),
                    c.rxErrors(),
                    c.txErrors(),
                    port.createdNanos());
        }
        return new PortCounters(
                t.sum(Traffic.RX_PACKETS) + port.bypassRx().packets(),
                t.sum(Traffic.TX_PACKETS) + port.bypassTx().packets(),
                t.sum(Traffic.RX_BYTES) + port.bypassRx().bytes(),
                t.sum(Traffic.TX_BYTES) + port.bypassTx().bytes(),
                t.sum(Traffic.RX_DROPPED),
                t.sum(Traffic.TX_DROPPED),
                0,
                0,
                port.createdNanos());
    }

    @Override
    public long lookups(int table) {
        return datapath.tableCounters().lookups(table) + accounts.lookups(table);
    }

    @Override
    public long matched(int table) {
        return datapath.tableCounters().matches(table) + accounts.matches(table);
    }

    @Override
    public int pollThreads() {
        return config.pollThreads();
    }

    // ---- links

    @Override
    public void stepped(Link link, LinkState before) {
        events.link(link, before);
    }

    @Override
    public void attach(Link link, BypassCounters counters) {
        accounts.attach(link, counters);
    }

    @Override
    public void settle(Link link, BypassCounters counters) {
        accounts.settle(link, counters);
    }

    @Override
    public void silent(Attachment vnf, String why) {
        events.fault(vnf.portName(), vnf + " " + why + "; its links rest until it goes on");
    }

    @Override
    public void awake(Attachment vnf) {
        events.vnf("vnf-resumed", vnf.portName(), vnf.program() + " goes on");
    }

    /// Does what is due, every few milliseconds.
    ///
    /// @return whether anything is under way that wants another tick soon
    public boolean tick() {
        try {
            boolean busy = links.tick();
            busy |= vnfs.tick();
            links.sample();
            return busy;
        } catch (InternalError e) {
            checkMemory();
            return true;
        }
    }

    /// Looks after what changes slowly, a few times a second: interfaces that go up and down, rings
    /// that went bad, addresses that age.
    public void slowTick() {
        checkMemory();
        for (BridgePort port : ports.all()) {
            if (port.datapathPort() instanceof NetdevPort n) {
                linkUp(port, n.socket().linkUp());
            } else if (port.datapathPort() instanceof DpdkrPort d) {
                String fault = d.fault();
                if (fault != null && port.attachment() != null) {
                    events.fault(port.config().name(), fault);
                    agent.drop(port.config().name(), fault);
                }
            }
        }
        if (tables.macs().expire(System.nanoTime())) {
            datapath.tablesChanged();
        }
    }

    void linkUp(BridgePort port, boolean up) {
        if (ports.linkUp(port, up)) {
            changed = true;
            settle();
        }
    }

    @Override
    public void missToController(boolean value) {
        if (value != tables.missToController()) {
            tables.missToController(value);
            detector.missToController(value);
            changed = true;
        }
    }

    @Override
    public void fragmentHandling(int bits) {
        if (bits != tables.fragmentHandling()) {
            tables.fragmentHandling(bits);
            detector.fragments(
                    switch (bits) {
                        case Tables.FRAGMENTS_NORMAL -> FragmentHandling.NORMAL;
                        case Tables.FRAGMENTS_DROP -> FragmentHandling.DROPPED;
                        default -> FragmentHandling.MATCHED;
                    });
            changed = true;
        }
    }

    /// Packets for the controllers that were dropped because there were too many.
    ///
    /// @return packets
    public long packetInsDropped() {
        return upcalls.dropped();
    }

    Ports ports() {
        return ports;
    }

    Links links() {
        return links;
    }

    Datapath datapath() {
        return datapath;
    }

    P2pDetector detector() {
        return detector;
    }

    /// Stops the poll threads and lets go of all memory. VNFs keep what they have mapped.
    public void close() {
        datapath.close();
        if (links != null) {
            links.close();
        }
        if (vnfs != null) {
            vnfs.close();
        }
        for (BridgePort port : ports.all()) {
            if (port.datapathPort() instanceof NetdevPort n) {
                n.close();
            }
        }
    }
}
