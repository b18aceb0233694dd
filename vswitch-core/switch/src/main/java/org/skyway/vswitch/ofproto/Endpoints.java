package org.skyway.vswitch.ofproto;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The bridge's ends of OpenFlow connections: opens listeners, and gives each connection its
/// handler. On the ofproto thread, unless said otherwise.
final class Endpoints {
    private static final int WATER_MARK = 1 << 20;

    /// Connections at a time, of tools and controllers.
    private static final int MAX_CONNECTIONS = 1000;

    private final Ofproto ofproto;
    private final OfSwitch bridge;
    private final EventLoop loop;
    private final TlsContexts tls;
    private final Set<ControllerPeer> peers = new LinkedHashSet<>();
    private final Set<Channel> channels = new LinkedHashSet<>();

    Endpoints(Ofproto ofproto, OfSwitch bridge, EventLoop loop, TlsContexts tls) {
        this.ofproto = ofproto;
        this.bridge = bridge;
        this.loop = loop;
        this.tls = tls;
    }

    /// All connections, those that are still being made included.
    List<ControllerPeer> peers() {
        return List.copyOf(peers);
    }

    /// Removes a socket that nobody listens on any more. Any thread.
    ///
    /// @throws IOException if somebody does
    static void prepare(Path socket) throws IOException {
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

    /// That a listener can't be opened, and why.
    static IOException cannotListen(Target t, Throwable why) {
        return new IOException("can't listen on %s: %s".formatted(t.text(), why.getMessage()), why);
    }

    /// Begins to listen. Any thread.
    ///
    /// @param onAccepted is told of each connection that is made there
    ChannelFuture bind(
            Target t,
            Consumer<Channel> onAccepted,
            Supplier<ControllerSettings> settings,
            boolean snoop) {
        ServerBootstrap b =
                new ServerBootstrap()
                        .group(loop)
                        .channel(
                                t.unix()
                                        ? NioServerDomainSocketChannel.class
                                        : NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel c) {
                                        onAccepted.accept(c);
                                        accepted(c, t, settings, snoop);
                                    }
                                });
        if (!t.unix()) {
            b.option(ChannelOption.SO_REUSEADDR, true);
        }
        return b.bind(t.address());
    }

    private void accepted(
            Channel c, Target t, Supplier<ControllerSettings> settings, boolean snoop) {
        String name = bridge.config().bridge() + "<->" + (t.unix() ? "unix" : c.remoteAddress());
        if (!hasRoom(name)) {
            c.close();
            return;
        }
        if (snoop) {
            pipeline(c, t, new Snoops.Snoop(bridge.config(), name, ofproto.snoops()));
        } else {
            // Whoever connects by itself gets asynchronous messages only when it asks for them.
            pipeline(c, t, peer(name, true, settings, () -> {}, () -> {}));
        }
    }

    // Who says nothing goes first.
    private boolean hasRoom(String name) {
        if (peers.size() < MAX_CONNECTIONS) {
            return true;
        }
        for (ControllerPeer p : peers) {
            if (p.isStranger() && p.channel() != null) {
                peers.remove(p);
                p.refuse("it has not said hello, and others want to connect");
                return true;
            }
        }
        bridge.faults()
                .record(
                        "ofproto thread: connection",
                        "too many",
                        "%s was refused: there are %d connections"
                                .formatted(name, MAX_CONNECTIONS));
        return false;
    }

    /// Makes the handler of a connection.
    ///
    /// @param service whether it connected by itself
    /// @param settings how it is treated at the moment
    /// @param onGreeted called after the hello exchange
    /// @param onGone called when the connection is gone
    ControllerPeer peer(
            String name,
            boolean service,
            Supplier<ControllerSettings> settings,
            Runnable onGreeted,
            Runnable onGone) {
        ControllerPeer[] p = new ControllerPeer[1];
        p[0] =
                new ControllerPeer(
                        ofproto,
                        bridge,
                        name,
                        service,
                        settings,
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
        channels.add(c);
        c.closeFuture().addListener(_ -> channels.remove(c));
        c.config().setWriteBufferWaterMark(new WriteBufferWaterMark(WATER_MARK / 2, WATER_MARK));
        c.pipeline().addLast(new Framer(), peer);
    }

    /// Ends all connections.
    void close() {
        List.copyOf(channels).forEach(Channel::close);
    }
}
