package org.skyway.agent.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.skyway.agent.JsonLines;
import org.skyway.agent.LocalSocket;
import org.skyway.agent.PeerCheck;
import org.skyway.agent.log.LogModules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `skyway ctl log --agent` on a UNIX socket that only the owner may open: a request is a
/// line of JSON with a `command` and its arguments, and so is the answer, with `result` or `error`.
final class AgentControl implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentControl.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_LINE = 1 << 16;

    /// Clients at a time; one more takes the place of the one that came first.
    private static final int MOST_CLIENTS = 16;

    private final Path path;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> clients = new LinkedHashSet<>(); // lock

    private AgentControl(Path path, ServerSocketChannel server) {
        this.path = path;
        this.server = server;
    }

    /// Starts answering.
    ///
    /// @param path where
    /// @throws IOException if another agent listens there, or the directory is not writable
    static AgentControl start(Path path) throws IOException {
        AgentControl control = new AgentControl(path, LocalSocket.listen(path, "agent"));
        Thread.ofVirtual().name("agent-ctl").start(control::accept);
        return control;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                String refusal = PeerCheck.refusal(client);
                if (refusal == null) {
                    admit(client);
                    Thread.ofVirtual().name("agent-ctl-client").start(() -> serve(client));
                } else {
                    LOG.warn("refused a connection to {}: {}", path, refusal);
                    client.close();
                }
            } catch (Throwable e) {
                if (server.isOpen()) {
                    LOG.error("can't answer on {}", path, e);
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
            oldest.close();
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            JsonLines.answer(client, MAX_LINE, AgentControl::answer);
        } catch (IOException e) {
            LOG.debug("a client of {} went away: {}", path, e.toString());
        } catch (Throwable e) {
            LOG.error("can't answer a client of {}", path, e);
        } finally {
            synchronized (clients) {
                clients.remove(client);
            }
        }
    }

    private static ObjectNode answer(String line) {
        JsonNode request;
        try {
            request = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return JsonLines.error("request is not JSON: " + e.getOriginalMessage());
        }
        String command = request == null ? "" : request.path("command").asText();
        if (!command.equals("log")) {
            return JsonLines.error("the agent answers log, not \"%s\"".formatted(command));
        }
        try {
            return JSON.createObjectNode().set("result", LogModules.OF_AGENT.answer(request));
        } catch (IllegalArgumentException e) {
            return JsonLines.error(e.getMessage());
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
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("closing {}: {}", path, e.toString());
        }
        synchronized (clients) {
            for (SocketChannel client : clients) {
                try {
                    client.close();
                } catch (IOException e) {
                    LOG.debug("closing a client of {}: {}", path, e.toString());
                }
            }
        }
    }
}
