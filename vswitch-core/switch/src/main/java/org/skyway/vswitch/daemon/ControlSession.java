package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.skyway.vswitch.bridge.PartedRequest;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.fault.Faults;

/// What one client of the control socket asks, one request after another. On the client's thread.
final class ControlSession implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// How long the ofproto thread may take to come to a request.
    private static final long ANSWER_SECONDS = 20;

    private final Executor owner;
    private final ControlServer.Commands commands;
    private final Faults faults;
    private PartedRequest parted; // that has not come to its end; null for none
    private String partedCommand;

    /// A client that has not asked anything yet.
    ///
    /// @param owner the ofproto thread
    ControlSession(Executor owner, ControlServer.Commands commands, Faults faults) {
        this.owner = owner;
        this.commands = commands;
        this.faults = faults;
    }

    /// Answers a request, or a part of one.
    ObjectNode answer(String line) {
        ObjectNode answer = JSON.createObjectNode();
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
            return answer.set("result", result(request.get("command").textValue(), request));
        } catch (TimeoutException e) {
            return answer.put(
                    "error",
                    "the switch did not come to the request within %d s; it may still do it"
                            .formatted(ANSWER_SECONDS));
        } catch (ExecutionException e) {
            return answer.put("error", why(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return answer.put("error", "the switch is ending");
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            close();
            return answer.put("error", why(e));
        }
    }

    private String why(Throwable e) {
        if (!(e instanceof ConfigException)) {
            faults.record("ctl: request", e);
        }
        return String.valueOf(e.getMessage());
    }

    private JsonNode result(String command, JsonNode request)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (parted != null && !command.equals(partedCommand)) {
            close(); // its other parts won't come
        }
        if (parted == null) {
            parted =
                    onOwner(() ->
                            CompletableFuture.completedStage(commands.begin(command, request)));
            partedCommand = command;
        }
        if (parted == null) {
            return onOwner(() -> commands.run(command, request));
        }
        parted.take(request);
        if (request.path("more").asBoolean()) {
            return parted.part();
        }
        JsonNode result = parted.end();
        close();
        return result;
    }

    private <T> T onOwner(Supplier<CompletionStage<T>> work)
            throws InterruptedException, ExecutionException, TimeoutException {
        return CompletableFuture.supplyAsync(work, owner)
                .thenCompose(done -> done)
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        if (parted != null) {
            parted.close();
            parted = null;
        }
    }
}
