package org.skyway.agent.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.libvirt.LibvirtException;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.agent.PortHost;
import org.skyway.agent.VmReport;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the drivers of VNFs in virtual machines: see the package. Lives through restarts of
/// libvirtd, during which everything goes on but plugging and unplugging.
public final class LibvirtAgent implements Agent {
    /// How long a driver may take to answer, unless told otherwise: longer than the 12 s that it
    /// waits for a device to show up, for it knows better what is wrong.
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(LibvirtAgent.class);
    private static final long FIRST_RETRY_MILLIS = 200;
    private static final long LAST_RETRY_MILLIS = 5000;
    private static final String NO_PORT = ""; // names the problem of having none

    /// A domain without ports, as far as is known.
    private record Other(GuestDescription description, boolean paused) {}

    private final String uri;
    private final Map<String, List<String>> mapping;
    private final PortHost host;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor control;
    private final ExecutorService connecting = daemon("libvirt-connect");
    private final Map<String, Guest> guests = new HashMap<>();
    private final Map<String, ExecutorService> calls = new HashMap<>(); // by domain
    private final OfferedRegions offered = new OfferedRegions();
    private final Map<String, GuestPort> ports = new LinkedHashMap<>();
    private final Map<String, Other> others = new HashMap<>(); // by name; on the control thread
    private volatile Hypervisor hypervisor; // null while there is no libvirtd
    private boolean closing; // control thread

    private LibvirtAgent(
            String uri, Map<String, List<String>> mapping, PortHost host, Duration timeout) {
        this.uri = uri;
        this.mapping = mapping;
        this.host = host;
        this.timeout = timeout;
        control =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("libvirt-agent").factory()) {
                    // The pool keeps what a task throws to itself.
                    @Override
                    protected void afterExecute(Runnable task, Throwable thrown) {
                        if (task instanceof Future<?> f && f.state() == Future.State.FAILED) {
                            host.fault("agent: work for a guest", f.exceptionNow());
                        }
                    }
                };
        control.setRemoveOnCancelPolicy(true);
        // Whatever still comes from libvirt or a guest after the end is of no interest.
        control.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        control.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// Starts an agent. Whether libvirt can be reached shows later: it is tried again and again.
    ///
    /// @param uri like `qemu:///system`
    /// @param mapping ports by the name of the domain that has them, in the order of its channels,
    ///   for domains whose metadata say nothing
    /// @param host told of VNFs that come and go
    /// @param timeout how long a driver may take to answer
    /// @return the agent
    public static LibvirtAgent start(
            String uri, Map<String, List<String>> mapping, PortHost host, Duration timeout) {
        LibvirtAgent agent = new LibvirtAgent(uri, mapping, host, timeout);
        agent.connect(FIRST_RETRY_MILLIS);
        return agent;
    }

    @Override
    public CompletionStage<Void> attach(
            String port, int slot, RegionRef region, boolean sideA, String link) {
        return onPort(
                port,
                p -> p.attach(slot, region, sideA, link),
                () ->
                        CompletableFuture.failedFuture(
                                new AgentException(
                                        "can't attach link %s to port %s: no running domain has that port"
                                                .formatted(link, port))));
    }

    @Override
    public CompletionStage<Void> detach(String port, int slot) {
        return onPort(port, p -> p.detach(slot), () -> CompletableFuture.completedFuture(null));
    }

    @Override
    public void administer(String port, boolean up) {
        with(ports, port, p -> p.administer(up));
    }

    @Override
    public void drop(String port, String reason) {
        with(ports, port, p -> p.drop(reason));
    }

    // Does something to a port or guest that is there.
    private <T> void with(Map<String, T> all, String name, Consumer<T> work) {
        control.execute(() -> {
            T one = all.get(name);
            if (one != null) {
                work.accept(one);
            }
        });
    }

    @Override
    public void offer(RegionRef region) {
        control.execute(() -> {
            offered.add(region);
            share(List.of(region));
            guests.values().forEach(offered::check);
            Map.copyOf(others)
                    .forEach((name, other) -> found(name, other.description(), other.paused()));
        });
    }

    // QEMU's group is not known before there is a libvirtd; then it is done for all.
    private void share(List<RegionRef> regions) {
        Hypervisor libvirt = hypervisor;
        if (libvirt == null) {
            return;
        }
        connecting.execute(() -> {
            try {
                OptionalInt group = libvirt.groupId();
                for (RegionRef region : regions) {
                    if (Files.exists(Path.of(region.path()))) {
                        LinkDevice.share(region, group);
                    }
                }
            } catch (LibvirtException | IOException | RuntimeException e) {
                LOG.warn("machines may not be able to open port regions: {}", e.getMessage());
            }
        });
    }

