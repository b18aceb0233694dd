package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.skyway.ivshmem.sys.HostInterfaces;
import org.skyway.openflow.model.OfPort;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.ovsdb.Transaction;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.bridge.PortSettings;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.ofproto.OfprotoConfig;
import org.skyway.vswitch.port.PatchPort;
import org.skyway.vswitch.tables.Policing;
import org.skyway.vswitch.tables.PortQos;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the bridges that run to what a database wants, and notes what came of it. What can't be
/// had costs nobody else anything. The configuration thread only.
///
/// Things are removed before others are added, so that what moves from one bridge to another, or
/// changes numbers with another, finds its new place free.
final class Pass {
    /// What the column ofport holds for the local port.
    static final long LOCAL = 65534;

    private static final Logger LOG = LoggerFactory.getLogger(Pass.class);
    private static final long FAILED = -1;
    private static final long LISTEN_SECONDS = 5;
    private static final long SETTLE_SECONDS = 3;

    private final Bridges bridges;
    private final Wanted wanted;
    private final boolean mayDial;
    private final Map<String, String> errors = new HashMap<>(); // by port
    private final Map<String, Map<String, PortConfig>> configs = new HashMap<>(); // by bridge
    private final Set<String> failed; // bridges that could not be made, said once
    private final PortErrors said;

    /// @param mayDial whether controllers are connected to
    /// @param failed bridges that could not be made in passes before; is changed
    /// @param said what was said of ports in passes before; is changed
    Pass(Bridges bridges, Wanted wanted, boolean mayDial, Set<String> failed, PortErrors said) {
        this.said = said;
        this.bridges = bridges;
        this.wanted = wanted;
        this.mayDial = mayDial;
        this.failed = failed;
    }

    /// Does it.
    ///
    /// @return what is to be written of it, but for the status of what runs
    Transaction run() {
        for (Slot slot : List.copyOf(bridges.all())) {
            WantedBridge w = wanted.bridges().get(slot.name());
            if (w == null || !w.datapathType().equals(slot.datapathType())) {
                LOG.info("bridge {}: removed", slot.name());
                bridges.remove(slot.name());
            }
        }
        failed.retainAll(wanted.bridges().keySet());
        for (WantedBridge w : wanted.bridges().values()) {
            Slot slot = bridges.get(w.name());
            if (slot != null) {
                plan(w, slot);
                removePorts(slot);
            }
        }
        for (WantedBridge w : wanted.bridges().values()) {
            if (bridges.get(w.name()) == null) {
                add(w);
            }
        }
        for (WantedBridge w : wanted.bridges().values()) {
            Slot slot = bridges.get(w.name());
            if (slot != null) {
                setUpNormal(w, slot);
                addPorts(slot);
                police(w, slot);
                setDevices(w, slot);
                configure(w, slot);
            }
        }
        bridges.goOn();
        said.say(errors);
        return results();
    }

    private void add(WantedBridge w) {
        try {
            long own = OpenFlowSettings.own(w.row());
            OfprotoConfig openFlow =
                    OpenFlowSettings.of(w, bridges.directory(), own, wanted.keys());
            Slot slot =
                    bridges.add(
                            w.name(), w.datapathType(), openFlow, OpenFlowSettings.mac(w.row()));
            LOG.info("bridge {}: using datapath ID {}", w.name(), hex(openFlow.datapathId()));
            slot.ownDatapathId(own);
            failed.remove(w.name());
            plan(w, slot);
            removePorts(slot);
        } catch (IOException | RuntimeException e) {
            if (failed.add(w.name())) {
                LOG.error("bridge {} can't be made: {}", w.name(), e.getMessage());
            }
        }
    }

    // Which ports the bridge is to have, with their numbers.
    private void plan(WantedBridge w, Slot slot) {
        Map<String, PortConfig> plan = new LinkedHashMap<>();
        List<PortNumbering.Need> needs = new ArrayList<>();
        for (WantedPort port : w.ports().values()) {
            if (port.name().equals(w.name())) {
                continue;
            }
            PortConfig there = slot.ports().get(port.name());
            PortConfig config = config(port, there != null);
            if (config == null) {
                continue;
            }
            int current = there == null ? 0 : there.number();
            needs.add(
                    new PortNumbering.Need(port.name(), port.request(), current, port.recorded()));
            plan.put(port.name(), config);
        }
        Map<String, Integer> numbers = slot.numbers().assign(needs);
        plan.replaceAll((name, config) -> config.numbered(numbers.getOrDefault(name, 0)));
        configs.put(w.name(), plan);
    }

