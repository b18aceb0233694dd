package org.skyway.vswitch.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.skyway.vswitch.bridge.PartedRequest;
import org.skyway.vswitch.bridge.Requests;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.log.SwitchLog;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.ofproto.OfprotoConfig.FailMode;

/// What users ask for: of the bridge, or of its OpenFlow side. Ofproto thread.
///
/// @param requests to the bridge
/// @param ofproto its OpenFlow side
/// @param handOver ends this switch in favour of another, of which it gets the state directory, and
///   which is told by what it is given
public record Asked(Requests requests, Ofproto ofproto, BiConsumer<String, Runnable> handOver)
        implements ControlServer.Commands {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public CompletionStage<JsonNode> run(String command, JsonNode arguments) {
        return switch (command) {
            case "set-controllers" -> setControllers(arguments.path("targets"));
            case "set-fail-mode" -> setFailMode(arguments.path("mode").asText());
            case "log" -> CompletableFuture.completedStage(log(arguments));
            case TakeOver.COMMAND -> giveWay(arguments.path("stateDirectory").asText());
            case "tables" -> CompletableFuture.completedStage(tables());
            case "show" -> requests.answer(command, arguments).thenApply(this::withControllers);
            default -> requests.answer(command, arguments);
        };
    }

    @Override
    public PartedRequest begin(String command, JsonNode arguments) {
        return requests.begin(command);
    }

    private static JsonNode log(JsonNode arguments) {
        try {
            return SwitchLog.MODULES.answer(arguments);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    private CompletionStage<JsonNode> giveWay(String stateDirectory) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        ObjectNode who = JSON.createObjectNode().put("pid", ProcessHandle.current().pid());
        handOver.accept(stateDirectory, () -> answer.complete(who));
        return answer;
    }

    private JsonNode withControllers(JsonNode bridge) {
        ObjectNode o = (ObjectNode) bridge;
        o.put("failMode", name(ofproto.failMode()));
        ArrayNode all = o.putArray("controllers");
        for (Map.Entry<String, Boolean> c : ofproto.controllers().entrySet()) {
            all.addObject().put("target", c.getKey()).put("connected", c.getValue());
        }
        return o;
    }

    private ArrayNode tables() {
        ArrayNode all = JSON.createArrayNode();
        for (int table = 0; table < Ofproto.TABLES; table++) {
            int entries = ofproto.entries(table).size();
            if (entries > 0) {
                all.addObject().put("table", table).put("entries", entries);
            }
        }
        return all;
    }

    private static String name(FailMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private CompletionStage<JsonNode> setControllers(JsonNode texts) {
        if (!texts.isArray()) {
            throw new ConfigException("the request has no \"targets\"");
        }
        List<String> targets = new ArrayList<>();
        texts.forEach(t -> targets.add(t.asText()));
        try {
            return ofproto.setControllers(targets)
                    .handle((x, e) -> {
                        if (e != null) {
                            Throwable why = e instanceof CompletionException ? e.getCause() : e;
                            throw new ConfigException(why.getMessage(), why);
                        }
                        return JSON.createObjectNode();
                    });
        } catch (IllegalArgumentException | IOException e) {
            throw new ConfigException(e.getMessage(), e);
        }
    }

    private CompletionStage<JsonNode> setFailMode(String name) {
        for (FailMode mode : FailMode.values()) {
            if (name(mode).equals(name)) {
                ofproto.setFailMode(mode);
                return CompletableFuture.completedStage(JSON.createObjectNode());
            }
        }
        throw new ConfigException(
                "fail mode \"%s\" is neither secure nor standalone".formatted(name));
    }
}
