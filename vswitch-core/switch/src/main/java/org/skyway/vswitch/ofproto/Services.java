package org.skyway.vswitch.ofproto;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The controllers that are connected to and the listeners that are open, as configured: those that
/// a new configuration has as well stay as they are (Open vSwitch, `connmgr_set_controllers`). On
/// the ofproto thread.
final class Services {
    private static final class Listener {
        final Channel server;
        final Set<Channel> accepted = new LinkedHashSet<>();

        Listener(Channel server) {
            this.server = server;
        }

        void close() {
            server.close();
            accepted.forEach(Channel::close);
            if (server.localAddress() instanceof UnixDomainSocketAddress u) {
                delete(u.getPath());
            }
        }
    }

    private final Ofproto ofproto;
    private final OfSwitch bridge;
    private final EventLoop loop;
    private final Map<String, Dialer> dialers = new LinkedHashMap<>();
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private volatile List<InetSocketAddress> tcpListeners = List.of();
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

    Services(Ofproto ofproto, OfSwitch bridge, EventLoop loop) {
        this.ofproto = ofproto;
        this.bridge = bridge;
        this.loop = loop;
    }

    /// Where listeners are bound, in the order in which they were configured. Any thread.
    List<InetSocketAddress> tcpListeners() {
        return tcpListeners;
    }

    /// Controllers to connect to, connected or not.
    ///
    /// @return their targets
    Set<String> controllers() {
        return dialers.keySet();
    }

    /// Whether a controller is connected now.
    boolean isConnected(String target) {
        return dialers.get(target).isConnected();
    }

    /// How the controllers are that are connected to.
    List<ControllerStatus> status() {
        return dialers.values().stream().map(Dialer::status).toList();
    }

    /// Ends all connections; those that this side makes are made again.
    void hangUp() {
        dialers.values().forEach(Dialer::hangUp);
        listeners.values().forEach(l -> l.accepted.forEach(Channel::close));
    }

    boolean hasControllers() {
        return !dialers.isEmpty();
    }

    boolean isAnyConnected() {
        return dialers.values().stream().anyMatch(Dialer::isConnected);
    }

    boolean isAnyAdmitted() {
        return dialers.values().stream().anyMatch(Dialer::isAdmitted);
    }

    /// For how long no controller has acted as one.
    ///
    /// @return nanoseconds; 0 if one does, or if there are none to connect to
    long failureNanos(long now) {
        return dialers.values().stream().mapToLong(d -> d.failureNanos(now)).min().orElse(0);
    }

    /// Has these controllers and listeners, and no others. What can't be opened leaves everything
    /// as it is.
    ///
    /// @param targets no two of them the same
    /// @return done when all are open; fails with an [IOException] if one can't be
    CompletableFuture<Void> set(List<Target> targets) {
        // One change at a time: each looks at what the one before has left.
        underWay = underWay.exceptionally(e -> null).thenCompose(x -> setNow(targets));
        return underWay;
    }

    private CompletableFuture<Void> setNow(List<Target> targets) {
        Map<String, Listener> opened = new LinkedHashMap<>();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Target t : targets) {
            if (t.passive() && !listeners.containsKey(t.text())) {
                all = all.thenCompose(x -> open(t, opened));
            }
        }
        return all.whenComplete((x, e) -> {
            if (e == null) {
                apply(targets, opened);
            } else {
                opened.values().forEach(Listener::close);
            }
        });
    }

    private CompletableFuture<Void> open(Target t, Map<String, Listener> opened) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            if (t.address() instanceof UnixDomainSocketAddress u) {
                Endpoints.prepare(u.getPath());
            }
            ChannelFuture bound =
                    ofproto.endpoints()
                            .bind(
                                    t,
                                    c -> accepted(t, c),
                                    () -> bridge.config().of(t.text()),
                                    false);
            bound.addListener(f -> {
                if (f.isSuccess()) {
                    opened.put(t.text(), new Listener(bound.channel()));
                    done.complete(null);
                } else {
                    done.completeExceptionally(Endpoints.cannotListen(t, f.cause()));
                }
            });
        } catch (IOException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    private void accepted(Target t, Channel c) {
        Listener l = listeners.get(t.text());
        if (l != null) {
            l.accepted.add(c);
            c.closeFuture().addListener(f -> l.accepted.remove(c));
        }
    }

    private void apply(List<Target> targets, Map<String, Listener> opened) {
        Set<String> wanted = new LinkedHashSet<>();
        targets.forEach(t -> wanted.add(t.text()));
        dialers.entrySet().removeIf(d -> gone(d.getKey(), wanted, d.getValue()::close));
        listeners.entrySet().removeIf(l -> gone(l.getKey(), wanted, l.getValue()::close));
        listeners.putAll(opened);
        for (Target t : targets) {
            if (!t.passive() && !dialers.containsKey(t.text())) {
                Dialer d = new Dialer(ofproto, bridge, loop, t);
                dialers.put(t.text(), d);
                d.connect();
            }
        }
        List<InetSocketAddress> bound = new ArrayList<>();
        for (Target t : targets) {
            if (t.passive()
                    && listeners.get(t.text()).server.localAddress()
                            instanceof InetSocketAddress a) {
                bound.add(a);
            }
        }
        tcpListeners = List.copyOf(bound);
    }

    private static boolean gone(String target, Set<String> wanted, Runnable close) {
        if (wanted.contains(target)) {
            return false;
        }
        close.run();
        return true;
    }

    /// Ends all of them.
    void close() {
        dialers.values().forEach(Dialer::close);
        listeners.values().forEach(Listener::close);
    }

    private static void delete(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // It is only a name; the next start removes it.
        }
    }
}
