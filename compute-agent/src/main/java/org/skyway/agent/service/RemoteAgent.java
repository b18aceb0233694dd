package org.skyway.agent.service;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.PeerCheck;
import org.skyway.agent.PortHost;
import org.skyway.agent.VmReport;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An agent that is a process of its own, as the switch sees it. While it is not there, links that
/// are up go on, and none can be plugged or unplugged.
public final class RemoteAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteAgent.class);

    /// Longer than the agent itself waits for a driver and for libvirt.
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /// How long a driver may take to say hello to an agent that is there again.
    private static final Duration RETURN = Duration.ofSeconds(30);

    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    private final Path socket;
    private final PortHost host;
    private final List<RegionRef> offered = new ArrayList<>(); // guarded by this, as all below
    private final Set<String> driven = new HashSet<>();
    private final Set<String> orphans = new HashSet<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("agent").unstarted(this::run);
    private ServiceConnection current; // null while the agent is not there
    private boolean closing;

    private RemoteAgent(Path socket, PortHost host) {
        this.socket = socket;
        this.host = host;
    }

    /// Starts connecting. Whether the agent is there shows later: it is tried again and again.
    ///
    /// @param socket the agent's
    /// @param host told of VNFs that come and go
    /// @return the agent
    public static RemoteAgent start(Path socket, PortHost host) {
        RemoteAgent agent = new RemoteAgent(socket, host);
        agent.thread.start();
        return agent;
    }

    @Override
    public CompletionStage<Void> attach(
            String port, int slot, RegionRef region, boolean sideA, String link) {
        return request(id -> new ServiceMessage.Attach(id, port, slot, region, sideA, link))
                .thenApply(_ -> null);
    }

    @Override
    public CompletionStage<Void> detach(String port, int slot) {
        return request(id -> new ServiceMessage.Detach(id, port, slot)).thenApply(_ -> null);
    }

    @Override
    public synchronized void drop(String port, String reason) {
        if (current == null) {
            driven.remove(port);
            host.vnfDisconnected(port, reason);
        } else {
            current.send(new ServiceMessage.Drop(port, reason));
        }
    }

    @Override
    public synchronized void administer(String port, boolean up) {
        if (current != null) {
            current.send(new ServiceMessage.Administer(port, up));
        }
    }

    @Override
    public synchronized void offer(RegionRef region) {
        offered.add(region);
        if (current != null) {
            current.send(new ServiceMessage.Offer(region));
        }
    }

    @Override
    public CompletionStage<List<VmReport>> machines() {
        return request(ServiceMessage.Describe::new)
                .thenApply(answer ->
                        answer instanceof ServiceMessage.Machines m ? m.machines() : List.of());
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            if (current != null) {
                current.close();
            }
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized CompletableFuture<ServiceMessage> request(
            LongFunction<ServiceMessage> message) {
        return current == null
                ? CompletableFuture.failedFuture(
                        new AgentException(
                                "no agent is connected at %s; start `skyway agent`"
                                        .formatted(socket)))
                : current.request(message, TIMEOUT);
    }

    private void run() {
        long wait = FIRST_RETRY_MILLIS;
        String last = "";
        while (!isClosing()) {
            String reason;
            try (ServiceConnection connection = new ServiceConnection(connect())) {
                wait = FIRST_RETRY_MILLIS;
                connection
                        .request(
                                id -> new ServiceMessage.Hello(id, ServiceMessage.VERSION), TIMEOUT)
                        .whenComplete((_, failure) -> greeted(connection, failure));
                reason = "lost the agent: " + connection.run(this::received);
            } catch (IOException e) {
                reason = e.getMessage() + "; start `skyway agent`";
            } catch (RuntimeException | Error e) {
                host.fault("agent: connection to its process", e);
                reason = "internal error: " + e;
            }
            synchronized (this) {
                current = null;
            }
            if (!isClosing() && !reason.equals(last)) {
                LOG.warn("{}", reason);
                last = reason;
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                return;
            }
            wait = Math.min(2 * wait, LAST_RETRY_MILLIS);
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = LocalSocket.connect(socket);
        String refusal = PeerCheck.refusal(channel);
        if (refusal != null) {
            channel.close();
            throw new IOException("the agent at %s is not ours: %s".formatted(socket, refusal));
        }
        return channel;
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    private synchronized void greeted(ServiceConnection connection, Throwable failure) {
        if (failure != null || closing) {
            if (!closing) {
                LOG.warn("no agreement with the agent at {}: {}", socket, failure.getMessage());
            }
            connection.close();
            return;
        }
        LOG.info("connected to the agent at {}", socket);
        // Its drivers are about to say hello; until then they go on as they are.
        orphans.addAll(driven);
        driven.clear();
        current = connection;
        offered.forEach(region -> connection.send(new ServiceMessage.Offer(region)));
        Executor later =
                CompletableFuture.delayedExecutor(RETURN.toMillis(), TimeUnit.MILLISECONDS);
        later.execute(this::giveUp);
    }

    private synchronized void giveUp() {
        if (!closing && current != null) {
            for (String port : List.copyOf(orphans)) {
                disconnected(port, "its agent has not found it again");
            }
        }
    }

    private void received(ServiceMessage message) {
        switch (message) {
            case ServiceMessage.Connected connected -> connected(connected);
            case ServiceMessage.Ready ready -> host.vnfReady(ready.port());
            case ServiceMessage.Paused paused -> host.vnfPaused(paused.port(), paused.paused());
            case ServiceMessage.Step step -> host.linkStep(step.port(), step.link(), step.step());
            case ServiceMessage.Reported reported ->
                    host.vnfReported(reported.port(), reported.slot(), reported.reason());
            case ServiceMessage.Disconnected gone -> disconnected(gone.port(), gone.reason());
            case ServiceMessage.Hello _,
                    ServiceMessage.Attach _,
                    ServiceMessage.Detach _,
                    ServiceMessage.Drop _,
                    ServiceMessage.Administer _,
                    ServiceMessage.Offer _,
                    ServiceMessage.Describe _,
                    ServiceMessage.Answer _ ->
                    throw new IllegalStateException("an agent does not say " + message);
        }
    }

    private synchronized void connected(ServiceMessage.Connected connected) {
        String port = connected.port();
        ServiceConnection connection = current;
        if (connection == null) {
            return;
        }
        boolean orphan = orphans.remove(port);
        if (orphan && connected.regionId() == null) {
            disconnected(port, "its driver began anew while there was no agent");
        }
        host.vnfArrived(port, connected.pid(), connected.program(), connected.regionId())
                .whenComplete((given, failure) -> {
                    if (failure == null) {
                        synchronized (this) {
                            // The next agent may be here by now, and does not know of it.
                            boolean known = current == null || current == connection;
                            (known ? driven : orphans).add(port);
                        }
                        connection.send(
                                new ServiceMessage.Accepted(
                                        connected.id(), given.region(), given.links()));
                    } else {
                        if (orphan && connected.regionId() != null) {
                            disconnected(port, AgentService.reason(failure));
                        }
                        connection.send(
                                new ServiceMessage.Failed(
                                        connected.id(), AgentService.reason(failure)));
                    }
                });
    }

    private synchronized void disconnected(String port, String reason) {
        driven.remove(port);
        orphans.remove(port);
        host.vnfDisconnected(port, reason);
    }
}
