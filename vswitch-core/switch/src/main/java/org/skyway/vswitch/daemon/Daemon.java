package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.skyway.agent.CombinedAgent;
import org.skyway.agent.PortAccess;
import org.skyway.agent.PortHost;
import org.skyway.agent.libvirt.LibvirtAgent;
import org.skyway.agent.process.ProcessAgent;
import org.skyway.agent.service.RemoteAgent;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.bridge.Requests;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.http.Switchboard;
import org.skyway.vswitch.http.WebServer;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.ofproto.OfprotoConfig;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.state.StateQueue;
import org.skyway.vswitch.state.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The switch from its first line to its last. What is started first is stopped last.
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final Duration VNF_TIMEOUT = Duration.ofSeconds(5);

    // Stopped in reverse: VNFs are told first, then controllers, then the poll threads stop.
    private final Parts running = new Parts(LOG);
    private final Faults faults = new Faults();
    private Path runDirectory;
    private Bridge bridge;
    private Ofproto ofproto;
    private String pageUrl; // null for none
    private Path stateDirectory; // null if nothing is remembered

    private Daemon() {}

    /// Runs a switch until the process is told to end (SIGTERM, SIGINT).
    ///
    /// @param runDirectory where its sockets and its journal are
    /// @param config what the user asked for
    /// @param state where it keeps what the switch after it has to know
    /// @param rehearsal how long at most to try out the control path, beside what is asked of it;
    ///   before it takes over from another one, though
    /// @throws ConfigException if it can't be started as asked
    public static void run(
            Path runDirectory, SwitchConfig config, StateOptions state, Duration rehearsal) {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread hook =
                new Thread(
                        () -> {
                            stop.countDown();
                            try {
                                stopped.await(20, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop");
        ServiceManager manager = ServiceManager.ofEnvironment();
        TakeOver before = TakeOver.none(false);
        if (state.takeOver()) {
            Path directory = runDirectory.toAbsolutePath();
            TakeOverCheck.check(directory, config, state);
            before = TakeOver.from(directory, state.directory(), rehearsal, manager);
        }
        boolean rehearsed = before.hasRehearsed();
        Daemon daemon = start(runDirectory, config, state, before);
        Thread rehearsing =
                new Thread(
                        () -> {
                            Rehearsal.run(
                                    runDirectory.toAbsolutePath(),
                                    rehearsed ? 0 : rehearsal.toNanos(),
                                    () -> stop.getCount() == 0 || daemon.ofproto.isAsked());
                            System.gc(); // what that has left is given back
                            say("the switch has warmed up");
                        },
                        "rehearsal");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            if (daemon.pageUrl != null) {
                say("the live page is " + daemon.pageUrl);
            }
            say(
                    "bridge %s is ready: %d port(s), ovs-ofctl by OVS_RUNDIR=%s"
                            .formatted(config.bridge(), config.ports().size(), runDirectory));
            manager.ready(
                    "bridge %s, %d port(s)".formatted(config.bridge(), config.ports().size()));
            OpenJars.openAll();
            rehearsing.start();
            stop.await();
            manager.stopping();
            rehearsing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            daemon.close();
            stopped.countDown();
        }
    }

    private static void say(String line) {
        System.out.println("skyway: " + line);
        System.out.flush();
    }

    /// Starts a switch.
    ///
    /// @param runDirectory where its sockets and its journal are
    /// @param config what the user asked for
    /// @return the running switch
    /// @throws ConfigException if it can't be started as asked; nothing is left running
    public static Daemon start(Path runDirectory, SwitchConfig config) {
        return start(runDirectory, config, StateOptions.NONE);
    }

    /// Starts a switch.
    ///
    /// @param runDirectory where its sockets and its journal are
    /// @param config what the user asked for
    /// @param state where it keeps what the switch after it has to know
    /// @return the running switch
    /// @throws ConfigException if it can't be started as asked; nothing is left running, and what
    ///   an earlier switch has left is still there
    public static Daemon start(Path runDirectory, SwitchConfig config, StateOptions state) {
        return start(runDirectory, config, state, TakeOver.none(false));
    }

    private static Daemon start(
            Path runDirectory, SwitchConfig config, StateOptions state, TakeOver predecessor) {
        Daemon daemon = new Daemon();
        try {
            daemon.begin(runDirectory.toAbsolutePath(), config, state, predecessor);
            return daemon;
        } catch (IOException e) {
            daemon.close();
            throw predecessor.failed("can't start the switch: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            daemon.close();
            throw predecessor.isThere() ? predecessor.failed(e.getMessage(), e) : e;
        }
    }

    private void begin(
            Path directory, SwitchConfig config, StateOptions options, TakeOver predecessor)
            throws IOException {
        runDirectory = directory;
        OfprotoConfig ofprotoConfig = ofprotoConfig(directory, config);
        running.claim(RunLock.take(directory));
        RegionStore regions = RegionStore.of(directory, LOG::warn);
        StateQueue state = null;
        FutureTask<SavedState> recovery = new FutureTask<>(() -> null);
        if (options.directory() != null) {
            StateStore store = StateStore.open(options.directory());
            running.claim(store);
            recovery = options.forget() ? recovery : store.recovery();
            Thread reader = Thread.ofPlatform().name("recovery").start(recovery);
            running.add(reader::join); // before the store is another's
            state = store.begin(config.pollThreads(), faults);
            running.add(state);
            stateDirectory = options.directory().toAbsolutePath().normalize();
        } else {
            recovery.run();
        }
        // After everything that has one mapped.
        running.add(() -> LastingLeftovers.remove(regions, config));
        Journal journal = new Journal(directory, faults);
        running.add(journal);
        RunningBridge made =
                new RunningBridge(config, ofprotoConfig, regions, journal, faults, state);
        running.add(made);
        SavedState saved = RunningBridge.result(recovery, Long.MAX_VALUE, config.bridge());
        if (saved == null) {
            List<Path> leftovers = regions.removeLeftovers(!config.machines());
            if (!leftovers.isEmpty()) {
                LOG.info("removed what an earlier switch left behind: {}", leftovers);
            }
        }
        LastingLeftovers.remove(regions, config);
        bridge = made.bridge();
        ofproto = made.ofproto();
        PortHost host = made.connect();
        CombinedAgent agent = new CombinedAgent(host);
        running.add(agent);
        PortAccess access = PortUsers.access(config.ports());
        agent.add(watch ->
                ProcessAgent.start(
                        directory.resolve(RunDirectory.PMD_SOCKET), watch, VNF_TIMEOUT, access));
        if (config.agent().equals(SwitchConfig.SERVICE)) {
            agent.add(watch ->
                    RemoteAgent.start(directory.resolve(RunDirectory.AGENT_SOCKET), watch));
        } else if (config.agent().equals(SwitchConfig.LIBVIRT)) {
            agent.add(watch ->
                    LibvirtAgent.start(
                            config.libvirtUri(),
                            config.domains(),
                            watch,
                            LibvirtAgent.DEFAULT_TIMEOUT));
        }
        Future<?> started = made.begin(agent, saved);
        // Nothing that still can go wrong is to change what a switch before has left; but the one
        // that has handed over has its addresses for a moment yet, and no packet is to wait for
        // that.
        if (predecessor.isThere()) {
            RunningBridge.result(started, Long.MAX_VALUE, config.bridge());
            awaitOpen(state);
            made.goOn(saved);
            predecessor.awaitEnd();
            listen(directory, config, made, journal);
        } else {
            try {
                listen(directory, config, made, journal); // meanwhile
            } finally {
                RunningBridge.result(started, Long.MAX_VALUE, config.bridge());
            }
            awaitOpen(state);
            made.goOn(saved);
        }
    }

    private static void awaitOpen(StateQueue state) throws IOException {
        if (state != null) {
            state.awaitOpen();
        }
    }

    private void listen(Path directory, SwitchConfig config, RunningBridge made, Journal journal)
            throws IOException {
        made.listen();
        Executor owner = made.owner();
        Requests requests = new Requests(bridge, ofproto::copyTables);
        Asked asked = new Asked(requests, ofproto, this::handOver);
        running.add(ControlServer.start(directory, owner, asked, faults));
        if (config.http() != null) {
            WebServer page = WebServer.start(config.http(), board(owner, asked), faults);
            running.add(page);
            journal.listen(page::happened);
            pageUrl = page.url();
        }
    }

    /// Ends at once, so that another switch can go on from here: nobody is told, nothing is
    /// removed. Ofproto thread.
    ///
    /// @param theirs state directory of the other one; empty if it did not say
    /// @param answer tells the other one
    private void handOver(String theirs, Runnable answer) {
        HandOver.check(stateDirectory, theirs);
        LOG.info("handing over to another switch");
        bridge.handOver();
        HandOver.release(running, runDirectory);
        boolean awaited = bridge.hasTaps();
        Thread.ofPlatform().name("hand-over").start(() -> HandOver.end(answer, awaited));
        // Nothing else is to happen in this process.
        ofproto.executor().execute(HandOver::rest);
    }

    private Switchboard board(Executor owner, Asked asked) {
        return request -> ControlServer.answer(owner, asked, faults, request);
    }

    /// Where its live page is.
    ///
    /// @return for a browser; null if there is none
    public String pageUrl() {
        return pageUrl;
    }

    private static OfprotoConfig ofprotoConfig(Path directory, SwitchConfig config) {
        List<String> targets = new ArrayList<>(config.controllers());
        for (String target : config.listen()) {
            if (!target.startsWith("p")) {
                throw new ConfigException(
                        "can't listen on \"%s\"; write ptcp:[PORT][:HOST], pssl:[PORT][:HOST] or punix:FILE, or name it as a controller"
                                .formatted(target));
            }
            targets.add(target);
        }
        SwitchConfig.Tls tls = config.tls();
        try {
            OfprotoConfig c =
                    new OfprotoConfig(
                            config.bridge(),
                            config.dpid(),
                            directory,
                            targets,
                            config.failMode().equals("standalone")
                                    ? OfprotoConfig.FailMode.STANDALONE
                                    : OfprotoConfig.FailMode.SECURE);
            c = config.beyondOvs() ? c.beyondOpenVSwitch() : c;
            return tls == null
                    ? c
                    : c.withTls(
                            new OfprotoConfig.Tls(
                                    tls.privateKey(), tls.certificate(), tls.caCertificate()));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    /// Stops the switch: VNFs and controllers see their connections close.
    @Override
    public void close() {
        running.close();
    }
}
