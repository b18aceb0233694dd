package org.skyway.vswitch.ofproto;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a connection to a controller: connects, and connects again after a pause that doubles with
/// each failure. On the ofproto thread.
final class Dialer {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

    private final Ofproto ofproto;
    private final OfSwitch bridge;
    private final EventLoop loop;
    private final Target target;
    private int backoffSeconds;
    private Channel channel;
    private ControllerPeer greeted; // null while there is no connection on which hellos were said
    private long admittedNanos = System.nanoTime(); // when it last acted as a controller
    private boolean closed;
    private long sinceNanos = System.nanoTime(); // in this state
    private String lastError; // null for none
    private boolean backsOff;

    Dialer(Ofproto ofproto, OfSwitch bridge, EventLoop loop, Target target) {
        this.ofproto = ofproto;
        this.bridge = bridge;
        this.loop = loop;
        this.target = target;
    }

    void connect() {
        if (closed) {
            return;
        }
        enter(false);
        ControllerPeer[] peer = new ControllerPeer[1];
        Bootstrap b =
                new Bootstrap()
                        .group(loop)
                        .channel(
                                target.unix()
                                        ? NioDomainSocketChannel.class
                                        : NioSocketChannel.class)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel c) {
                                        peer[0] =
                                                ofproto.endpoints()
                                                        .peer(
                                                                target.text(),
                                                                false,
                                                                () -> settings(),
                                                                () -> greeted(peer[0]),
                                                                () -> again());
                                        ofproto.endpoints().pipeline(c, target, peer[0]);
                                    }
                                });
        b.connect(resolved(target.address()))
                .addListener((io.netty.channel.ChannelFuture f) -> {
                    if (f.isSuccess()) {
                        channel = f.channel();
                        if (closed) {
                            channel.close();
                        }
                    } else {
                        LOG.debug("{}: can't connect: {}", target.text(), f.cause().getMessage());
                        lastError = reason(f.cause());
                        ofproto.endpoints().forget(peer[0]);
                        again();
                    }
                });
    }

    private ControllerSettings settings() {
        return bridge.config().of(target.text());
    }

    private void greeted(ControllerPeer peer) {
        backoffSeconds = 0;
        greeted = peer;
        enter(false);
    }

    boolean isConnected() {
        return greeted != null;
    }

    boolean isAdmitted() {
        return greeted != null && greeted.admission().isAdmitted();
    }

    /// For how long it has not acted as a controller; before it ever did, since it was configured.
    ///
    /// @return nanoseconds; 0 if it does
    long failureNanos(long now) {
        return isAdmitted() ? 0 : now - admittedNanos;
    }

    private static SocketAddress resolved(SocketAddress a) {
        return a instanceof InetSocketAddress i && i.isUnresolved()
                ? new InetSocketAddress(i.getHostString(), i.getPort())
                : a;
    }

    /// The connection is gone or did not come about.
    private void again() {
        if (isAdmitted()) {
            admittedNanos = greeted.admission().lastNanos();
        }
        if (greeted != null) {
            lastError = "End of file";
        }
        greeted = null;
        channel = null;
        if (closed) {
            return;
        }
        enter(true);
        int max = Math.max(1, settings().maxBackoffSeconds());
        backoffSeconds = Math.min(max, Math.max(1, 2 * backoffSeconds));
        loop.schedule(this::connect, backoffSeconds, TimeUnit.SECONDS);
    }

    private void enter(boolean pause) {
        backsOff = pause;
        sinceNanos = System.nanoTime();
    }

    // As Open vSwitch says it; Netty says where, too.
    private static String reason(Throwable e) {
        String text = String.valueOf(e.getMessage());
        int colon = text.indexOf(": ");
        return colon < 0 ? text : text.substring(0, colon);
    }

    ControllerStatus status() {
        boolean connected = isConnected();
        return new ControllerStatus(
                target.text(),
                connected,
                connected ? greeted.connection().role() : null,
                connected
                        ? ControllerStatus.State.ACTIVE
                        : backsOff
                                ? ControllerStatus.State.BACKOFF
                                : ControllerStatus.State.CONNECTING,
                (System.nanoTime() - sinceNanos) / 1_000_000_000L,
                connected ? null : lastError,
                connected ? greeted.connection().packetIns().told() : Map.of());
    }

    /// Ends the connection; another is made.
    void hangUp() {
        if (channel != null) {
            channel.close();
        }
    }

    void close() {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }
}
