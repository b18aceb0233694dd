package org.skyway.vswitch.ofproto;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.PacketIn;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.pipeline.Frozen;
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
    private static final int WATER_MARK = 1 << 20;

    /// How long a tool on the management socket may be silent.
    private static final int TOOL_PROBE_SECONDS = 60;

    private final OfSwitch bridge;
    private final Requests requests;
    private final Snoops snoops = new Snoops();
    private final TlsContexts tls;
    private final FailSafe failSafe;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final List<Channel> listeners = new ArrayList<>();
    private final List<Dialer> dialers = new ArrayList<>();
    private final Set<ControllerPeer> peers = new LinkedHashSet<>();
    private boolean missesWanted;
    private boolean hasControllers;

    /// An OpenFlow side that does nothing before [#start]. Any thread.
    ///
    /// @param config what it is started with
    /// @param forwarding what makes changes effective
    public Ofproto(OfprotoConfig config, Forwarding forwarding) {
        this.bridge = new OfSwitch(config, forwarding);
        this.requests = new Requests(bridge);
        this.tls = new TlsContexts(config.tls());
        this.failSafe = new FailSafe(bridge);
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("ofproto-" + config.bridge()),
                        NioIoHandler.newFactory(SelectorProvider.provider(), AttentiveSelect::new));
        this.loop = group.next();
    }

    /// The ofproto thread. Any thread.
    ///
    /// @return runs what it is given there, in order
    public Executor executor() {
        return loop;
    }

    /// Begins to listen and to connect. Any thread but the ofproto thread; returns when all
    /// listeners are open.
    ///
    /// @throws IOException if a listener can't be opened
    public void start() throws IOException {
        OfprotoConfig config = bridge.config();
        Files.createDirectories(config.runDirectory());
        Path directory = config.runDirectory();
        listen(directory.resolve(config.bridge() + ".mgmt"), TOOL_PROBE_SECONDS, false);
        listen(directory.resolve(config.bridge() + ".snoop"), 0, true);
        List<Target> targets = config.targets().stream().map(Target::parse).toList();
        for (Target t : targets) {
            if (t.tls()) {
                tls.of(t); // so that bad keys are an error now and not later
            }
            if (t.passive()) {
                if (t.address() instanceof UnixDomainSocketAddress u) {
                    prepare(u.getPath());
                }
                listeners.add(bind(t, config.probeSeconds(), false));
            } else {
                hasControllers = true;
            }
        }
        await(() -> begin(targets));
    }

    private void begin(List<Target> targets) {
        for (Target t : targets) {
            if (!t.passive()) {
                Dialer d = new Dialer(this, bridge, loop, t);
                dialers.add(d);
                d.connect();
            }
        }
        if (standalone() && !hasControllers) {
            failSafe.noControllers();
        }
        loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private boolean standalone() {
        return bridge.config().failMode() == OfprotoConfig.FailMode.STANDALONE;
    }

    private void await(Runnable work) throws IOException {
        try {
            loop.submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + bridge.config().bridge(), e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException("could not start " + bridge.config().bridge(), e.getCause());
        }
    }

    /// Removes a socket that nobody listens on any more.
    private static void prepare(Path socket) throws IOException {
        if (!Files.exists(socket)) {
            return;
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
        } catch (ConnectException nobody) {
            Files.delete(socket);
            return;
        }
        throw new IOException(
                "%s is in use by another process; stop it, or choose another run directory"
                        .formatted(socket));
    }

    private void listen(Path socket, int probeSeconds, boolean snoop) throws IOException {
        prepare(socket);
        Target t = new Target("punix:" + socket, true, false, UnixDomainSocketAddress.of(socket));
        listeners.add(bind(t, probeSeconds, snoop));
    }

    private Channel bind(Target t, int probeSeconds, boolean snoop) throws IOException {
        ServerBootstrap b =
                new ServerBootstrap()
                        .group(group)
                        .channel(
                                t.unix()
                                        ? NioServerDomainSocketChannel.class
                                        : NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel c) {
                                        accepted(c, t, probeSeconds, snoop);
                                    }
                                });
        if (!t.unix()) {
            b.option(ChannelOption.SO_REUSEADDR, true);
        }
        try {
            return b.bind(t.address()).sync().channel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening " + t.text(), e);
        } catch (Exception e) { // Netty throws checked ones undeclared, too
            throw new IOException("can't listen on %s: %s".formatted(t.text(), e.getMessage()), e);
        }
    }

    private void accepted(Channel c, Target t, int probeSeconds, boolean snoop) {
        String name = bridge.config().bridge() + "<->" + (t.unix() ? "unix" : c.remoteAddress());
        if (snoop) {
            pipeline(c, t, new Snoops.Snoop(bridge.config(), name, snoops));
        } else {
            // Whoever connects by itself gets asynchronous messages only when it asks for them.
            pipeline(c, t, peer(name, true, probeSeconds, () -> {}, () -> {}));
        }
    }

    /// Makes the handler of a connection.
    ///
    /// @param service whether it connected by itself
    /// @param probeSeconds how long it may be silent before it is probed; 0 for ever
    /// @param onGreeted called after the hello exchange
    /// @param onGone called when the connection is gone
    ControllerPeer peer(
            String name, boolean service, int probeSeconds, Runnable onGreeted, Runnable onGone) {
        ControllerPeer[] p = new ControllerPeer[1];
        p[0] =
                new ControllerPeer(
                        this,
                        bridge,
                        name,
                        service,
                        probeSeconds,
                        onGreeted,
                        () -> {
                            peers.remove(p[0]);
                            onGone.run();
                        });
        peers.add(p[0]);
        return p[0];
    }

    void forget(ControllerPeer peer) {
        peers.remove(peer);
    }

    /// Sets a channel up for OpenFlow.
    void pipeline(Channel c, Target t, Peer peer) {
        if (t.tls()) {
            try {
                c.pipeline().addLast(tls.of(t).newHandler(c.alloc()));
            } catch (IOException e) {
                throw new UncheckedIOException(e); // start() has checked the keys
            }
        }
        c.config().setWriteBufferWaterMark(new WriteBufferWaterMark(WATER_MARK / 2, WATER_MARK));
        c.pipeline().addLast(new Framer(), peer);
    }

    Snoops snoops() {
        return snoops;
    }

    Requests requests() {
        return requests;
    }

    /// A controller came or went.
    void connectionsChanged() {
        boolean wanted = bridge.connections().wantsMisses(AsyncDefaults.IMPLICIT_MISS);
        if (wanted != missesWanted) {
            missesWanted = wanted;
            bridge.forwarding().missToController(wanted);
        }
        if (standalone() && hasControllers) {
            failSafe.check(System.nanoTime());
        }
    }

    // What is thrown out of a scheduled task ends it for ever, without a word.
    private void tick() {
        try {
            doWhatIsDue();
        } catch (RuntimeException | InternalError e) {
            LOG.error("{}: tick failed", bridge.config().bridge(), e);
        }
    }

    private void doWhatIsDue() {
        long now = System.nanoTime();
        bridge.timeouts().expire(bridge.flows(), now);
        List.copyOf(peers).forEach(p -> p.probe(now));
        bridge.connections().all().forEach(c -> Bundles.expire(c, now));
        connectionsChanged();
        bridge.settle();
    }

    /// Where a listener given in the configuration is really bound, for ports chosen by the system.
    /// Any thread.
    ///
    /// @return the TCP listeners' addresses, in the order of the configuration
    public List<InetSocketAddress> tcpListeners() {
        List<InetSocketAddress> found = new ArrayList<>();
        for (Channel c : listeners) {
            SocketAddress a = c.localAddress();
            if (a instanceof InetSocketAddress i) {
                found.add(i);
            }
        }
        return found;
    }

    /// A port was added, or all of it may have changed.
    ///
    /// @param port the port
    public void portAdded(PortState port) {
        bridge.ports().added(port);
    }

    /// A port was removed.
    ///
    /// @param number its number
    public void portRemoved(int number) {
        bridge.ports().removed(number);
    }

    /// A port's state, and not its configuration, changed.
    ///
    /// @param port as it is now; its configuration is ignored
    public void portStateChanged(PortState port) {
        bridge.ports().stateChanged(port);
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
        bridge.connections().packetIn(controllerId, reason, message);
    }

    /// Installs a rule that a `learn` action made of a packet, or notes that it was made again.
    ///
    /// @param rule the rule
    /// @param limit how many rules with its cookie there may be in its table; 0 for any
    public void learned(FlowRule rule, int limit) {
        FlowTable table = bridge.tables().get(rule.table());
        FlowEntry there = table.find(rule.priority(), rule.match());
        if (there != null
                && rule.hardTimeout() == 0
                && there.rule().instructions().equals(rule.instructions())) {
            return; // learned before; only a hard timeout would begin anew
        }
        if (there == null && limit > 0) {
            long made =
                    table.entries().stream()
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
            bridge.flows().apply(mod, Version.OF13, FlowModder.Requester.SWITCH);
        } catch (OpenFlowException e) {
            // What is learned from packets may be refused, as a full table refuses it; the packet
            // goes on.
            return;
        }
        bridge.settle();
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
            boolean alias = f.name().startsWith("XREG") || f.name().startsWith("XXREG");
            boolean told = f != Field.ACTSET_OUTPUT && f != Field.CONJ_ID;
            if (f.word() >= FlowKey.PACKET_WORDS && !alias && told) {
                fields.add(f);
            }
        }
        return List.copyOf(fields);
    }

    /// Whether a controller, not just a tool, is connected.
    ///
    /// @return true if so
    public boolean hasController() {
        return bridge.connections().hasController();
    }

    /// The entries of a table, hidden ones included.
    ///
    /// @param table 0 to 254
    /// @return a view that changes with the table
    public Collection<FlowEntry> entries(int table) {
        return bridge.tables().get(table).entries();
    }

    /// The ports as controllers see them.
    ///
    /// @return a view, by number
    public Collection<PortState> ports() {
        return bridge.ports().all();
    }

    /// Ends all connections and stops the ofproto thread. Any thread but that.
    @Override
    public void close() {
        loop.execute(() -> dialers.forEach(Dialer::close));
        for (Channel c : listeners) {
            c.close().awaitUninterruptibly();
            if (c.localAddress() instanceof UnixDomainSocketAddress u) {
                delete(u.getPath());
            }
        }
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        for (String suffix : List.of(".mgmt", ".snoop")) {
            delete(bridge.config().runDirectory().resolve(bridge.config().bridge() + suffix));
        }
    }

    private static void delete(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // It is only a name; the next start removes it.
        }
    }
}
