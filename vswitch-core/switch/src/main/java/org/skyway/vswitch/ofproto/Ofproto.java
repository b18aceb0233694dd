package org.skyway.vswitch.ofproto;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.tables.FlowEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bridge's OpenFlow side: listens for tools and controllers, connects to controllers, and keeps
/// what they install.
///
/// Everything happens on one thread, the *ofproto thread*. Unless said otherwise, methods must be
/// called there; others hand it work through [#executor].
public final class Ofproto implements ForwardingListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ofproto.class);
    private static final long TICK_MILLIS = 100;

    /// A tool on the management socket, and who watches what others are told.
    private static final ControllerSettings TOOL = new ControllerSettings(60, 0);

    private static final ControllerSettings SNOOP = new ControllerSettings(0, 0);

    private final OfSwitch bridge;
    private final MessageRequests requests;
    private final PacketIns packetIns;
    private final LearnedRules learnedRules;
    private final Snoops snoops = new Snoops();
    private final TlsContexts tls;
    private final FailSafe failSafe;
    private final OfprotoThread own; // null: others use it, too
    private final EventLoop loop;
    private Future<?> ticks;
    private final List<Channel> listeners = new ArrayList<>();
    private final Services services;
    private final Endpoints endpoints;
    private volatile boolean restored;
    private boolean missesWanted;

    /// An OpenFlow side with a thread of its own, that does nothing before [#start]. Any thread.
    ///
    /// @param config what it is started with
    /// @param forwarding what makes changes effective
    public Ofproto(OfprotoConfig config, Forwarding forwarding) {
        this(config, forwarding, new OfprotoThread(config.bridge()), true);
    }

    /// An OpenFlow side on a thread that others use, too, that does nothing before [#start]. Any
    /// thread.
    ///
    /// @param config what it is started with
    /// @param forwarding what makes changes effective
    /// @param thread the ofproto thread
    public Ofproto(OfprotoConfig config, Forwarding forwarding, OfprotoThread thread) {
        this(config, forwarding, thread, false);
    }

    private Ofproto(
            OfprotoConfig config, Forwarding forwarding, OfprotoThread thread, boolean isOwn) {
        this.bridge = new OfSwitch(config, forwarding);
        this.requests = new MessageRequests(bridge);
        this.tls = new TlsContexts(config.tls());
        this.own = isOwn ? thread : null;
        this.loop = thread.loop();
        this.packetIns = new PacketIns(bridge, loop);
        this.learnedRules = new LearnedRules(bridge, loop);
        this.endpoints = new Endpoints(this, bridge, loop, tls);
        this.services = new Services(this, bridge, loop);
        this.failSafe = new FailSafe(bridge, services);
    }

    /// Has the library behind its sockets initialise itself, which is slow.
    public static void preload() {
        try {
            MethodHandles.lookup().ensureInitialized(ServerBootstrap.class);
            MethodHandles.lookup().ensureInitialized(NioServerDomainSocketChannel.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The ofproto thread. Any thread.
    ///
    /// @return runs what it is given there, in order
    public Executor executor() {
        return loop;
    }

    /// Puts back what a switch that is no more had in its tables. Before [#start].
    ///
    /// @param saved what it knew
    public void restore(SavedState saved) {
        restored = true;
        new TablesRestoration(bridge, saved).run();
    }

    /// Begins to listen and to connect. Any thread but the ofproto thread; returns when all
    /// listeners are open.
    ///
    /// @throws IOException if a listener can't be opened
    public void start() throws IOException {
        OfprotoConfig config = bridge.config();
        Files.createDirectories(config.runDirectory());
        Path directory = config.runDirectory();
        listen(directory.resolve(config.bridge() + ".mgmt"), TOOL, false);
        listen(directory.resolve(config.bridge() + ".snoop"), SNOOP, true);
        List<Target> targets = targets(config.targets());
        CompletableFuture<Void> open = new CompletableFuture<>();
        loop.execute(() -> begin(targets, open));
        try {
            open.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + config.bridge(), e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    private List<Target> targets(Collection<String> texts) throws IOException {
        List<Target> targets = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (String text : texts) {
            Target t = Target.parse(text);
            if (!seen.add(text)) {
                LOG.warn("{}: {} is named twice; once is enough", bridge.config().bridge(), text);
                continue;
            }
            if (t.tls()) {
                tls.of(t); // so that bad keys are an error now and not later
            }
            targets.add(t);
        }
        return targets;
    }

    private void begin(List<Target> targets, CompletableFuture<Void> open) {
        services.set(targets)
                .whenComplete((x, e) -> {
                    if (e != null) {
                        open.completeExceptionally(reason(e));
                        return;
                    }
                    failSafe.start(restored);
                    ticks =
                            loop.scheduleWithFixedDelay(
                                    this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
                    open.complete(null);
                });
    }

    private static Throwable reason(Throwable e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }

    /// Has the bridge connect to these controllers and listen here, and nowhere else: what was
    /// configured before and is not named is hung up on. Open vSwitch says what is flushed then
    /// ([FailSafe]).
    ///
    /// @param texts targets in Open vSwitch's syntax
    /// @return done when that is so; fails with an [IOException] if a listener can't be opened
    /// @throws IllegalArgumentException if a target is none
    /// @throws IOException if a target needs keys that are not there
    public CompletionStage<Void> setControllers(Collection<String> texts) throws IOException {
        boolean had = services.hasControllers();
        return services.set(targets(texts))
                .handle((x, e) -> {
                    if (e != null) {
                        throw new CompletionException(reason(e));
                    }
                    failSafe.controllersChanged(had);
                    return null;
                });
    }

    /// The controllers that the bridge connects to.
    ///
    /// @return whether they are connected, by target
    public Map<String, Boolean> controllers() {
        Map<String, Boolean> all = new LinkedHashMap<>();
        services.controllers().forEach(t -> all.put(t, services.isConnected(t)));
        return all;
    }

    /// Whether a text names a controller or a listener in Open vSwitch's syntax. Any thread.
    ///
    /// @param text for instance `tcp:127.0.0.1:6653`
    /// @return true if it does
    public static boolean isTarget(String text) {
        try {
            Target.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// How the controllers are that the bridge connects to.
    ///
    /// @return one for each, in the order in which they were configured
    public List<ControllerStatus> controllerStatus() {
        return services.status();
    }

    /// What the bridge is configured with now.
    ///
    /// @return the configuration; its targets and its fail mode are those that it began with
    public OfprotoConfig config() {
        return bridge.config();
    }

    /// Ends the connections of all controllers; those that this side makes are made again.
    public void hangUp() {
        services.hangUp();
    }

    /// Has the bridge go on with another datapath id, other versions, texts or times; what else is
    /// in it is ignored. Whoever was told another datapath id or speaks a version that is no more
    /// is hung up on, and so are all others then, as Open vSwitch does it.
    ///
    /// @param now what holds from now on
    public void reconfigure(OfprotoConfig now) {
        OfprotoConfig before = bridge.config();
        bridge.config(now);
        endpoints.peers().forEach(ControllerPeer::treatAsSet);
        if (!Objects.equals(before.tls(), now.tls())) {
            tls.use(now.tls());
        }
        if (before.datapathId() != now.datapathId() || !before.versions().equals(now.versions())) {
            services.hangUp();
        }
    }

    /// What keeps a target from being connected to with some keys.
    ///
    /// @param target a target
    /// @param keys for encrypted ones; null for none
    /// @return a sentence; null if nothing does
    public static String refusal(String target, OfprotoConfig.Tls keys) {
        try {
            Target t = Target.parse(target);
            if (t.tls()) {
                new TlsContexts(keys).of(t);
            }
            return null;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /// What the bridge does without a controller.
    ///
    /// @return the fail mode
    public OfprotoConfig.FailMode failMode() {
        return failSafe.mode();
    }

    /// Changes what the bridge does without a controller.
    ///
    /// @param mode the fail mode
    public void setFailMode(OfprotoConfig.FailMode mode) {
        failSafe.mode(mode);
    }

    /// A controller that the switch connects to said something.
    void controllerSpoke() {
        failSafe.received();
    }

    private void listen(Path socket, ControllerSettings settings, boolean snoop)
            throws IOException {
        Endpoints.prepare(socket);
        Target t = new Target("punix:" + socket, true, false, UnixDomainSocketAddress.of(socket));
        try {
            listeners.add(endpoints.bind(t, c -> {}, () -> settings, snoop).sync().channel());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + t.text(), e);
        } catch (Exception e) { // Netty throws checked ones undeclared, too
            throw Endpoints.cannotListen(t, e);
        }
    }

    Endpoints endpoints() {
        return endpoints;
    }

    Snoops snoops() {
        return snoops;
    }

    MessageRequests requests() {
        return requests;
    }

    /// A controller came or went.
    void connectionsChanged() {
        boolean wanted = bridge.connections().wantsMisses(AsyncDefaults.IMPLICIT_MISS);
        if (wanted != missesWanted) {
            missesWanted = wanted;
            bridge.forwarding().missToController(wanted);
        }
    }

    // What is thrown out of a scheduled task ends it for ever, without a word.
    private void survive(String what, Runnable work) {
        bridge.faults().survive("ofproto thread: " + what, work);
    }

    private void tick() {
        long now = System.nanoTime();
        survive("expiry", () -> bridge.timeouts().expire(bridge.flows(), now));
        endpoints.peers().forEach(p -> survive("probe", () -> p.probe(now)));
        bridge.connections()
                .all()
                .forEach(c -> survive("bundle expiry", () -> Bundles.expire(c, now)));
        survive("change of controllers", this::connectionsChanged);
        survive("fail mode", () -> failSafe.check(now));
        survive("settlement", bridge::settle);
    }

    /// Where a listener given in the configuration is really bound, for ports chosen by the system.
    /// Any thread.
    ///
    /// @return the TCP listeners' addresses, in the order of the configuration
    public List<InetSocketAddress> tcpListeners() {
        return services.tcpListeners();
    }

    @Override
    public void portChanged(PortState old, PortState now) {
        bridge.ports().changed(old, now);
    }

    @Override
    public void packetIn(byte[] frame, int length, DatapathAction.ToController action) {
        packetIns.send(frame, length, action);
    }

    @Override
    public void learned(DatapathAction.Learned learned) {
        learnedRules.add(learned);
    }

    /// How many tables controllers see: 0 to 253.
    public static final int TABLES = FlowTables.VISIBLE;

    /// Whether a controller, not just a tool, is connected.
    ///
    /// @return true if so
    public boolean hasController() {
        return bridge.connections().hasController();
    }

    /// Whether anybody has changed anything since the switch began. Any thread.
    ///
    /// @return true if so
    public boolean isAsked() {
        return bridge.isAsked();
    }

    /// What the tables hold now.
    ///
    /// @return a copy, for [Trial]
    public TablesCopy copyTables() {
        return TablesCopy.of(bridge);
    }

    /// The entries of a table, hidden ones included.
    ///
    /// @param table 0 to 254
    /// @return a view that changes with the table
    public Collection<FlowEntry> entries(int table) {
        return bridge.tables().entries(table);
    }

    /// Ends all connections, and the ofproto thread if it is its own. Any thread but that.
    @Override
    public void close() {
        for (Channel c : listeners) {
            c.close().awaitUninterruptibly();
            if (c.localAddress() instanceof UnixDomainSocketAddress u) {
                delete(u.getPath());
            }
        }
        loop.submit(this::hangUpForGood).awaitUninterruptibly();
        if (own != null) {
            own.close();
        }
        for (String suffix : List.of(".mgmt", ".snoop")) {
            delete(bridge.config().runDirectory().resolve(bridge.config().bridge() + suffix));
        }
    }

    private void hangUpForGood() {
        if (ticks != null) {
            ticks.cancel(false);
        }
        services.close();
        endpoints.close();
    }

    private static void delete(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // It is only a name; the next start removes it.
        }
    }
}
