package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `skyway ctl log`: what the switch or the agent logs, and how.
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = {
            "Shows from which level on each module of the switch is logged, or changes that.",
            "Levels are off, error, warn, info and debug; the module any stands for all of the switch, or",
            "with --agent for all of the agent."
        })
final class LogCommand extends CtlCommand.Request {
    // spotless:off
    @Parameters(arity = "0..*", paramLabel = "MODULE=LEVEL", description = "for instance ofproto=debug")
    private List<String> levels = List.of();
    @Option(names = "--format", paramLabel = "text|json", description = "how lines look from now on: text, or a JSON object each")
    private String format;
    @Option(names = "--agent", description = "the log of `skyway agent`, which is a process of its own")
    private boolean agent;
    // spotless:on

    LogCommand() {}

    @Override
    public Integer call() throws JsonProcessingException {
        ObjectNode request = ControlClient.request("log");
        ArrayNode list = request.putArray("levels");
        levels.forEach(list::add);
        if (format != null) {
            request.put("format", format);
        }
        JsonNode result = agent ? askAgent(request) : ask(request);
        if (json) {
            return print(result, List.of());
        }
        boolean asks = levels.isEmpty() && format == null;
        return asks ? print(result.get("modules"), List.of("module", "level", "about")) : 0;
    }

    private JsonNode askAgent(ObjectNode request) {
        try (ControlClient client = ControlClient.ofAgent(runDirectory.path())) {
            return client.ask(request);
        }
    }
}
