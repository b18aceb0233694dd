package org.skyway.agent.process;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import jdk.net.ExtendedSocketOptions;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.agent.Allowance;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.PortAccess;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.ivshmem.sys.PeerCredentials;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the drivers of VNFs that are processes. A closed connection means that the process is
/// gone: the kernel closes it whatever way the process ends.
public final class ProcessAgent implements Agent {
    /// How long a driver may take to answer, unless told otherwise.
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(ProcessAgent.class);
    private static final long LOOK_MILLIS = 100;
    private static final long SELDOM_MILLIS = 500; // whoever comes meanwhile has longer than that
    private static final int TROUBLES = 10;
    private static final int TROUBLES_PER_SECOND = 2;

    private final PortHost host;
    private final Duration timeout;
    private final PortAccess access;
    private final Loans loans;
    private final Visitors visitors = new Visitors();
    private final Allowance troubles = new Allowance(TROUBLES, TROUBLES_PER_SECOND);
    private final AtomicLong untold = new AtomicLong();
    private final List<Door> doors = new ArrayList<>();
    private final Thread deadlines =
            Thread.ofVirtual().name("vnf-deadlines").unstarted(this::watchDeadlines);
    private final Map<String, VnfConnection> byPort = new ConcurrentHashMap<>();
    private final Set<VnfConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private ProcessAgent(PortHost host, Duration timeout, PortAccess access) {
        this.host = host;
        this.timeout = timeout;
        this.access = access;
        loans = new Loans(access.self());
    }

    /// Starts listening, for drivers of the switch's own user.
    ///
    /// @param socket where, usually `pmd.sock` in the run directory; what a crashed switch left
    ///   there is replaced
    /// @param host told of VNFs that come and go
    /// @param timeout how long a driver may take to answer
    /// @return the agent
    /// @throws IOException if another agent listens there, or the directory is not writable
    public static ProcessAgent start(Path socket, PortHost host, Duration timeout)
            throws IOException {
        return start(socket, host, timeout, new PortAccess());
    }

    /// Starts listening.
    ///
    /// @param socket where, usually `pmd.sock` in the run directory; what a crashed switch left
    ///   there is replaced. If other users may have ports, they connect to a socket of the same
    ///   name in [RunDirectory#ofOtherUsers]
    /// @param host told of VNFs that come and go
    /// @param timeout how long a driver may take to answer
    /// @param access who may have which ports
    /// @return the agent
    /// @throws IOException if another agent listens there, or a directory is not writable
    public static ProcessAgent start(
            Path socket, PortHost host, Duration timeout, PortAccess access) throws IOException {
        var agent = new ProcessAgent(host, timeout, access);
        boolean started = false;
        try {
            agent.doors.add(agent.new Door(socket, LocalSocket.listen(socket, "switch")));
            if (access.hasOthers()) {
                Path outside = OuterDirectory.make(RunDirectory.ofOtherUsers(socket.getParent()));
                Path other = outside.resolve(socket.getFileName());
                agent.doors.add(
                        agent.new Door(other, LocalSocket.listen(other, "switch", "rw-rw-rw-")));
            }
            started = true;
        } finally {
            if (!started) {
                agent.close();
            }
        }
        agent.doors.forEach(Door::open);
        agent.deadlines.start();
        return agent;
    }

    @Override
    public CompletionStage<Void> attach(
            String port, int slot, RegionRef region, boolean sideA, String link) {
        VnfConnection connection = byPort.get(port);
        if (connection == null) {
            return CompletableFuture.failedFuture(
                    new AgentException(
                            "can't attach link %s to port %s: no VNF drives it; start one"
                                    .formatted(link, port)));
        }
        if (access.isOwn(connection.user())) {
            return connection.request(id -> new Attach(id, slot, region, sideA, link));
        }
        return loans.lend(
                Path.of(region.path()),
                connection.user(),
                () -> connection.request(id -> new Attach(id, slot, region, sideA, link)));
    }

