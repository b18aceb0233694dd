package org.skyway.vswitch.bridge;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.DatapathPort;
import org.skyway.vswitch.ofproto.ForwardingListener;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.port.HostPort;
import org.skyway.vswitch.port.LocalPort;
import org.skyway.vswitch.port.NetdevPort;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.port.TapPort;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.SavedState;

/// The ports of a bridge. A change here is told to the tables, the detector and OpenFlow, but is
/// only effective when the bridge settles. Ofproto thread.
final class Ports {
    private static final int OFPPF_10GB_FD = 1 << 6;
    private static final int OFPPF_COPPER = 1 << 11;
    private static final int LOCAL_SPEED_KBPS = 10_000_000; // what Linux says of a tap device

    private static final int NAMED = 20; // of the ports that there are, in a sentence

    private final Datapath datapath;
    private final Detection detector;
    private long bridgeMac;
    private boolean hostInterface;
    private final Map<Integer, BridgePort> byNumber = new TreeMap<>();
    private final Map<String, BridgePort> byName = new HashMap<>();
    private final LocalPort local;
    private final CounterMemory memory;
    private final StockPorts stock;
    private final Map<String, Saved.Port> savedByName = new HashMap<>(); // not added yet
    private SavedState saved;
    private ForwardingListener listener;
    private final Bridge bridge;
    private final BridgeFabric fabric;

    /// @param memory where counters lie
    /// @param stock makes ports of VNFs that speak a standard protocol
    /// @param fabric the bridges that this bridge's patch ports may be connected with
    Ports(
            Bridge bridge,
            Datapath datapath,
            Detection detector,
            long bridgeMac,
            CounterMemory memory,
            StockPorts stock,
            BridgeFabric fabric) {
        this.bridge = bridge;
        this.fabric = fabric;
        this.memory = memory;
        this.stock = stock;
        this.datapath = datapath;
        this.detector = detector;
        this.bridgeMac = bridgeMac & 0xffff_ffff_ffffL;
        local = new LocalPort(datapath.threads());
    }

    void listener(ForwardingListener ofproto) {
        listener = ofproto;
    }

    /// Has the local port be an interface of the host.
    ///
    /// @param mac the bridge's address, which is the local port's, and what other ports' are made
    ///   of
    void withHostInterface(long mac) {
        hostInterface = true;
        bridgeMac = mac;
    }

    /// Ports that are added from now on go on from what an earlier switch knew of them.
    void resume(SavedState of) {
        saved = of;
        of.all(Saved.Port.class).forEach(p -> savedByName.put(p.name(), p));
    }

    BridgePort byName(String name) {
        return byName.get(name);
    }

    BridgePort byNumber(int number) {
        return byNumber.get(number);
    }

    Collection<BridgePort> all() {
        return List.copyOf(byNumber.values());
    }

    /// Does without memory that VNFs have cut short.
    void checkMemory() {
        for (BridgePort port : all()) {
            if (port.datapathPort() instanceof DpdkrPort d) {
                d.checkMemory();
            }
        }
    }

    /// Says that there is no such port.
    ///
    /// @param name what somebody took for a port
    /// @return a sentence that says what ports there are
    String unknown(String name) {
        List<String> names =
                byNumber.values().stream().map(p -> p.config().name()).limit(NAMED + 1).toList();
        String there =
                switch (names.size()) {
                    case 0 -> "it has none yet";
                    case 1 -> "its only port is " + names.getFirst();
                    default ->
                            "its ports are "
                                    + String.join(
                                            ", ", names.subList(0, Math.min(NAMED, names.size())))
                                    + (names.size() > NAMED
                                            ? " and %d more".formatted(byNumber.size() - NAMED)
                                            : "");
                };
        return "the switch has no port %s; %s".formatted(name, there);
    }

    /// Adds the local port. If it is no interface of the host, the detector need not know of it: to
    /// send there is to send nowhere.
    ///
    /// @param name the bridge's
    /// @throws ConfigException if the interface can't be made
    void addLocal(String name) {
        if (hostInterface) {
            insert(new PortConfig(OfPort.LOCAL, PortConfig.Type.INTERNAL, name), null);
            return;
        }
        PortState state =
                PortState.of(OfPort.LOCAL, name, bridgeMac)
                        .withLink(OFPPF_10GB_FD | OFPPF_COPPER, 0, 0, LOCAL_SPEED_KBPS, 0)
                        .withConfig(PortState.PORT_DOWN)
                        .withState(PortState.LINK_DOWN);
        datapath.addSink(local);
        datapath.tables().port(state);
        listener.portChanged(null, state);
    }

    /// The port that stands for the host.
    LocalPort local() {
        return local;
    }

    /// Adds a port.
    ///
    /// @param asked what the user asked for
    /// @return the port
    /// @throws ConfigException if name or number is taken, or the interface can't be had
    BridgePort add(PortConfig asked) {
        if (byName.containsKey(asked.name())) {
            throw new ConfigException(
                    "there is a port %s already; choose another name or remove it first"
                            .formatted(asked.name()));
        }
        Saved.Port before = savedByName.remove(asked.name());
        if (before != null && !before.type().split(",")[0].equals(asked.type().toString())) {
            before = null;
        }
        int number = asked.number();
        if (number == 0) {
            boolean again = before != null && !byNumber.containsKey(before.number());
            number = again ? before.number() : lowestFree();
        }
        if (byNumber.containsKey(number)) {
            throw new ConfigException(
                    "port number %d is %s's; choose another"
                            .formatted(number, byNumber.get(number).config().name()));
        }
        return insert(asked.numbered(number), before);
    }