    // A port whose interface has gone stays, without a link, until it comes back.
    private PortConfig config(WantedPort port, boolean runs) {
        try {
            PortConfig config = PortTypes.of(port.row());
            if (config == null) {
                fail(port.name(), "Address family not supported by protocol");
            } else if (config.type() == PortConfig.Type.NETDEV && !runs && !isThere(port.name())) {
                fail(port.name(), "No such device");
                return null;
            }
            return config;
        } catch (ConfigException e) {
            errors.put(port.name(), e.getMessage());
            return null;
        }
    }

    private void fail(String port, String why) {
        errors.put(port, "could not open network device %s (%s)".formatted(port, why));
    }

    /// Whether there is a network interface of a name.
    static boolean isThere(String name) {
        try {
            return HostInterfaces.have(name);
        } catch (IOException e) {
            return false;
        }
    }

    private void removePorts(Slot slot) {
        Map<String, PortConfig> plan = configs.get(slot.name());
        List<String> gone =
                slot.ports().values().stream()
                        .filter(p -> !p.equals(plan.get(p.name())))
                        .map(PortConfig::name)
                        .toList();
        try {
            slot.remove(gone);
        } catch (IOException | RuntimeException e) {
            LOG.warn("bridge {}: ports {} can't be removed: {}", slot.name(), gone, e.getMessage());
        }
    }

    // Before ports are added: what comes in at one is in its VLAN from the first packet on.
    private void setUpNormal(WantedBridge w, Slot slot) {
        Map<String, Integer> numbers = new HashMap<>();
        configs.get(w.name()).forEach((name, config) -> numbers.put(name, config.number()));
        numbers.values().removeIf(n -> n == 0);
        numbers.put(w.name(), OfPort.LOCAL);
        List<BondSettings> bonds = new BondColumns(w, numbers).all(slot::bondId);
        slot.mirrors().keySet().retainAll(w.mirrors().stream().map(Row::uuid).toList());
        change(
                slot,
                () -> {
                    Bridge bridge = slot.running().bridge();
                    NormalSettings.limit(bridge.forwarding().tables().macs(), w.row());
                    return bridge.portSettings()
                            .normal(
                                    NormalSettings.of(
                                            w,
                                            numbers,
                                            bonds,
                                            row ->
                                                    slot.mirrors()
                                                            .computeIfAbsent(
                                                                    row,
                                                                    _ ->
                                                                            bridge.forwarding()
                                                                                    .newCounters())),
                                    bonds);
                });
    }

    private void police(WantedBridge w, Slot slot) {
        Map<String, Policing> limits = new HashMap<>();
        w.ports().forEach((name, port) -> limits.put(name, port.policing()));
        Map<String, PortQos> qos = QosSettings.of(w.ports());
        change(
                slot,
                () -> {
                    Bridge bridge = slot.running().bridge();
                    PortSettings ports = bridge.portSettings();
                    return ports.police(limits) | ports.limit(qos);
                });
    }

    private static void setDevices(WantedBridge w, Slot slot) {
        try {
            new Devices(w, slot).set();
        } catch (IOException e) {
            LOG.warn("bridge {}: {}", slot.name(), e.getMessage());
        }
    }

