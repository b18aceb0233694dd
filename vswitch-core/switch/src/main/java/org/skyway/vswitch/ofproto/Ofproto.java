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
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.tables.FlowEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bridge's OpenFlow side: listens for tools and controllers, connects to controllers, and keeps
/// what they install.
///
/// Everything happens on one thread, the *ofproto thread*. Unless said otherwise, methods must be
/// called there; others hand it work through [#executor].
public final class Ofproto implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ofproto.class);
    private static final long TICK_MILLIS = 100;

    /// A tool on the management socket, and who watches what others are told.
    private static final ControllerSettings TOOL = new ControllerSettings(60, 0);

    private static final ControllerSettings SNOOP = new ControllerSettings(0, 0);

    /// How often packets that wait are looked at.
    private static final long DRAIN_MILLIS = 10;

    private final OfSwitch bridge;
    private final MessageRequests requests;
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
    private boolean settlesSoon;
    private boolean drains; // packets that wait, soon

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

    // What is thrown out of a scheduled task ends it for ever, without a word.
    private void survive(String what, Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            bridge.faults().record("ofproto thread: " + what, e);
        }
    }

    /// Where a listener given in the configuration is really bound, for ports chosen by the system.
    /// Any thread.
    ///
    /// @return the TCP listeners' addresses, in the order of the configuration
    public List<InetSocketAddress> tcpListeners() {
        return services.tcpListeners();
    }

    /// A port came, went, or is another one now, though not because of a controller.
    ///
    /// @param old as the tables had it; null if it came
    /// @param now as they have it; null if it went
    public void portChanged(PortState old, PortState now) {
        bridge.ports().changed(old, now);
    }

    /// Sends a packet to the controllers that want it.
    ///
    /// @param frame the packet, or its first bytes
    /// @param totalLength how long it was
    /// @param inPort the ingress port
    /// @param tableId the table that it was in
    /// @param cookie of the entry that sent it; all ones for none
    /// @param reason OFPR_ code; [#REASON_EXPLICIT_MISS] and [#REASON_IMPLICIT_MISS] tell misses
    ///   apart
    /// @param metadataKey the flow key when it was sent, of which the pipeline's words are told;
    ///   null for none
    /// @param controllerId the controllers that get it
    /// @param userdata what a `controller` action added
    /// @param rest what is left to do when the controller resumes it; null if it is not paused
    public void packetIn(
            byte[] frame,
            int totalLength,
            int inPort,
            int tableId,
            long cookie,
            int reason,
            long[] metadataKey,
            int controllerId,
            Bytes userdata,
            Frozen rest) {
        PacketIn message =
                new PacketIn(
                        Bytes.of(frame),
                        totalLength,
                        -1,
                        reason,
                        tableId,
                        cookie,
                        metadata(inPort, metadataKey),
                        userdata,
                        rest == null ? 0 : bridge.paused().keep(rest),
                        PacketIn.Format.STANDARD);
        if (bridge.connections().packetIn(controllerId, reason, message)) {
            drainSoon();
        }
    }

    private void drainSoon() {
        if (!drains) {
            drains = true;
            loop.schedule(
                    () -> survive("packets for controllers", this::drain),
                    DRAIN_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void drain() {
        drains = false;
        if (bridge.connections().drain(System.nanoTime())) {
            drainSoon();
        }
    }

    /// Installs a rule that a `learn` action made of a packet, or notes that it was made again.
    ///
    /// @param rule the rule
    /// @param limit how many rules with its cookie there may be in its table; 0 for any
    public void learned(FlowRule rule, int limit) {
        FlowEntry there = bridge.forwarding().tables().find(rule);
        if (there != null
                && rule.hardTimeout() == 0
                && there.rule().instructions().equals(rule.instructions())) {
            return; // learned before; only a hard timeout would begin anew
        }
        if (there == null && limit > 0) {
            long made =
                    bridge.tables().entries(rule.table()).stream()
                            .filter(e -> e.rule().cookie() == rule.cookie())
                            .count();
            if (made >= limit) {
                return;
            }
        }
        FlowMod mod =
                new FlowMod(
                        FlowMod.Command.MODIFY_STRICT,
                        rule.match(),
                        rule.priority(),
                        rule.table(),
                        rule.cookie(),
                        0,
                        rule.cookie(),
                        true,
                        rule.idleTimeout(),
                        rule.hardTimeout(),
                        rule.importance(),
                        -1,
                        OfPort.ANY,
                        -1,
                        rule.flags(),
                        rule.instructions());
        try {
            // Whether its actions make sense for what it matches is not asked, as in Open vSwitch.
            bridge.flows().applyChecked(mod, FlowModder.Requester.SWITCH);
        } catch (OpenFlowException e) {
            // What is learned from packets may be refused, as a full table refuses it; the packet
            // goes on.
            return;
        }
        settleSoon();
    }

    /// A packet-in of a packet that seems to have come from the bridge's own port and met no entry.
    static PacketIn missOfLocal(byte[] frame) {
        return new PacketIn(
                Bytes.of(frame),
                frame.length,
                -1,
                AsyncDefaults.NO_MATCH,
                0,
                -1,
                metadata(OfPort.LOCAL, null),
                Bytes.EMPTY,
                0,
                PacketIn.Format.STANDARD);
    }

    // What is learned in one go becomes effective in one go: each time, cached outcomes are looked
    // through.
    private void settleSoon() {
        if (!settlesSoon) {
            settlesSoon = true;
            loop.execute(() -> {
                settlesSoon = false;
                survive("learned rules", bridge::settle);
            });
        }
    }

    /// A table-miss entry of OpenFlow 1.3 or newer sent the packet.
    public static final int REASON_EXPLICIT_MISS = AsyncDefaults.EXPLICIT_MISS;

    /// No entry matched the packet.
    public static final int REASON_IMPLICIT_MISS = AsyncDefaults.IMPLICIT_MISS;

    /// The ingress port and all pipeline fields that are not zero.
    private static Match metadata(int inPort, long[] key) {
        Match.Builder m = Match.builder();
        m.exact(Field.IN_PORT, inPort & 0xffffffffL);
        if (key != null) {
            for (Field f : PIPELINE) {
                long low = f.get(key);
                long high = f.getHigh(key);
                if (f.wide() && (low | high) != 0) {
                    m.masked(f, high, low, -1, -1);
                } else if (!f.wide() && low != 0) {
                    m.masked(f, low, f.maskedByItself() ? low : f.ones());
                }
            }
        }
        return m.build();
    }

    private static final List<Field> PIPELINE = pipelineFields();

    private static List<Field> pipelineFields() {
        List<Field> fields = new ArrayList<>();
        for (Field f : Field.values()) {
            boolean told = f != Field.ACTSET_OUTPUT && f != Field.CONJ_ID;
            if (f.word() >= FlowKey.PACKET_WORDS && !f.isAlias() && told) {
                fields.add(f);
            }
        }
        return List.copyOf(fields);
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