    private BridgePort insert(PortConfig config, Saved.Port before) {
        int number = config.number();
        DatapathPort port = open(config);
        try {
            FileLimit.check(config.name(), port);
        } catch (ConfigException e) {
            if (port instanceof PatchPort p) {
                fabric.parted(fabric.patches().remove(config.name(), p));
            }
            throw e;
        }
        if (before != null) {
            Saved.Block counters = before.counters();
            port.traffic()
                    .resume(saved.counters(), counters.block(), counters.tag(), saved.threads());
        }
        PortState first = firstState(config, port);
        PortState state = before == null ? first : configured(first, before.config(), port);
        BridgePort added = new BridgePort(config, port, datapath.tables());
        datapath.addPort(port);
        fabric.isAt(port, bridge);
        byNumber.put(number, added);
        byName.put(config.name(), added);
        datapath.tables().port(state);
        detector.portAdded(number);
        listener.portChanged(null, state);
        return added;
    }

    // Whether an interface is up the kernel knows, and somebody may have changed it meanwhile.
    private static PortState configured(PortState first, int before, DatapathPort port) {
        int own = port instanceof HostPort ? PortState.PORT_DOWN : 0;
        return first.withConfig(before & ~own | first.config() & own);
    }

    /// Removes a port. Its VNF, if it has one, must be gone.
    ///
    /// @param port the port
    /// @param closing takes its interface, if it is one that the switch has made, to be closed
    /// @return what is to be done when no poll thread touches it any more
    Runnable remove(BridgePort port, Consumer<TapDevice> closing) {
        int number = port.config().number();
        PortState last = port.state();
        byNumber.remove(number);
        byName.remove(port.config().name());
        datapath.tables().removePort(number);
        detector.portRemoved(number);
        listener.portChanged(last, null);
        datapath.removePort(port.datapathPort());
        stock.remove(port.datapathPort());
        if (port.datapathPort() instanceof PatchPort p) {
            fabric.parted(fabric.patches().remove(port.config().name(), p));
        }
        return () -> {
            if (port.datapathPort() instanceof NetdevPort n) {
                n.close();
            } else if (port.datapathPort() instanceof TapPort t) {
                closing.accept(t.device());
            }
        };
    }

    /// Notes that a port's link went up or down.
    ///
    /// @return whether that is news
    boolean linkUp(BridgePort port, boolean up) {
        int before = port.state().state();
        int now = up ? before & ~PortState.LINK_DOWN : before | PortState.LINK_DOWN;
        if (now == before) {
            return false;
        }
        changed(port, port.state().withState(now));
        return true;
    }

    /// Notes what a port's interface makes of it, if that is news.
    void observed(BridgePort port, PortState now) {
        if (!now.equals(port.state())) {
            changed(port, now);
        }
    }

    private void changed(BridgePort port, PortState now) {
        PortState old = port.state();
        port.changed(old, now);
        datapath.tables().port(now);
        detector.portChanged(old, now);
        listener.portChanged(old, now);
    }

    private DatapathPort open(PortConfig config) {
        return switch (config.type()) {
            case DPDKR -> new DpdkrPort(config.number(), datapath.threads(), memory);
            case PATCH -> {
                PatchPort patch = new PatchPort(config.number(), datapath.threads(), memory);
                fabric.isAt(patch, bridge);
                fabric.patches().add(config.name(), patch, config.peer());
                yield patch;
            }
            case MEMIF, DPDKVHOSTUSER, DPDKVHOSTUSERCLIENT -> stock.open(config);
            case INTERNAL -> {
                try {
                    TapPort tap =
                            new TapPort(config.number(), datapath.threads(), memory, config.name());
                    if (!tap.device().wasThere()) {
                        tap.device().setMac(macOf(config.number()));
                    }
                    yield tap;
                } catch (IOException e) {
                    throw new ConfigException(
                            "can't add port " + config.name() + ": " + e.getMessage(), e);
                }
            }
            case NETDEV -> {
                try {
                    yield new NetdevPort(
                            config.number(), datapath.threads(), memory, config.name());
                } catch (IOException e) {
                    throw new ConfigException(
                            "can't add port " + config.name() + ": " + e.getMessage(), e);
                }
            }
        };
    }

    private PortState firstState(PortConfig config, DatapathPort port) {
        PortState up = PortState.of(config.number(), config.name(), macOf(config.number()));
        if (port instanceof HostPort h) {
            return ObservedInterface.now(up, h.device().facts());
        }
        return port instanceof PatchPort // up, as in Open vSwitch; VNFs are still to come
                ? up
                : up.withState(PortState.LINK_DOWN);
    }

    // Locally administered, and the same every time the switch starts.
    private long macOf(int number) {
        if (number == OfPort.LOCAL) {
            return bridgeMac;
        }
        return bridgeMac & 0xffff_ff00_0000L | 0x0200_0000_0000L | number;
    }

    private int lowestFree() {
        for (int number = 1; number <= OfPort.MAX; number++) {
            if (!byNumber.containsKey(number)) {
                return number;
            }
        }
        throw new ConfigException("all port numbers are taken");
    }
}