    @Override
    public CompletionStage<Void> detach(String port, int slot) {
        VnfConnection connection = byPort.get(port);
        if (connection == null) {
            return CompletableFuture.completedFuture(null);
        }
        // A driver that goes away instead of answering has let go of everything, too.
        var detached = new CompletableFuture<Void>();
        connection
                .request(id -> new Detach(id, slot))
                .whenComplete((_, failure) -> {
                    if (failure == null || connection.isOver()) {
                        detached.complete(null);
                    } else {
                        detached.completeExceptionally(failure);
                    }
                });
        return detached;
    }

    @Override
    public void administer(String port, boolean up) {
        VnfConnection connection = byPort.get(port);
        if (connection != null) {
            connection.administer(up);
        }
    }

    @Override
    public void drop(String port, String reason) {
        VnfConnection connection = byPort.get(port);
        if (connection != null) {
            connection.close(reason);
        }
    }

    @Override
    public void close() {
        closing = true;
        doors.forEach(Door::close);
        for (VnfConnection connection : connections) {
            connection.close("the switch ends");
            connection.join();
        }
        deadlines.interrupt();
        join(deadlines);
    }

    PortHost host() {
        return host;
    }

    Duration timeout() {
        return timeout;
    }

    /// Makes a connection the driver of a port.
    ///
    /// @return the connection that has the port already, or null
    VnfConnection claim(String port, VnfConnection connection) {
        return byPort.putIfAbsent(port, connection);
    }

    void unclaim(String port, VnfConnection connection) {
        byPort.remove(port, connection);
    }

    void ended(VnfConnection connection) {
        connections.remove(connection);
    }

    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    PortAccess access() {
        return access;
    }

    Visitors visitors() {
        return visitors;
    }

    Loans loans() {
        return loans;
    }

    /// Tells of somebody who is refused or does what a VNF does not do: in the log and to the host,
    /// but not as often as they like.
    void trouble(String port, String what) {
        if (!troubles.take()) {
            untold.incrementAndGet();
            return;
        }
        long more = untold.getAndSet(0);
        String all = more == 0 ? what : what + " (and %d more of such since)".formatted(more);
        LOG.warn("port {}: {}", port, all);
        host.trouble(port, all);
    }

    private void watchDeadlines() {
        while (!closing) {
            try {
                Thread.sleep(connections.isEmpty() ? SELDOM_MILLIS : LOOK_MILLIS);
                long now = System.nanoTime();
                connections.forEach(c -> c.keepDeadline(now));
            } catch (InterruptedException e) {
                continue; // only close does that
            } catch (Throwable e) {
                host.fault("agent: deadline of a VNF", e);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A socket that drivers connect to, and the thread that lets them in.
    private final class Door {
        private final Path socket;
        private final ServerSocketChannel server;
        private final Thread acceptor =
                Thread.ofVirtual().name("process-agent").unstarted(this::acceptAll);

        Door(Path socket, ServerSocketChannel server) {
            this.socket = socket;
            this.server = server;
        }

        void open() {
            acceptor.start();
        }

        void close() {
            try {
                server.close();
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                LOG.warn("closing {}: {}", socket, e.toString());
            }
            join(acceptor);
        }

        private void acceptAll() {
            while (!closing) {
                try {
                    admit(server.accept());
                } catch (Throwable e) {
                    if (closing) {
                        return;
                    }
                    // Out of file descriptors, usually. Those that are connected go on; to try
                    // again at once would only fill the log.
                    host.fault("agent: connection of a VNF", e);
                    pause();
                }
            }
        }

        private void admit(SocketChannel peer) throws IOException {
            VnfConnection connection = null;
            try {
                UserPrincipal user = peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
                String refusal = access.refusal(user);
                if (refusal != null) {
                    trouble("?", refusal);
                    return;
                }
                int pid = PeerCredentials.of(peer).pid();
                var made =
                        new VnfConnection(ProcessAgent.this, new ControlChannel(peer), user, pid);
                VnfConnection oldest = visitors.arrived(user, made);
                if (oldest != null) {
                    String why =
                            "%s said nothing, and user %s has %d connections that say nothing"
                                    .formatted(oldest, user.getName(), Visitors.MOST_SILENT);
                    oldest.close(why);
                    trouble("?", why);
                }
                connection = made;
            } finally {
                if (connection == null) {
                    peer.close();
                }
            }
            connections.add(connection);
            connection.start();
        }
    }
}
