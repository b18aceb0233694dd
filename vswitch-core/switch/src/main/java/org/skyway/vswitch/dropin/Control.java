package org.skyway.vswitch.dropin;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.skyway.vswitch.bridge.PartedRequest;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlServer;

/// What `skyway ctl` asks, taken to the bridge that it names. Any thread.
final class Control implements ControlServer.Commands {
    private final Bridges bridges;

    Control(Bridges bridges) {
        this.bridges = bridges;
    }

    @Override
    public CompletionStage<JsonNode> run(String command, JsonNode arguments) {
        Slot slot = slot(arguments);
        return CompletableFuture.supplyAsync(
                        () -> slot.asked().run(command, arguments), slot.running().owner())
                .thenCompose(done -> done);
    }

    @Override
    public PartedRequest begin(String command, JsonNode arguments) {
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
