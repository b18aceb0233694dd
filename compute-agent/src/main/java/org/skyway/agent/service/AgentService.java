package org.skyway.agent.service;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.skyway.agent.Agent;
import org.skyway.agent.AgentException;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.PeerCheck;
import org.skyway.agent.PortHost;
import org.skyway.bypass.control.ControlMessage.RegionRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves one switch after the other with an agent made for it.
public final class AgentService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentService.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path socket;
    private final Function<PortHost, Agent> agents;
    private final ServerSocketChannel server;
    private final Thread acceptor =
            Thread.ofPlatform().name("agent-service").unstarted(this::serve);
    private volatile ServiceConnection current;
    private volatile boolean closing;

    private AgentService(
            Path socket, Function<PortHost, Agent> agents, ServerSocketChannel server) {
        this.socket = socket;
        this.agents = agents;
        this.server = server;
    }

    /// Starts listening.
    ///
    /// @param socket where switches connect
    /// @param agents makes the agent of a switch
    /// @return the service
    /// @throws IOException if another agent listens there, or the directory is not writable
    public static AgentService start(Path socket, Function<PortHost, Agent> agents)
            throws IOException {
        AgentService service =
                new AgentService(socket, agents, LocalSocket.listen(socket, "agent"));
        service.acceptor.start();
        return service;
    }

    /// Hangs up. Drivers in machines wait for the next agent; their links go on.
    @Override
    public void close() {
        closing = true;
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("closing {}: {}", socket, e.toString());
        }
        ServiceConnection connection = current;
        if (connection != null) {
            connection.close();
        }
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        while (!closing) {
            try (SocketChannel peer = server.accept()) {
                String refusal = PeerCheck.refusal(peer);
                if (refusal == null) {
                    serve(new ServiceConnection(peer));
                } else {
                    LOG.warn("refused a connection to {}: {}", socket, refusal);
                }
            } catch (Throwable e) {
                if (closing) {
                    return;
                }
                LOG.error("can't serve a switch on {}", socket, e);
                pause();
            }
        }
    }

    private void serve(ServiceConnection connection) {
        current = connection;
        if (closing) {
            connection.close();
        }
        LOG.info("a switch has connected");
        Switch host = new Switch(connection);
        String reason = connection.run(host::received);
        current = null;
        LOG.info("the switch is gone: {}", reason);
        if (host.agent != null) {
            host.agent.close();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The switch at the other end. Messages come on the thread of the connection.
    private final class Switch implements PortHost {
        private final ServiceConnection connection;
        private Agent agent; // null before the hello

        Switch(ServiceConnection connection) {
            this.connection = connection;
        }

        void received(ServiceMessage message) {
            switch (message) {
                case ServiceMessage.Hello hello -> hello(hello);
                case ServiceMessage.Attach a ->
                        answer(
                                a.id(),
                                agent().attach(
                                                a.port(),
                                                a.slot(),
                                                a.region(),
                                                a.sideA(),
                                                a.link()));
                case ServiceMessage.Detach d -> answer(d.id(), agent().detach(d.port(), d.slot()));
                case ServiceMessage.Drop drop -> agent().drop(drop.port(), drop.reason());
                case ServiceMessage.Administer a -> agent().administer(a.port(), a.up());
                case ServiceMessage.Offer offer -> agent().offer(offer.region());
                case ServiceMessage.Describe describe ->
                        agent().machines()
                                .thenAccept(machines ->
                                        connection.send(
                                                new ServiceMessage.Machines(
                                                        describe.id(), machines)));
                case ServiceMessage.Connected _,
                        ServiceMessage.Ready _,
                        ServiceMessage.Paused _,
                        ServiceMessage.Step _,
                        ServiceMessage.Reported _,
                        ServiceMessage.Disconnected _,
                        ServiceMessage.Answer _ ->
                        throw new IllegalStateException("a switch does not say " + message);
            }
        }

        private void hello(ServiceMessage.Hello hello) {
            if (hello.version() != ServiceMessage.VERSION) {
                String reason =
                        "the switch speaks version %d of the agent's messages, this agent version %d; use the same release"
                                .formatted(hello.version(), ServiceMessage.VERSION);
                LOG.warn("{}", reason);
                connection.send(new ServiceMessage.Failed(hello.id(), reason));
            } else if (agent == null) {
                connection.send(new ServiceMessage.Done(hello.id()));
                agent = agents.apply(this);
            }
        }

        private Agent agent() {
            if (agent == null) {
                throw new IllegalStateException("the switch said no hello");
            }
            return agent;
        }

        private void answer(long id, CompletionStage<Void> done) {
            done.whenComplete((_, failure) ->
                    connection.send(
                            failure == null
                                    ? new ServiceMessage.Done(id)
                                    : new ServiceMessage.Failed(id, reason(failure))));
        }

        @Override
        public CompletionStage<RegionRef> vnfConnected(String port, long pid, String program) {
            return ask(port, pid, program, null).thenApply(ServiceMessage.Accepted::region);
        }

        @Override
        public CompletionStage<Returned> vnfReturned(
                String port, long pid, String program, long regionId) {
            return ask(port, pid, program, regionId)
                    .thenApply(accepted -> new Returned(accepted.region(), accepted.links()));
        }

        private CompletionStage<ServiceMessage.Accepted> ask(
                String port, long pid, String program, Long regionId) {
            return connection
                    .request(
                            id -> new ServiceMessage.Connected(id, port, pid, program, regionId),
                            TIMEOUT)
                    .thenCompose(answer ->
                            answer instanceof ServiceMessage.Accepted accepted
                                    ? CompletableFuture.completedFuture(accepted)
                                    : CompletableFuture.failedFuture(
                                            new AgentException("the switch answered " + answer)));
        }

        @Override
        public void vnfReady(String port) {
            connection.send(new ServiceMessage.Ready(port));
        }

        @Override
        public void vnfPaused(String port, boolean paused) {
            connection.send(new ServiceMessage.Paused(port, paused));
        }

        @Override
        public void linkStep(String port, String link, String step) {
            connection.send(new ServiceMessage.Step(port, link, step));
        }

        @Override
        public void vnfReported(String port, int slot, String reason) {
            connection.send(new ServiceMessage.Reported(port, slot, reason));
        }

        @Override
        public void vnfDisconnected(String port, String reason) {
            connection.send(new ServiceMessage.Disconnected(port, reason));
        }
    }

    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof AgentException)) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
