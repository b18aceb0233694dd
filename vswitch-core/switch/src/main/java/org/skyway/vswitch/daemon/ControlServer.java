package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.skyway.vswitch.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `skyway ctl` on a UNIX socket that only the owner may open: a request is a line of JSON
/// with a `command` and its arguments, and so is the answer, with `result` or `error`.
final class ControlServer implements AutoCloseable {
    /// The socket's name in the run directory.
    static final String SOCKET = "ctl.sock";

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_LINE = 1 << 20;

    private final Path path;
    private final ServerSocketChannel server;
    private final Executor owner;
    private final Commands commands;

    /// What the switch does about a request. On the ofproto thread.
    interface Commands {
        /// Carries out a command.
        ///
        /// @param command its name
        /// @param arguments the whole request
        /// @return the answer's `result`
        /// @throws ConfigException if the user asked for something that can't be
        JsonNode run(String command, JsonNode arguments);
    }

    private ControlServer(
            Path path, ServerSocketChannel server, Executor owner, Commands commands) {
        this.path = path;
        this.server = server;
        this.owner = owner;
        this.commands = commands;
    }

    static ControlServer start(Path runDirectory, Executor owner, Commands commands)
            throws IOException {
        Path path = runDirectory.resolve(SOCKET);
        Files.deleteIfExists(path); // the run directory is ours, so nobody listens there any more
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        var control = new ControlServer(path, server, owner, commands);
        Thread.ofVirtual().name("ctl").start(control::accept);
        return control;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOG.warn("can't accept on {}: {}", path, e.toString());
                }
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                var in =
                        new BufferedReader(
                                Channels.newReader(client, StandardCharsets.UTF_8), 8192);
                Writer out = Channels.newWriter(client, StandardCharsets.UTF_8)) {
            for (String line; (line = in.readLine()) != null; ) {
                out.write(JSON.writeValueAsString(answer(line)) + "\n");
                out.flush();
            }
        } catch (IOException e) {
            LOG.debug("a client of {} went away: {}", path, e.toString());
        }
    }

    private ObjectNode answer(String line) {
        ObjectNode answer = JSON.createObjectNode();
        if (line.length() > MAX_LINE) {
            return answer.put("error", "request of more than " + MAX_LINE + " characters");
        }
        JsonNode request;
        try {
            request = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return answer.put("error", "request is not JSON: " + e.getOriginalMessage());
        }
        if (request == null || !request.path("command").isTextual()) {
            return answer.put("error", "request has no command");
        }
        try {
            JsonNode result =
                    CompletableFuture.supplyAsync(
                                    () -> commands.run(request.get("command").textValue(), request),
                                    owner)
                            .get();
            return answer.set("result", result);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ConfigException)) {
                LOG.error("ctl request " + line + " failed", e.getCause());
            }
            return answer.put("error", String.valueOf(e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return answer.put("error", "the switch is ending");
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }
}
