package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Requests to a server that wait for their answers (JSON-RPC 1.0). On the channel's event loop.
final class Calls {
    private final Channel channel;
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new HashMap<>();
    private long id;

    Calls(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    /// Asks.
    ///
    /// @return the answer; fails with an [OvsdbException] if that is an error, or none comes any
    ///   more
    CompletableFuture<JsonNode> call(String method, ArrayNode parameters) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        ObjectNode request =
                JsonNodeFactory.instance.objectNode().put("id", id).put("method", method);
        request.set("params", parameters);
        waiting.put(id++, answer);
        channel.writeAndFlush(JsonRpc.bytes(request));
        return answer;
    }

    /// Answers a request of the server's.
    void answer(JsonNode request, JsonNode result) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.set("id", request);
        answer.set("result", result);
        channel.writeAndFlush(JsonRpc.bytes(answer.putNull("error")));
    }

    /// An answer has come.
    void answered(JsonNode message) {
        CompletableFuture<JsonNode> answer =
                message.path("id").isIntegralNumber()
                        ? waiting.remove(message.get("id").longValue())
                        : null;
        if (answer == null) {
            throw new OvsdbException(
                    "an answer came to nothing that was asked: " + Atom.brief(message));
        }
        if (message.hasNonNull("error")) {
            answer.completeExceptionally(
                    new OvsdbException(
                            "the server refuses: %s".formatted(Atom.brief(message.get("error")))));
        } else {
            answer.complete(message.path("result"));
        }
    }

    /// No more answers come.
    void close(String why) {
        List<CompletableFuture<JsonNode>> left = List.copyOf(waiting.values());
        waiting.clear();
        left.forEach(
                f -> f.completeExceptionally(new OvsdbException("the database is away: " + why)));
        channel.close();
    }
}
