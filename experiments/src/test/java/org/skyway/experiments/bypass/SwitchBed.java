package org.skyway.experiments.bypass;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.skyway.agent.CombinedAgent;
import org.skyway.agent.PortHost;
import org.skyway.agent.libvirt.LibvirtAgent;
import org.skyway.agent.process.ProcessAgent;
import org.skyway.agent.service.AgentService;
import org.skyway.agent.service.RemoteAgent;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.Names;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.SwitchLoss;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.bridge.Requests;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.ofproto.ForwardingListener;
import org.skyway.vswitch.ofproto.TablesCopy;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.PortCounters;

/// A real switch without its OpenFlow connections: bridge, poll thread, agent, link manager, and
/// real drivers that connect to it.
final class SwitchBed implements AutoCloseable {
    private final Path directory;
    private final RegionStore store;
    private final Journal journal;
    private final ScheduledExecutorService owner = Executors.newSingleThreadScheduledExecutor();
    private final Bridge bridge;
    private final CombinedAgent agent;
    private final Map<String, FlowEntry> entries = new ConcurrentHashMap<>();
    private final Requests requests;
    private final SwitchConfig config;
    private AgentService service;

    SwitchBed(int ports) throws Exception {
        this(ports, SwitchConfig.defaults());
    }

    SwitchBed(int ports, SwitchConfig config) throws Exception {
        directory = Files.createTempDirectory("skyway-");
        store = RegionStore.of(directory);
        journal = new Journal(directory, new Faults());
        bridge = new Bridge(config, store, journal, new Faults(), null, null);
        requests = new Requests(bridge, () -> TablesCopy.empty(Names.NONE));
        var host = bridge.connect(owner, new NoControllers(), () -> {});
        agent = new CombinedAgent(host);
        agent.add(watch ->
                ProcessAgent.start(
                        directory.resolve(RunDirectory.PMD_SOCKET), watch, Duration.ofSeconds(5)));
        this.config = config;
        if (config.agent().equals(SwitchConfig.SERVICE)) {
            service = service();
            agent.add(watch ->
                    RemoteAgent.start(directory.resolve(RunDirectory.AGENT_SOCKET), watch));
        } else if (config.machines()) {
            agent.add(this::libvirtAgent);
        }
        on(() -> {
            bridge.start(agent, owner);
            for (int i = 1; i <= ports; i++) {
                bridge.portChanges().add(new PortConfig(i, PortConfig.Type.DPDKR, "vnf" + i));
            }
            return null;
        });
        owner.scheduleWithFixedDelay(bridge::tick, 2, 2, TimeUnit.MILLISECONDS);
    }

    private LibvirtAgent libvirtAgent(PortHost host) {
        return LibvirtAgent.start(
                config.libvirtUri(), config.domains(), host, LibvirtAgent.DEFAULT_TIMEOUT);
    }

    private AgentService service() throws IOException {
        return AgentService.start(directory.resolve(RunDirectory.AGENT_SOCKET), this::libvirtAgent);
    }

    /// Ends the agent that is a process of its own.
    void stopService() {
        service.close();
    }

    /// Starts the next.
    void startService() throws IOException {
        service = service();
    }

    /// There are none in these tests.
    private static final class NoControllers implements ForwardingListener {
        @Override
        public void portChanged(PortState old, PortState now) {}

        @Override
        public void packetIn(byte[] frame, int length, DatapathAction.ToController action) {}

        @Override
        public void learned(DatapathAction.Learned learned) {}
    }

    PortSession open(String port) throws IOException, InterruptedException {
        return PortSession.open(directory, port, "test", SwitchLoss.END, System.err::println);
    }

    /// Does something on the ofproto thread.
    <T> T on(Callable<T> task) throws Exception {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return task.call();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        owner)
                .get(30, TimeUnit.SECONDS);
    }

    void addFlow(String text) throws Exception {
        FlowRule rule = FlowText.parse(text);
        FlowEntry entry = new FlowEntry(rule, 0, 0, new FlowCounters(1));
        entries.put(text, entry);
        changed(() -> {
            bridge.forwarding().tables().put(entry);
            bridge.forwarding().entryAdded(entry);
        });
    }

    /// Changes something and returns when that is effective.
    void changed(Runnable change) throws Exception {
        CompletableFuture<Void> effective = new CompletableFuture<>();
        on(() -> {
            change.run();
            bridge.forwarding().settle(effective); // as a controller of its own would
            bridge.forwarding().whenSettled(effective, () -> effective.complete(null));
            return null;
        });
        effective.get(30, TimeUnit.SECONDS);
    }

    void deleteFlow(String text) throws Exception {
        FlowEntry entry = entries.remove(text);
        changed(() -> {
            bridge.forwarding().tables().remove(entry);
            bridge.forwarding().entryRemoved(entry);
        });
    }

    long packetsOf(String flow) throws Exception {
        return on(() -> entries.get(flow).counters().packets());
    }

    PortCounters counters(int port) throws Exception {
        return on(() -> bridge.forwarding().portCounters(port));
    }

    long activeLinks() throws Exception {
        long active = 0;
        for (var link : on(() -> requests.run("links", null))) {
            active += link.get("state").asText().equals("ACTIVE") ? 1 : 0;
        }
        return active;
    }

    /// How many links have become active after a point in time.
    long linksSince(long nanos) throws Exception {
        long active = 0;
        for (var link : on(() -> requests.run("links", null))) {
            long since = System.nanoTime() - link.get("sinceMillis").asLong() * 1_000_000;
            active += link.get("state").asText().equals("ACTIVE") && since - nanos > 0 ? 1 : 0;
        }
        return active;
    }

    String links() throws Exception {
        return on(() -> requests.run("links", null)).toPrettyString();
    }

    void awaitLinks(long wanted) throws Exception {
        await(
                () -> {
                    try {
                        return activeLinks() == wanted;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                wanted + " active links");
    }

    void await(BooleanSupplier condition, String what) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("no " + what + " after 60 s: " + links());
            }
            Thread.sleep(2);
        }
    }

    void packetOut(byte[] frame, int port) throws Exception {
        on(() -> {
            Match fromController =
                    Match.builder().exact(Field.IN_PORT, OfPort.CONTROLLER & 0xffffffffL).build();
            bridge.forwarding()
                    .packetOut(frame, fromController, List.of(new Action.Output(port, 0)))
                    .run();
            bridge.forwarding().settle(null);
            return null;
        });
    }

    /// Where the region of a port for virtual machines is.
    Path portRegion(String port) {
        return store.lastingPath("port-" + port);
    }

    JsonNode request(String command, ObjectNode arguments) throws Exception {
        return on(() -> requests.answer(command, arguments))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    void hold(List<String> ports, boolean on) throws Exception {
        on(() -> {
            bridge.bypasses().hold(ports, on);
            return null;
        });
    }

    CombinedAgent agent() {
        return agent;
    }

    Path directory() {
        return directory;
    }

    String regionPrefix() {
        return store.prefix();
    }

    List<Path> regionFiles() throws IOException {
        try (var files = Files.list(Path.of("/dev/shm"))) {
            return files.filter(f -> f.getFileName().toString().startsWith(store.prefix()))
                    .toList();
        }
    }

    @Override
    public void close() throws Exception {
        agent.close();
        if (service != null) {
            service.close();
        }
        owner.shutdown();
        owner.awaitTermination(5, TimeUnit.SECONDS);
        bridge.close();
        journal.close();
        store.removeLeftovers(true);
        try (var files = Files.walk(directory)) {
            for (Path p : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
