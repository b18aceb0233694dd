package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.skyway.agent.JsonLines;
import org.skyway.vswitch.bridge.PartedRequest;
import org.skyway.vswitch.fault.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `skyway ctl` on a UNIX socket that only the owner may open: a request is a line of JSON
/// with a `command` and its arguments, and so is the answer, with `result` or `error`. A request
/// that is too long for a line comes in parts that have `more`, but for the last; each is answered.
public final class ControlServer implements AutoCloseable {
    /// The socket's name in the run directory.
    static final String SOCKET = "ctl.sock";

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MAX_LINE = 1 << 20;

    /// Clients at a time; one more takes the place of the one that has been silent longest.
    private static final int MOST_CLIENTS = 64;

    private final Path path;
    private final ServerSocketChannel server;
    private final Executor owner;
    private final Commands commands;
    private final Faults faults;
    private final Set<SocketChannel> clients = new LinkedHashSet<>(); // who spoke last comes last

    /// What the switch does about a request. On the ofproto thread.
    public interface Commands {
        /// Carries out a command.
        ///
        /// @param command its name
        /// @param arguments the whole request
        /// @return the answer's `result`; fails if the user asked for something that can't be
        CompletionStage<JsonNode> run(String command, JsonNode arguments);

        /// Begins a request that may come in parts, each but the last with `more`.
        ///
        /// @param command its name
        /// @param arguments the whole of its first part
        /// @return the request; null if this one comes in one piece
        default PartedRequest begin(String command, JsonNode arguments) {
            return null;
        }
    }

    /// Answers one request of another kind of client. Waits until it is done.
    ///
    /// @param owner the ofproto thread
    /// @param commands what is done about it
    /// @param faults where errors that were survived are counted
    /// @param request with a `command` and its arguments
    /// @return with `result` or `error`
    public static ObjectNode answer(
            Executor owner, Commands commands, Faults faults, ObjectNode request) {
        try (ControlSession session = new ControlSession(owner, commands, faults)) {
            return session.answer(request.toString());
        }
    }

    private ControlServer(
            Path path,
            ServerSocketChannel server,
            Executor owner,
            Commands commands,
            Faults faults) {
        this.faults = faults;
        this.path = path;
        this.server = server;
        this.owner = owner;
        this.commands = commands;
    }

    /// Begins to listen.
    ///
    /// @param runDirectory where its socket is to be
    /// @param owner the ofproto thread
    /// @param commands what is done about requests
    /// @param faults where errors that were survived are counted
    /// @return the server
    /// @throws IOException if it can't listen
    public static ControlServer start(
            Path runDirectory, Executor owner, Commands commands, Faults faults)
            throws IOException {
        Path path = runDirectory.resolve(SOCKET);
        Files.deleteIfExists(path); // the run directory is ours, so nobody listens there any more
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        var control = new ControlServer(path, server, owner, commands, faults);
        Thread.ofVirtual().name("ctl").start(control::accept);
        return control;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                admit(client);
                Thread.ofVirtual().name("ctl-client").start(() -> serve(client));
            } catch (Throwable e) {
                if (server.isOpen()) {
                    faults.record("ctl: connection", e);
                    pause(); // out of descriptors, most likely; to try at once would not help
                }
            }
        }
    }

    private void admit(SocketChannel client) throws IOException {
        SocketChannel oldest = null;
        synchronized (clients) {
            clients.add(client);
            if (clients.size() > MOST_CLIENTS) {
                oldest = clients.iterator().next();
                clients.remove(oldest);
            }
        }
        if (oldest != null) {
            faults.record(
                    "ctl: connection",
                    "too many",
                    "more than %d clients of %s; the one that was silent longest is hung up on"
                            .formatted(MOST_CLIENTS, path));
            oldest.close();
        }
    }

    private void spoke(SocketChannel client) {
        synchronized (clients) {
            if (clients.remove(client)) {
                clients.add(client);
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                ControlSession session = new ControlSession(owner, commands, faults)) {
            JsonLines.answer(
                    client,
                    MAX_LINE,
                    line -> {
                        spoke(client);
                        return session.answer(line);
                    });
        } catch (IOException e) {
            LOG.debug("a client of {} went away: {}", path, e.toString());
        } catch (Throwable e) {
            faults.record("ctl: request", e);
        } finally {
            synchronized (clients) {
                clients.remove(client);
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

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }
}
