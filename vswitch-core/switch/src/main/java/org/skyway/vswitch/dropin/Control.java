package org.skyway.vswitch.dropin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.skyway.vswitch.bridge.PartedRequest;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlServer;
import org.skyway.vswitch.daemon.TakeOver;
import org.skyway.vswitch.http.Switchboard;

/// What `skyway ctl` asks, taken to the bridge that it names. Any thread.
final class Control implements ControlServer.Commands {
    private final Bridges bridges;
    private final BiConsumer<String, Runnable> handOver;

    /// @param handOver ends this switch in favour of another, of which it gets the state directory,
    ///   and which is told by what it is given
    Control(Bridges bridges, BiConsumer<String, Runnable> handOver) {
        this.bridges = bridges;
        this.handOver = handOver;
    }

    /// How the live page asks.
    Switchboard board() {
        return new Switchboard() {
            @Override
            public ObjectNode ask(ObjectNode request) {
                return ControlServer.answer(Runnable::run, Control.this, bridges.faults(), request);
            }

            @Override
            public List<String> bridges() {
                return bridges.all().stream().map(Slot::name).sorted().toList();
            }
        };
    }

    @Override
    public CompletionStage<JsonNode> run(String command, JsonNode arguments) {
        if (command.equals(TakeOver.COMMAND)) {
            CompletableFuture<JsonNode> answer = new CompletableFuture<>();
            JsonNode who =
                    JsonNodeFactory.instance.objectNode().put("pid", ProcessHandle.current().pid());
            handOver.accept(arguments.path("stateDirectory").asText(), () -> answer.complete(who));
            return answer;
        }
        Slot slot = slot(arguments);
        return CompletableFuture.supplyAsync(
                        () -> slot.asked().run(command, arguments), slot.running().owner())
                .thenCompose(done -> done);
    }

    @Override
    public PartedRequest begin(String command, JsonNode arguments) {
        if (command.equals(TakeOver.COMMAND)) {
            return null;
        }
        Slot slot = slot(arguments);
        try {
            return slot.running().ask(() -> slot.asked().begin(command, arguments));
        } catch (IOException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    private Slot slot(JsonNode arguments) {
        Collection<Slot> all = bridges.all();
        String wanted = arguments.path("bridge").asText("");
        if (wanted.isEmpty() && all.size() == 1) {
            return all.iterator().next();
        }
        if (all.isEmpty()) {
            throw new ConfigException(
                    "the switch has no bridge yet; add one with `ovs-vsctl add-br BRIDGE`");
        }
        String names = all.stream().map(Slot::name).collect(Collectors.joining(", "));
        return all.stream()
                .filter(s -> s.name().equals(wanted))
                .findFirst()
                .orElseThrow(() ->
                        new ConfigException(
                                wanted.isEmpty()
                                        ? "the switch has several bridges: say which with --bridge: "
                                                + names
                                        : "the switch has no bridge %s; there are %s"
                                                .formatted(wanted, names)));
    }
}