    // Has the ofproto thread change something, and waits until bypasses that it ends have ended.
    private static void change(Slot slot, BooleanSupplier change) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        try {
            slot.running()
                    .ask(() -> {
                        if (change.getAsBoolean()) {
                            slot.running()
                                    .bridge()
                                    .forwarding()
                                    .whenSettled(null, () -> settled.complete(null));
                        } else {
                            settled.complete(null);
                        }
                        return null;
                    });
            settled.get(SETTLE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn("bridge {}: a bypass that has to end did not within 3 s", slot.name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | RuntimeException e) {
            LOG.warn("bridge {}: {}", slot.name(), e.getMessage());
        }
    }

    private void addPorts(Slot slot) {
        for (PortConfig config : configs.get(slot.name()).values()) {
            if (slot.ports().containsKey(config.name())) {
                continue;
            }
            try {
                if (config.number() == 0) {
                    throw new ConfigException("all port numbers are taken");
                }
                slot.add(config);
            } catch (IOException | RuntimeException e) {
                errors.put(config.name(), e.getMessage());
            }
        }
    }

    private void configure(WantedBridge w, Slot slot) {
        List<String> targets =
                mayDial
                        ? OpenFlowSettings.targets(w, bridges.directory(), wanted.keys())
                        : List.of();
        try {
            slot.running()
                    .ask(() -> {
                        Ofproto ofproto = slot.running().ofproto();
                        OfprotoConfig now =
                                OpenFlowSettings.of(
                                        w,
                                        bridges.directory(),
                                        slot.ownDatapathId(),
                                        wanted.keys());
                        ofproto.reconfigure(now);
                        if (mayDial) {
                            ofproto.setFailMode(now.failMode());
                        }
                        return null;
                    });
            if (!targets.equals(slot.targets())) {
                slot.targets(targets);
                setControllers(slot, targets);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("bridge {}: {}", slot.name(), e.getMessage());
        }
    }

    // Where one can't be listened on, the others are had all the same.
    private void setControllers(Slot slot, List<String> targets) throws IOException {
        try {
            tell(slot, targets);
        } catch (IOException e) {
            LOG.warn("bridge {}: {}", slot.name(), e.getMessage());
            tell(slot, targets.stream().filter(t -> !t.startsWith("p")).toList());
        }
    }

    private static void tell(Slot slot, List<String> targets) throws IOException {
        try {
            slot.running()
                    .ask(() -> slot.running().ofproto().setControllers(targets))
                    .toCompletableFuture()
                    .get(LISTEN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | CompletionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("a listener was not opened within 5 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Transaction results() {
        Transaction t = new Transaction();
        Set<String> done = new HashSet<>();
        for (WantedBridge w : wanted.bridges().values()) {
            Slot slot = bridges.get(w.name());
            if (slot == null) {
                continue; // nothing is written of a bridge that can't be made
            }
            done.add(w.name());
            for (WantedPort port : w.ports().values()) {
                result(t, w, slot, port, number(w, slot, port));
            }
            for (Row row : w.twice()) {
                String name = row.text("name");
                t.change(Columns.INTERFACE, row, "ofport", Datum.of(FAILED));
                t.change(
                        Columns.INTERFACE,
                        row,
                        "error",
                        Datum.of("another interface has the name %s already".formatted(name)));
            }
        }
        return t;
    }

    private static long number(WantedBridge w, Slot slot, WantedPort port) {
        if (port.name().equals(w.name())) {
            return LOCAL;
        }
        PortConfig there = slot.ports().get(port.name());
        return there == null ? FAILED : there.number();
    }

    // It has its number, and nothing at its other end.
    private static String withoutPeer(WantedBridge w, Slot slot, WantedPort port) {
        PortConfig there = slot.ports().get(port.name());
        if (there == null || there.type() != PortConfig.Type.PATCH) {
            return null;
        }
        try {
            boolean connected =
                    slot.running()
                            .ask(() -> {
                                BridgePort p = slot.running().bridge().port(port.name());
                                return p != null
                                        && p.datapathPort() instanceof PatchPort patch
                                        && patch.isConnected();
                            });
            return connected
                    ? null
                    : "No usable peer '%s' exists in '%s' datapath."
                            .formatted(there.peer(), w.datapathType());
        } catch (IOException e) {
            return null; // the next pass asks again
        }
    }

    private void result(Transaction t, WantedBridge w, Slot slot, WantedPort port, long number) {
        t.change(Columns.INTERFACE, port.row(), "ofport", Datum.of(number));
        String error = number == FAILED ? errors.get(port.name()) : withoutPeer(w, slot, port);
        error = error == null ? Unmet.of(port) : error;
        t.change(Columns.INTERFACE, port.row(), "error", Datum.optional(error));
        if (number == FAILED) {
            StatusColumns.clear(t, port.row());
        }
    }

    static String hex(long datapathId) {
        return "%016x".formatted(datapathId);
    }

    /// The local port's number, in OpenFlow.
    static int local() {
        return OfPort.LOCAL;
    }
}
