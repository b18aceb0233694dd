package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skyway.agent.PortHost;
import org.skyway.ivshmem.sys.TapDevice;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.bridge.BridgePort;
import org.skyway.vswitch.bridge.Requests;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.daemon.Asked;
import org.skyway.vswitch.daemon.RunningBridge;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.state.StateStore;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.FlowCounters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bridge that runs, with what the configuration knows of it. The configuration thread only.
final class Slot {
    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);
    private static final long SETTLE_SECONDS = 3;
    private static final long LOOK_MILLIS = 10;

    private final String name;
    private final String datapathType;
    private final RunningBridge running;
    private final PortHost host;
    private final PortHosts hosts;
    private final List<AutoCloseable> parts;
    private final SavedState before;
    private final Map<String, PortConfig> ports = new ConcurrentHashMap<>();
    private final Map<String, PortState> told = new HashMap<>(); // last, by port
    private final Map<UUID, FlowCounters> mirrors = new ConcurrentHashMap<>();
    private final Map<String, Integer> bondIds = new HashMap<>();
    private final PortNumbering numbers = new PortNumbering();
    private final InternalMtu internalMtu = new InternalMtu();
    private boolean isNew = true;
    private final Requests requests;
    private final Asked asked;
    private List<String> targets;
    private long ownDatapathId;

    /// @param parts what is closed with it, the last first
    /// @param before what a switch before this one knew; null for nothing
    Slot(
            String name,
            String datapathType,
            RunningBridge running,
            PortHost host,
            PortHosts hosts,
            List<AutoCloseable> parts,
            SavedState before) {
        this.name = name;
        this.datapathType = datapathType;
        this.running = running;
        this.host = host;
        this.hosts = hosts;
        this.parts = parts;
        this.before = before;
        requests = new Requests(running.bridge(), running.ofproto()::copyTables);
        asked =
                new Asked(
                        requests,
                        running.ofproto(),
                        (_, _) -> {
                            throw new ConfigException("a switch hands over with all its bridges");
                        });
    }

    /// What users may ask of it, for its ofproto thread.
    Asked asked() {
        return asked;
    }

    /// What users may ask of the bridge, for its ofproto thread.
    Requests requests() {
        return requests;
    }

    String name() {
        return name;
    }

    String datapathType() {
        return datapathType;
    }

    RunningBridge running() {
        return running;
    }

    Map<String, PortConfig> ports() {
        return ports;
    }

    /// Takes note of how a port is.
    ///
    /// @param now as the tables have it
    /// @return whether that is otherwise than before
    boolean isNews(PortState now) {
        return told.put(now.name(), now) != now;
    }

    /// How many ports it has, with the local one. Any thread.
    int portCount() {
        return ports.size() + 1;
    }

    /// Whether it has a port. Any thread.
    boolean hasPort(String port) {
        return ports.containsKey(port);
    }

    PortNumbering numbers() {
        return numbers;
    }

    /// The MTU of interfaces that the switch has made.
    InternalMtu internalMtu() {
        return internalMtu;
    }

    /// What mirrors have copied, by row: of a mirror that is changed it goes on. Ofproto thread,
    /// but for the map itself.
    Map<UUID, FlowCounters> mirrors() {
        return mirrors;
    }

    /// What a bond is known by in the place of a port's number, as long as the bridge is there.
    int bondId(String bond) {
        int next = Bond.FIRST_ID + bondIds.size();
        return bondIds.computeIfAbsent(bond, _ -> next);
    }

    /// The datapath id that it has whenever the database asks for none.
    long ownDatapathId() {
        return ownDatapathId;
    }

    void ownDatapathId(long id) {
        ownDatapathId = id;
    }

    /// The controllers and listeners that it was told last.
    List<String> targets() {
        return targets;
    }

    void targets(List<String> now) {
        targets = now;
    }

    /// Takes over the ports that a switch before this one had.
    void found(List<BridgePort> there) {
        for (BridgePort port : there) {
            ports.put(port.config().name(), port.config());
            hosts.add(port.config().name(), host);
        }
    }

    /// Adds a port.
    ///
    /// @throws org.skyway.vswitch.config.ConfigException if it can't be
    void add(PortConfig config) throws IOException {
        hosts.add(config.name(), host); // before a driver can be told that there is no such port
        try {
            running.ask(() -> running.bridge().portChanges().add(config));
        } catch (IOException | RuntimeException e) {
            hosts.remove(config.name(), host);
            throw e;
        }
        ports.put(config.name(), config);
    }

    /// Removes ports, and the interfaces that were made for them.
    ///
    /// @param names of ports that it has
    /// @throws IOException if the ofproto thread does not come to it
    void remove(List<String> names) throws IOException {
        if (names.isEmpty()) {
            return;
        }
        names.forEach(ports::remove);
        names.forEach(told::remove);
        CompletableFuture<List<TapDevice>> closing =
                running.ask(() -> running.bridge().portChanges().remove(names))
                        .toCompletableFuture();
        names.forEach(p -> hosts.remove(p, host));
        try {
            TapDevice.closeAll(closing.get(SETTLE_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            closing.thenAccept(TapDevice::closeAll); // whenever that thread ends its pass
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether it has not gone on yet with what it was to begin with. Says so once.
    boolean isNew() {
        boolean was = isNew;
        isNew = false;
        return was;
    }

    /// What a switch before this one knew; null for nothing.
    SavedState before() {
        return before;
    }

    /// Ends it in favour of another switch: nobody is told, nothing is removed, and its state is
    /// free.
    ///
    /// @throws IOException if the ofproto thread does not come to it
    void handOver() throws IOException {
        running.ask(() -> {
            running.bridge().handOver();
            return null;
        });
        for (AutoCloseable part : parts) {
            if (part instanceof StateStore store) {
                store.close();
            }
        }
    }

    /// Lets no VNF come to its ports any more.
    void leaveVnfs() {
        ports.keySet().forEach(p -> hosts.remove(p, host));
    }

    /// Tells the VNFs at its ports that they have lost them.
    ///
    /// @param why for them
    void dropVnfs(String why) {
        try {
            running.ask(() -> {
                running.bridge().portChanges().dropVnfs(why);
                return null;
            });
        } catch (IOException e) {
            LOG.warn("bridge {}: {}", name, e.getMessage());
        }
    }

    // Whoever a link led to or came from, at another bridge, does without it now.
    private void awaitLinks() throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        try {
            while (running.ask(() -> running.bridge().hasLinks())
                    && System.nanoTime() - until < 0) {
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends it.
    ///
    /// @param forGood whether the bridge is no more, and not only this process: those at its ports
    ///   are told
    /// @return what could not be closed, and why
    List<String> close(boolean forGood) {
        List<String> failed = new ArrayList<>();
        if (forGood) {
            try {
                remove(List.copyOf(ports.keySet()));
                awaitLinks();
            } catch (IOException | RuntimeException e) {
                failed.add("its ports: " + e.getMessage());
            }
        }
        leaveVnfs();
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                failed.add("%s: %s".formatted(part, e));
            }
        }
        return failed;
    }
}
