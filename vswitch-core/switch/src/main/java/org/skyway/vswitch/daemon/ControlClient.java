package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import org.skyway.ivshmem.sys.Reasons;
import org.skyway.vswitch.config.ConfigException;

/// Asks a running switch by its control socket. One thread at a time.
public final class ControlClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path socket;
    private final SocketChannel channel;
    private final BufferedReader in;
    private final Writer out;

    /// Connects.
    ///
    /// @param runDirectory where the switch runs
    /// @throws ConfigException if no switch runs there, or it may not be asked
    public ControlClient(Path runDirectory) {
        socket = runDirectory.resolve(ControlServer.SOCKET);
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new ConfigException(
                    "no switch answers on %s: %s; start one with `skyway vswitchd`, or say where it runs with --rundir"
                            .formatted(socket, e.getMessage()),
                    e);
        }
        in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        out = Channels.newWriter(channel, StandardCharsets.UTF_8);
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
        try {
            out.write(JSON.writeValueAsString(request) + "\n");
            out.flush();
            String line = in.readLine();
            if (line == null) {
                throw new ConfigException("the switch on " + socket + " hung up");
            }
            JsonNode answer = JSON.readTree(line);
            if (answer.has("error")) {
                throw new ConfigException(answer.get("error").asText());
            }
            return answer.get("result");
        } catch (IOException e) {
            throw new ConfigException("the switch on " + socket + " does not answer: " + e, e);
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
