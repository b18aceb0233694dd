package org.skyway.agent.process;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.PeerCheck;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlChannel;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Detach;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the drivers of VNFs that are processes. A closed connection means that the process is
/// gone: the kernel closes it whatever way the process ends.
public final class ProcessAgent implements Agent {
    /// How long a driver may take to answer, unless told otherwise.
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(ProcessAgent.class);

    private final Path socket;
    private final PortHost host;
    private final Duration timeout;
    private final ServerSocketChannel server;
    private final Thread acceptor;
    private final Map<String, VnfConnection> byPort = new ConcurrentHashMap<>();
    private final Set<VnfConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private ProcessAgent(Path socket, PortHost host, Duration timeout, ServerSocketChannel server) {
        this.socket = socket;
        this.host = host;
        this.timeout = timeout;
        this.server = server;
        acceptor = Thread.ofVirtual().name("process-agent").unstarted(this::acceptAll);
    }

    /// Starts listening.
    ///
    /// @param socket where, usually `pmd.sock` in the run directory; what a crashed switch left
    ///   there is replaced
    /// @param host told of VNFs that come and go
    /// @param timeout how long a driver may take to answer
    /// @return the agent
    /// @throws IOException if another agent listens there, or the directory is not writable
    public static ProcessAgent start(Path socket, PortHost host, Duration timeout)
            throws IOException {
        ServerSocketChannel server = LocalSocket.listen(socket, "switch");
        var agent = new ProcessAgent(socket, host, timeout, server);
        agent.acceptor.start();
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
        return connection.request(id -> new Attach(id, slot, region, sideA, link));
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
    public void drop(String port, String reason) {
        VnfConnection connection = byPort.get(port);
        if (connection != null) {
            connection.close(reason);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("closing {}: {}", socket, e.toString());
        }
        join(acceptor);
        for (VnfConnection connection : connections) {
            connection.close("the switch ends");
            connection.join();
        }
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

    private void acceptAll() {
        while (!closing) {
            try {
                admit(server.accept());
            } catch (IOException e) {
                if (closing) {
                    return;
                }
                // Out of file descriptors, usually. Those that are connected go on; to try again
                // at once would only fill the log.
                LOG.error("can't accept a VNF on {}: {}", socket, e.toString());
                pause();
            }
        }
    }

    private void admit(SocketChannel peer) throws IOException {
        String refusal;
        try {
            refusal = PeerCheck.refusal(peer);
        } catch (IOException e) {
            refusal = "its credentials can't be read: " + e.getMessage();
        }
        if (refusal != null) {
            LOG.warn("refused a connection to {}: {}", socket, refusal);
            peer.close();
            return;
        }
        var connection = new VnfConnection(this, new ControlChannel(peer));
        connections.add(connection);
        connection.start();
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
