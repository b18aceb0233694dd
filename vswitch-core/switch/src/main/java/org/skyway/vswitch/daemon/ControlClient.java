package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import org.skyway.ivshmem.region.RunDirectory;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.vswitch.config.ConfigException;

/// Asks a running switch, or an agent, by its control socket. One thread at a time.
public final class ControlClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path socket;
    private final String who;
    private final SocketChannel channel;
    private final BufferedReader in;
    private final Writer out;
    private String bridge; // that all requests are about; null if there is only one

    /// Has the libraries initialise themselves, which is slow.
    static void preload() {
        try {
            JSON.readTree(JSON.writeValueAsString(request("show")));
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Connects to a switch.
    ///
    /// @param runDirectory where the switch runs
    /// @throws ConfigException if no switch runs there, or it may not be asked
    public ControlClient(Path runDirectory) {
        this(runDirectory.resolve(ControlServer.SOCKET), "switch", "vswitchd");
    }

    private ControlClient(Path socket, String who, String verb) {
        this.socket = socket;
        this.who = who;
        Preload.await();
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new ConfigException(
                    "no %s answers on %s: %s; start one with `skyway %s`, or say where it runs with --rundir"
                            .formatted(who, socket, e.getMessage(), verb),
                    e);
        }
        in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        out = Channels.newWriter(channel, StandardCharsets.UTF_8);
    }

    /// Has all requests be about one of several bridges.
    ///
    /// @param name the bridge; null if there is only one
    /// @return this
    public ControlClient about(String name) {
        bridge = name;
        return this;
    }

    /// Connects to an agent that is a process of its own.
    ///
    /// @param runDirectory where it runs
    /// @return the connection
    /// @throws ConfigException if none runs there, or it may not be asked
    public static ControlClient ofAgent(Path runDirectory) {
        Path socket = runDirectory.resolve(RunDirectory.AGENT_CONTROL_SOCKET);
        return new ControlClient(socket, "agent", "agent");
    }

    /// A request without arguments.
    ///
    /// @param command its name
    /// @return a request to which arguments may be added
    public static ObjectNode request(String command) {
        return JSON.createObjectNode().put("command", command);
    }

    /// Asks.
    ///
    /// @param request from [#request]
    /// @return the result
    /// @throws ConfigException with the switch's words if it could not do it
    public JsonNode ask(ObjectNode request) {
        if (bridge != null) {
            request.put("bridge", bridge);
        }
        try {
            out.write(JSON.writeValueAsString(request) + "\n");
            out.flush();
            String line = in.readLine();
            if (line == null) {
                throw new ConfigException("the %s on %s hung up".formatted(who, socket));
            }
            JsonNode answer = JSON.readTree(line);
            if (answer.has("error")) {
                throw new ConfigException(answer.get("error").asText());
            }
            return answer.get("result");
        } catch (IOException e) {
            throw new ConfigException(
                    "the %s on %s does not answer: %s".formatted(who, socket, e), e);
        }
    }

    /// Asks something that may take several lines.
    ///
    /// @param parts all of them in order, one or more; they have the same command
    /// @return the result
    /// @throws ConfigException with the switch's words if it could not do it
    public JsonNode ask(Iterator<ObjectNode> parts) {
        while (true) {
            ObjectNode part = parts.next();
            if (!parts.hasNext()) {
                return ask(part);
            }
            ask(part.put("more", true));
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ConfigException("can't close " + socket + ": " + Reasons.of(e), e);
        }
    }
}
