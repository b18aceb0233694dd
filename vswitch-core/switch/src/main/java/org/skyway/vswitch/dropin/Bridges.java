package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.skyway.agent.CombinedAgent;
import org.skyway.agent.PortAccess;
import org.skyway.agent.PortHost;
import org.skyway.agent.libvirt.LibvirtAgent;
import org.skyway.agent.process.ProcessAgent;
import org.skyway.agent.service.RemoteAgent;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.vswitch.bridge.Continuation;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.daemon.HandOver;
import org.skyway.vswitch.daemon.RunningBridge;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.ofproto.OfprotoConfig;
import org.skyway.vswitch.ofproto.OfprotoThread;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.state.StateQueue;
import org.skyway.vswitch.state.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bridges that run, and what they share: the ofproto thread, the links, the agent, the
/// journal, the directories. Each has poll threads, regions and a part of the state directory of
/// its own. The configuration thread only, but for [#all].
final class Bridges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bridges.class);
    private static final Duration VNF_TIMEOUT = Duration.ofSeconds(5);

    private final Path directory;
    private final Path stateDirectory; // null: nothing is remembered
    private final SwitchConfig base;
    private final Faults faults;
    private final boolean forget; // what an earlier switch knew
    private final Journal journal;
    private final PortHosts hosts;
    private final CombinedAgent agent;
    private final OfprotoThread thread = new OfprotoThread("bridges");
    private Common common;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private volatile List<Slot> all = List.of();

    /// @param directory the run directory
    /// @param stateDirectory where bridges keep what the next switch must know; null for nowhere
    /// @param base what holds for every bridge
    /// @param forget whether to begin without what an earlier switch knew
    /// @throws IOException if VNFs can't be waited for
    Bridges(Path directory, Path stateDirectory, SwitchConfig base, Faults faults, boolean forget)
            throws IOException {
        this.directory = directory;
        this.stateDirectory = stateDirectory;
        this.base = base;
        this.faults = faults;
        this.forget = forget;
        journal = new Journal(directory, faults);
        hosts = new PortHosts(faults);
        agent = new CombinedAgent(hosts);
        try {
            agent.add(watch ->
                    ProcessAgent.start(
                            directory.resolve(RunDirectory.PMD_SOCKET),
                            watch,
                            VNF_TIMEOUT,
                            new PortAccess()));
            if (base.agent().equals(SwitchConfig.SERVICE)) {
                agent.add(watch ->
                        RemoteAgent.start(directory.resolve(RunDirectory.AGENT_SOCKET), watch));
            } else if (base.agent().equals(SwitchConfig.LIBVIRT)) {
                agent.add(watch ->
                        LibvirtAgent.start(
                                base.libvirtUri(),
                                base.domains(),
                                watch,
                                LibvirtAgent.DEFAULT_TIMEOUT));
            }
        } catch (IOException | RuntimeException e) {
            agent.close();
            journal.close();
            thread.close();
            throw e;
        }
    }

    // Those that bridges had in common that are gone count as the switch's before.
    private Common common() throws IOException {
        if (common == null) {
            common = new Common(directory, stateDirectory, base, journal, faults);
            common.fabric().start(agent, thread.executor());
        }
        return common;
    }

    Path directory() {
        return directory;
    }

    Faults faults() {
        return faults;
    }

    /// Those that run. Any thread.
    Collection<Slot> all() {
        return all;
    }

    /// Has somebody be told of what happens at all of them.
    ///
    /// @param listener gets events, one JSON record a line
    void listen(Consumer<String> listener) {
        journal.listen(listener);
    }

    /// All that the database wanted at first is there, or can't be had.
    void complete() {
        hosts.open();
        try {
            common().complete();
        } catch (IOException e) {
            faults.record("what the switch before has left", e);
        }
    }

    /// Bridges that are new go on, all together, with what a switch before this one knew of them.
    void goOn() {
        List<Slot> fresh = slots.values().stream().filter(Slot::isNew).toList();
        if (fresh.isEmpty()) {
            return;
        }
        try {
            fresh.getFirst()
                    .running()
                    .ask(() -> {
                        Continuation all = new Continuation(common.fabric());
                        fresh.forEach(s -> all.add(s.running().bridge(), s.before()));
                        all.run();
                        return null;
                    });
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    /// Lets go of everything in favour of another switch: nobody is told, nothing is removed.
    void handOver() {
        for (Slot slot : slots.values()) {
            try {
                slot.handOver();
            } catch (IOException | RuntimeException e) {
                LOG.warn("bridge {}: {}", slot.name(), e.getMessage());
            }
        }
        thread.executor().execute(HandOver::rest); // nothing else is to happen there
        try {
            if (common != null) {
                common.handOver();
            }
        } catch (IOException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    Slot get(String name) {
        return slots.get(name);
    }

    /// Starts a bridge, with the ports that it had in a switch before this one.
    ///
    /// @param openFlow what its OpenFlow side begins with
    /// @param mac the address of its local port
    /// @throws IOException if it can't be started; nothing of it is left running
    /// @throws org.skyway.vswitch.config.ConfigException likewise
    Slot add(String name, String datapathType, OfprotoConfig openFlow, long mac)
            throws IOException {
        List<AutoCloseable> parts = new ArrayList<>();
        boolean done = false;
        try {
            SwitchConfig config = base.forBridge(name, openFlow.datapathId());
            RegionStore regions = RegionStore.of(directory, "bridge-" + name, LOG::warn);
            StateQueue state = null;
            SavedState before = null;
            if (stateDirectory != null) {
                StateStore store = StateStore.open(stateDirectory.resolve(name));
                parts.add(store);
                before = common().of(forget ? null : store.recover());
                state = common().begin(store, config.pollThreads(), faults);
                parts.add(state);
            }
            if (before == null) {
                regions.removeLeftovers(!config.machines());
            }
            RunningBridge running =
                    new RunningBridge(
                            config,
                            openFlow,
                            regions,
                            journal,
                            faults,
                            state,
                            common().fabric(),
                            thread);
            parts.add(running);
            if (state != null) {
                state.awaitOpen();
            }
            running.bridge().withHostInterface(mac);
            running.bridge().portSettings().closeNormal();
            PortHost host = running.connect();
            Slot slot = new Slot(name, datapathType, running, host, hosts, parts, before);
            running.start(agent, before);
            running.listen();
            slot.found(
                    running.ask(() ->
                            running.bridge().allPorts().stream()
                                    .filter(p -> !p.config().name().equals(name))
                                    .toList()));
            slots.put(name, slot);
            all = List.copyOf(slots.values());
            done = true;
            return slot;
        } finally {
            if (!done) {
                closeAll(name, parts);
            }
        }
    }

    private static void closeAll(String name, List<AutoCloseable> parts) {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("bridge {}, while stopping {}: {}", name, part, e.toString());
            }
        }
    }

    /// Ends a bridge that is no more, and forgets it.
    void remove(String name) {
        Slot slot = slots.remove(name);
        all = List.copyOf(slots.values());
        if (slot != null) {
            slot.close(true).forEach(f -> LOG.warn("bridge {}: {}", name, f));
        }
        forget(name);
    }

    /// Forgets bridges that an earlier switch had and that are no more.
    ///
    /// @param wanted those that are
    void forgetOthers(Set<String> wanted) {
        if (stateDirectory == null || !Files.isDirectory(stateDirectory)) {
            return;
        }
        List<String> others = new ArrayList<>();
        try (DirectoryStream<Path> there = Files.newDirectoryStream(stateDirectory)) {
            for (Path p : there) {
                String name = p.getFileName().toString();
                // Not what a switch without a database keeps there.
                if (Files.exists(p.resolve("lock"))
                        && !wanted.contains(name)
                        && !name.equals(Common.COUNTERS)) {
                    others.add(name);
                }
            }
        } catch (IOException e) {
            faults.record("state of bridges", e);
        }
        others.forEach(this::forget);
    }

    private void forget(String name) {
        if (stateDirectory == null) {
            return;
        }
        Path state = stateDirectory.resolve(name).normalize();
        // A name comes from the database.
        if (!stateDirectory.normalize().equals(state.getParent()) || !Files.isDirectory(state)) {
            return;
        }
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            faults.record("state of bridges", e);
        }
    }

    /// Ends all bridges, because another switch has the database now. VNFs are told, and come back
    /// when there are bridges again.
    void suspend() {
        slots.values().forEach(Slot::leaveVnfs);
        for (Slot slot : slots.values()) {
            slot.dropVnfs("another switch is configured by the database now");
        }
        closeBridges();
    }

    private void closeBridges() {
        List<Slot> running = List.copyOf(slots.values());
        slots.clear();
        all = List.of();
        for (Slot slot : running.reversed()) {
            slot.close(false).forEach(f -> LOG.warn("bridge {}: {}", slot.name(), f));
        }
        if (common != null) {
            try {
                common.close();
            } catch (IOException e) {
                faults.record("what bridges had in common", e);
            }
            common = null;
        }
    }

    @Override
    public void close() {
        agent.close();
        closeBridges();
        thread.close();
        journal.close();
    }
}
