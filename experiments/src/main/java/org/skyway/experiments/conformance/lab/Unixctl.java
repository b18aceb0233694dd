package org.skyway.experiments.conformance.lab;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.skyway.experiments.process.ExperimentException;

/// What `ovs-appctl` does, without a process for each command.
final class Unixctl implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SocketChannel channel;
    private final OutputStream out;
    private JsonParser replies; // from the first reply on: making one waits for its input
    private int id;

    Unixctl(Path socket) {
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            out = Channels.newOutputStream(channel);
        } catch (IOException e) {
            throw new ExperimentException("can't reach " + socket + ": " + e.getMessage(), e);
        }
    }

    /// Runs a command.
    ///
    /// @param command its name
    /// @param arguments its arguments
    /// @return what it prints
    String run(String command, String... arguments) {
        ArrayNode parameters = JSON.createArrayNode();
        for (String argument : arguments) {
            parameters.add(argument);
        }
        try {
            out.write(
                    JSON.writeValueAsBytes(
                            JSON.createObjectNode()
                                    .put("id", id++)
                                    .put("method", command)
                                    .set("params", parameters)));
            if (replies == null) {
                replies = JSON.createParser(Channels.newInputStream(channel));
            }
            JsonNode reply = replies.readValueAsTree();
            if (!reply.path("error").isNull()) {
                throw new ExperimentException(command + " failed: " + reply.path("error"));
            }
            return reply.path("result").asText();
        } catch (IOException e) {
            throw new ExperimentException("Open vSwitch went away: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ExperimentException("can't close: " + e.getMessage(), e);
        }
    }
}