    @Override
    public CompletionStage<List<VmReport>> machines() {
        return CompletableFuture.supplyAsync(
                () -> guests.values().stream().map(this::report).toList(), control);
    }

    @Override
    public void close() {
        try {
            CompletableFuture.runAsync(
                            () -> {
                                closing = true;
                                ports.values().forEach(p -> p.close("the agent ends"));
                                calls.values().forEach(ExecutorService::shutdown);
                            },
                            control)
                    .join();
        } finally {
            connecting.shutdown();
            control.shutdown();
            Hypervisor last = hypervisor;
            if (last != null) {
                last.close();
            }
        }
    }

    private CompletionStage<Void> onPort(
            String name,
            Function<GuestPort, CompletableFuture<Void>> request,
            Supplier<CompletableFuture<Void>> otherwise) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        control.execute(() -> {
            GuestPort port = ports.get(name);
            (port == null ? otherwise.get() : request.apply(port))
                    .whenComplete((_, failure) -> {
                        if (failure == null) {
                            result.complete(null);
                        } else {
                            result.completeExceptionally(failure);
                        }
                    });
        });
        return result;
    }

    private VmReport report(Guest guest) {
        List<VmReport.Port> own = new ArrayList<>();
        for (GuestPort port : ports.values()) {
            if (port.guest() == guest) {
                own.add(new VmReport.Port(port.name(), port.isDriven()));
            }
        }
        return new VmReport(
                guest.name(),
                guest.isPaused() ? "paused" : "running",
                own,
                guest.report(),
                guest.problems());
    }

    // ---- libvirt comes and goes

    private void connect(long retryMillis) {
        connecting.execute(() -> {
            try {
                Hypervisor fresh = Hypervisor.connect(uri, new Events());
                control.execute(() -> connected(fresh));
            } catch (Throwable e) { // JNA's errors, too: without a retry there would be no machines
                if (retryMillis == FIRST_RETRY_MILLIS) {
                    LOG.warn("can't reach libvirt at {}: {}; tried again", uri, e.getMessage());
                }
                control.schedule(
                        () -> connect(Math.min(2 * retryMillis, LAST_RETRY_MILLIS)),
                        retryMillis,
                        TimeUnit.MILLISECONDS);
            }
        });
    }

    private void connected(Hypervisor fresh) {
        if (closing) {
            connecting.execute(fresh::close);
            return;
        }
        LOG.info("connected to libvirt at {}", uri);
        hypervisor = fresh;
        share(offered.all());
        connecting.execute(() -> {
            try {
                List<String> active = fresh.activeDomains();
                control.execute(() -> reconcile(active));
            } catch (LibvirtException | RuntimeException | LinkageError e) {
                LOG.warn("can't list domains: {}", e.getMessage());
            }
        });
    }

    private void lost(String reason) {
        Hypervisor old = hypervisor;
        if (old == null || closing) {
            return;
        }
        LOG.warn("{}; links that are up go on", reason);
        hypervisor = null;
        connecting.execute(old::close);
        connect(FIRST_RETRY_MILLIS);
    }

    private void reconcile(List<String> active) {
        for (String name : List.copyOf(guests.keySet())) {
            if (!active.contains(name)) {
                stopped(name);
            }
        }
        others.keySet().retainAll(active);
        active.forEach(this::look);
    }

    // ---- domains come and go

    // Looks at a domain on its thread, and takes over what it finds on the control thread.
    private void look(String name) {
        Hypervisor libvirt = hypervisor;
        if (libvirt == null) {
            return;
        }
        caller(name)
                .execute(() -> {
                    try {
                        GuestDescription description = libvirt.describe(name);
                        boolean paused = libvirt.isPaused(name);
                        control.execute(() -> found(name, description, paused));
                    } catch (LibvirtException | RuntimeException e) {
                        LOG.warn("can't look at domain {}: {}", name, e.getMessage());
                    }
                });
    }

    private void found(String name, GuestDescription description, boolean paused) {
        if (closing) {
            return;
        }
        Map<String, String> channels = ports(name, description);
        RegionRef device = channels.isEmpty() ? offered.of(description) : null;
        if (channels.isEmpty() && device == null) {
            others.put(name, new Other(description, paused));
            return;
        }
        others.remove(name);
        Guest guest = guests.get(name);
        if (guest == null) {
            guest = new Guest(name, description, () -> hypervisor, control, caller(name));
            guests.put(name, guest);
            LOG.info("domain {} has port(s) {}", name, channels.keySet());
        }
        for (Map.Entry<String, String> port : channels.entrySet()) {
            add(guest, port.getKey(), port.getValue());
        }
        if (device != null) {
            problem(
                    guest,
                    NO_PORT,
                    "it has the port region %s, but neither its metadata nor the switch's configuration name its ports; add <skyway:port name='…'/>"
                            .formatted(device.path()));
        } else {
            guest.solved(NO_PORT);
        }
        if (guest.describedAs(description, portsOf(guest))) {
            portsOf(guest).forEach(port -> ports.get(port).settle());
        }
        offered.check(guest);
        paused(guest, paused);
    }

    private Map<String, String> ports(String domain, GuestDescription description) {
        if (!description.ports().isEmpty() || !mapping.containsKey(domain)) {
            return description.ports();
        }
        Map<String, String> channels = new LinkedHashMap<>();
        for (String port : mapping.get(domain)) {
            channels.put(port, GuestDescription.CHANNEL_PREFIX + channels.size());
        }
        return channels;
    }

    private void add(Guest guest, String port, String channel) {
        GuestPort other = ports.get(port);
        if (other != null) {
            if (other.guest() != guest) {
                problem(
                        guest,
                        port,
                        "port %s is domain %s's already".formatted(port, other.guest().name()));
            }
            return;
        }
        Path socket = guest.description().channels().get(channel);
        if (socket == null) {
            problem(
                    guest,
                    port,
                    "port %s has no <channel> of type unix named %s; add one"
                            .formatted(port, channel));
            return;
        }
        guest.solved(port);
        String name = "port %s in domain %s".formatted(port, guest.name());
        GuestPort added =
                new GuestPort(
                        port,
                        guest,
                        host,
                        control,
                        listener -> new GuestChannel(name, socket, control, timeout, listener));
        ports.put(port, added);
        added.start();
    }

    /// Says what is wrong with a guest, once.
    static void problem(Guest guest, String port, String what) {
        if (guest.problem(port, what)) {
            LOG.warn("domain {}: {}", guest.name(), what);
        }
    }

    private Set<String> portsOf(Guest guest) {
        Set<String> own = new HashSet<>();
        for (GuestPort port : ports.values()) {
            if (port.guest() == guest) {
                own.add(port.name());
            }
        }
        return own;
    }

    private void paused(Guest guest, boolean paused) {
        if (guest.isPaused() == paused) {
            return;
        }
        guest.paused(paused);
        LOG.info("domain {} {}", guest.name(), paused ? "is paused" : "runs again");
        for (GuestPort port : ports.values()) {
            if (port.guest() == guest && port.isDriven()) {
                host.vnfPaused(port.name(), paused);
            }
        }
    }

    private void stopped(String name) {
        others.remove(name);
        Guest guest = guests.remove(name);
        if (guest == null) {
            return;
        }
        LOG.info("domain {} has stopped", name);
        for (String port : portsOf(guest)) {
            ports.remove(port).close("domain " + name + " has stopped");
        }
        guest.stopped();
        // Another domain may have waited for one of its ports.
        guests.values().stream().filter(Guest::hasProblems).map(Guest::name).forEach(this::look);
    }

    private ExecutorService caller(String domain) {
        return calls.computeIfAbsent(domain, d -> daemon("libvirt-" + d));
    }

    private static ExecutorService daemon(String name) {
        return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    /// Brings libvirt's events to the control thread.
    private final class Events implements Hypervisor.Listener {
        @Override
        public void domainChanged(String domain, Hypervisor.DomainEvent event) {
            control.execute(() -> {
                switch (event) {
                    case STARTED, DEFINED -> look(domain);
                    case SUSPENDED, PMSUSPENDED, RESUMED -> {
                        Guest guest = guests.get(domain);
                        if (guest == null) {
                            look(domain);
                        } else {
                            paused(guest, event != Hypervisor.DomainEvent.RESUMED);
                        }
                    }
                    case STOPPED, CRASHED -> stopped(domain);
                    case UNDEFINED, SHUTDOWN -> {
                        // What matters is when it stops.
                    }
                }
            });
        }

        @Override
        public void deviceRemoved(String domain, String alias) {
            with(guests, domain, guest -> guest.removed(alias));
        }

        @Override
        public void deviceRemovalFailed(String domain, String alias) {
            with(guests, domain, guest -> guest.removalFailed(alias));
        }

        @Override
        public void lost(String reason) {
            control.execute(() -> LibvirtAgent.this.lost(reason));
        }
    }
}
