package org.skyway.vswitch.dropin;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.OvsdbClient;
import org.skyway.ovsdb.OvsdbException;
import org.skyway.ovsdb.Remote;
import org.skyway.ovsdb.Row;
import org.skyway.ovsdb.Snapshot;
import org.skyway.ovsdb.Transaction;
import org.skyway.unixctl.PidFile;
import org.skyway.unixctl.UnixctlException;
import org.skyway.unixctl.UnixctlServer;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.daemon.ControlServer;
import org.skyway.vswitch.daemon.HandOver;
import org.skyway.vswitch.daemon.Parts;
import org.skyway.vswitch.daemon.RunLock;
import org.skyway.vswitch.daemon.StateOptions;
import org.skyway.vswitch.daemon.TakeOver;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.http.WebServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The switch as a client of a database, from its first line to its last.
///
/// The database's event loop only notes what it is told; all else is done on the configuration
/// thread, pass by pass. One transaction is under way at a time, so that what is written is
/// compared with what there is.
public final class DropIn implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DropIn.class);
    private static final long LOOK_MILLIS = 200;
    private static final long LEAST_STATISTICS_MILLIS = 5000;
    private static final long TRANSACTION_SECONDS = 20;
    private static final long AGAIN_MILLIS = 1000;

    private static final String PID_FILE = "ovs-vswitchd.pid";

    /// Where Open vSwitch's sockets are, unless told otherwise.
    public static final Path RUN_DIRECTORY = Path.of("/var/run/openvswitch");

    private final Settings settings;
    private final Faults faults = new Faults();
    private final Parts running = new Parts(LOG);
    private final ScheduledExecutorService configuration =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "configuration"));
    private final CountDownLatch configured = new CountDownLatch(1); // for the first time
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicBoolean passPending = new AtomicBoolean();
    private volatile Snapshot latest; // null while another has the lock
    private Bridges bridges;
    private OvsdbClient client;

    // The configuration thread's.
    private final Set<String> failedBridges = new HashSet<>();
    private final PortErrors portErrors = new PortErrors();
    private final Unmet unmet = new Unmet();
    private boolean restoring = true; // until flow-restore-wait was false once
    private boolean first = true;
    private String keysSeen = ""; // of the files of table SSL
    private long statisticsNanos = System.nanoTime();
    private WantedInterfaces wantedInterfaces;

    /// What it is started with.
    ///
    /// @param database where the database is, as Open vSwitch's programs take it
    /// @param runDirectory where its sockets are
    /// @param stateDirectory where bridges keep what the next switch must know; null for nowhere
    /// @param forget whether to begin without what an earlier switch knew
    /// @param takeOver whether the switch that runs is to hand over to this one
    /// @param rehearsal how long at most to try out the control path before that
    /// @param base what holds for every bridge
    /// @param pidFile where its process id is; null for nowhere
    /// @param unixctl where it is asked by `ovs-appctl`; null for the usual place, empty for
    ///   nowhere
    public record Settings(
            String database,
            Path runDirectory,
            Path stateDirectory,
            boolean forget,
            boolean takeOver,
            Duration rehearsal,
            SwitchConfig base,
            Path pidFile,
            String unixctl) {}

    /// Where Open vSwitch's sockets are.
    ///
    /// @return `$OVS_RUNDIR`, or the usual place
    public static Path runDirectory() {
        String variable = System.getenv("OVS_RUNDIR");
        return variable == null || variable.isBlank() ? RUN_DIRECTORY : Path.of(variable);
    }

    /// Sets levels of the log as Open vSwitch's daemons take them.
    ///
    /// @param specs `[MODULE][:DESTINATION][:LEVEL]` each
    /// @throws ConfigException if one can't be understood
    public static void logLevels(List<String> specs) {
        try {
            Appctl.vlogSet(specs);
        } catch (UnixctlException e) {
            throw new ConfigException("log level: " + e.getMessage(), e);
        }
    }

    private DropIn(Settings settings) {
        this.settings = settings;
    }

    /// Runs a switch until the process is told to end (SIGTERM, SIGINT, `ovs-appctl exit`).
    ///
    /// @param settings what it is started with
    /// @throws ConfigException if it can't be started as asked
    public static void run(Settings settings) {
        CountDownLatch stopped = new CountDownLatch(1);
        DropIn dropIn = start(settings);
        Thread hook =
                new Thread(
                        () -> {
                            dropIn.stop.countDown();
                            try {
                                stopped.await(20, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            dropIn.awaitConfigured();
            Readiness.tell();
            dropIn.stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            dropIn.close();
            stopped.countDown();
        }
    }

    // Not if it is told to end before.
    private void awaitConfigured() throws InterruptedException {
        while (!configured.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (stop.getCount() == 0) {
                return;
            }
        }
    }

    /// Starts a switch.
    ///
    /// @param settings what it is started with
    /// @return the switch, which waits for its database
    /// @throws ConfigException if it can't be started as asked; nothing is left running
    public static DropIn start(Settings settings) {
        TakeOver before = TakeOver.none(false);
        if (settings.takeOver()) {
            if (settings.stateDirectory() == null) {
                throw new ConfigException(
                        "--take-over goes on from the state directory; name one with --statedir");
            }
            before =
                    TakeOver.from(
                            settings.runDirectory().toAbsolutePath().normalize(),
                            settings.base(),
                            new StateOptions(settings.stateDirectory(), settings.forget(), true),
                            settings.rehearsal());
        }
        DropIn dropIn = new DropIn(settings);
        try {
            dropIn.begin(before);
            return dropIn;
        } catch (IOException e) {
            dropIn.close();
            ConfigException why =
                    new ConfigException("can't start the switch: " + e.getMessage(), e);
            throw before.isThere() ? before.failed(why.getMessage(), e) : why;
        } catch (OvsdbException e) {
            dropIn.close();
            throw before.failed(e.getMessage(), e);
        } catch (RuntimeException e) {
            dropIn.close();
            throw before.isThere() ? before.failed(e.getMessage(), e) : e;
        }
    }

    private void begin(TakeOver predecessor) throws IOException {
        Remote remote = Remote.parse(settings.database());
        Path directory = settings.runDirectory().toAbsolutePath().normalize();
        long pid = ProcessHandle.current().pid();
        if (settings.pidFile() != null) {
            running.claim(PidFile.create(directory.resolve(settings.pidFile()), pid));
        }
        running.claim(RunLock.take(directory));
        beOvsVswitchd();
        bridges =
                new Bridges(
                        directory,
                        settings.stateDirectory(),
                        settings.base(),
                        faults,
                        settings.forget());
        wantedInterfaces = new WantedInterfaces(bridges);
        running.add(bridges);
        running.add(this::stopConfiguring);
        predecessor.awaitEnd(); // it has its addresses and interfaces for a moment yet
        Control control = new Control(bridges, this::handOver);
        running.add(ControlServer.start(directory, Runnable::run, control, faults));
        if (settings.base().http() != null) {
            WebServer page = WebServer.start(settings.base().http(), control.board(), faults);
            running.add(page);
            bridges.listen(page::happened);
        }
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("ovsdb"), NioIoHandler.newFactory());
        running.add(() -> group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly());
        String socket = settings.unixctl();
        if (socket == null || !socket.isEmpty()) {
            Path path = directory.resolve(socket == null ? "ovs-vswitchd." + pid + ".ctl" : socket);
            Appctl appctl = new Appctl(bridges, stop::countDown);
            running.claim(UnixctlServer.start(group, path, appctl.commands()));
        }
        client =
                new OvsdbClient(
                        group,
                        remote,
                        Columns.DATABASE,
                        Columns.LOCK,
                        Columns.all(),
                        new Listener());
        running.add(client);
        client.start();
        configuration.scheduleWithFixedDelay(
                () -> survive(this::look), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        // Some wait for this line.
        LoggerFactory.getLogger(Bridge.class)
                .info("ovs-vswitchd (Open vSwitch) {}", Appctl.OVS_VERSION);
    }

    /// Ends at once, so that another switch can go on from here: nobody is told, nothing is
    /// removed. Any thread.
    ///
    /// @param theirs state directory of the other one
    /// @param answer tells the other one
    private void handOver(String theirs, Runnable answer) {
        Path own = settings.stateDirectory();
        HandOver.check(own == null ? null : own.toAbsolutePath().normalize(), theirs);
        configuration.execute(() -> giveAway(answer)); // not in the middle of a pass
    }

    private void giveAway(Runnable answer) {
        LOG.info("handing over to another switch");
        bridges.handOver();
        running.stop(client); // and the database's lock
        HandOver.release(running, bridges.directory());
        HandOver.end(answer, true); // it has the bridges' interfaces
    }

    // Open vSwitch's service scripts look at the name of a process, too.
    private static void beOvsVswitchd() {
        try {
            Files.writeString(Path.of("/proc/self/comm"), "ovs-vswitchd");
        } catch (IOException e) {
            LOG.warn("this process is not called ovs-vswitchd: {}", e.toString());
        }
    }

    private void stopConfiguring() throws InterruptedException {
        configuration.shutdownNow();
        configuration.awaitTermination(TRANSACTION_SECONDS, TimeUnit.SECONDS);
        wantedInterfaces.close();
    }

    /// On the database's event loop.
    private final class Listener implements OvsdbClient.Listener {
        private boolean waits;
        private boolean away;

        @Override
        public void changed(Snapshot now, Map<String, Set<String>> columns) {
            latest = now;
            if (columns == null) {
                LOG.info("{}: connected, lock {} is held", settings.database(), Columns.LOCK);
                waits = false;
                away = false;
            }
            if (columns == null || Columns.configure(columns)) {
                schedulePass(0);
            }
        }

        @Override
        public void lockedOut() {
            latest = null;
            if (!waits) {
                waits = true;
                LOG.error(
                        "another switch{} is configured by {}; this one is disabled until that goes away",
                        other(),
                        settings.database());
            }
            configuration.execute(() -> survive(bridges::suspend));
        }

        @Override
        public void disconnected(String why) {
            if (!away) {
                away = true;
                LOG.warn("{}: {}; trying again, all else goes on", settings.database(), why);
            }
        }
    }

    // Who holds the lock can't be asked of the server; where Open vSwitch's daemon usually says so.
    private String other() {
        Path usual = settings.runDirectory().resolve(PID_FILE);
        Path own = settings.pidFile();
        if (own != null
                && settings.runDirectory().resolve(own).normalize().equals(usual.normalize())) {
            return ""; // whoever opens and closes it gives up the lock on it
        }
        try {
            return " (process %.20s)".formatted(Files.readString(usual).strip());
        } catch (IOException e) {
            return "";
        }
    }

    private void schedulePass(long millis) {
        if (passPending.compareAndSet(false, true)) {
            configuration.schedule(
                    () -> {
                        passPending.set(false);
                        survive(this::pass);
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    // What is thrown out of a scheduled task ends it for ever, without a word.
    private void survive(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the switch ends
        } catch (Throwable e) {
            if (!configuration.isShutdown()) { // else it is the end of what it needs
                faults.record("configuration", e);
                schedulePass(AGAIN_MILLIS);
            }
        }
    }

    private void pass() throws InterruptedException {
        Snapshot now = latest;
        Wanted wanted = now == null ? null : Wanted.of(now);
        if (wanted == null) {
            return; // nobody has initialized the database yet, or it is another's
        }
        Map<String, String> other = wanted.root().pairs("other_config");
        restoring &= "true".equals(other.get("flow-restore-wait"));
        if (first) {
            bridges.forgetOthers(wanted.bridges().keySet());
        }
        unmet.say(wanted);
        Transaction t = new Pass(bridges, wanted, !restoring, failedBridges, portErrors).run();
        addStatus(t, wanted, first, true);
        Row root = wanted.root();
        t.change(Columns.ROOT, root, "datapath_types", Datum.of(List.of("netdev", "system")));
        t.change(Columns.ROOT, root, "iface_types", Datum.of(PortTypes.ALL));
        t.change(Columns.ROOT, root, "dpdk_version", Datum.of("none"));
        t.change(Columns.ROOT, root, "dpdk_initialized", Datum.of(false));
        t.change(Columns.ROOT, root, "cur_cfg", root.get("next_cfg"));
        if (commit(t)) {
            first = false;
            bridges.complete();
            configured.countDown();
        }
    }

    private void addStatus(Transaction t, Wanted wanted, boolean statistics, boolean interfaces) {
        if (statistics) {
            boolean enabled =
                    "true".equals(wanted.root().pairs("other_config").get("enable-statistics"));
            Map<String, String> host = enabled ? HostStatistics.of(bridges.directory()) : Map.of();
            t.change(Columns.ROOT, wanted.root(), "statistics", Datum.of(host));
        }
        StatusColumns status = new StatusColumns(t, statistics, interfaces);
        for (Wanted.WantedBridge w : wanted.bridges().values()) {
            Slot slot = bridges.get(w.name());
            if (slot != null) {
                try {
                    if (interfaces) {
                        Devices devices = new Devices(w, slot);
                        devices.set(); // what somebody else has set is set back, as in Open vSwitch
                        devices.follow();
                    }
                    status.bridge(w, slot);
                } catch (IOException e) {
                    if (configuration.isShutdown()) {
                        return;
                    }
                    faults.record("status of bridges", e);
                }
            }
        }
    }

    private boolean commit(Transaction t) throws InterruptedException {
        if (t.isEmpty()) {
            return true;
        }
        try {
            client.transact(t).toCompletableFuture().get(TRANSACTION_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("{}: {}", settings.database(), e.getMessage());
            // Nothing is lost: what differs is written by the next pass.
            schedulePass(AGAIN_MILLIS);
            return false;
        }
    }

    // What may change without the database: interfaces that come and go, links, controllers,
    // counters.
    private void look() throws InterruptedException {
        Snapshot now = latest;
        Wanted wanted = now == null || first ? null : Wanted.of(now);
        if (wanted == null || passPending.get()) {
            return;
        }
        long nanos = System.nanoTime();
        boolean interfaces = wantedInterfaces.isDue(nanos);
        if (keysChanged(wanted) || interfaces && wantedInterfaces.hasChanged(wanted)) {
            schedulePass(0);
            return;
        }
        if (interfaces) {
            wantedInterfaces.looked(nanos);
        }
        boolean statistics = nanos - statisticsNanos >= interval(wanted.root());
        if (statistics) {
            statisticsNanos = nanos;
        }
        Transaction t = new Transaction();
        addStatus(t, wanted, statistics, interfaces);
        commit(t);
    }

    private static long interval(Row root) {
        String asked = root.pairs("other_config").getOrDefault("stats-update-interval", "");
        long millis = asked.matches("[0-9]{1,9}") ? Long.parseLong(asked) : 0;
        return TimeUnit.MILLISECONDS.toNanos(Math.max(LEAST_STATISTICS_MILLIS, millis));
    }

    // Keys may come later than their names, and be replaced.
    private boolean keysChanged(Wanted wanted) {
        String now = wanted.keys() == null ? "" : wanted.keys().seen();
        boolean changed = !now.equals(keysSeen);
        keysSeen = now;
        return changed;
    }

    @Override
    public void close() {
        running.close();
    }
}
