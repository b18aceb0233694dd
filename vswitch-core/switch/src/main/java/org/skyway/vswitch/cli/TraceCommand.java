package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway ctl trace`: follows a packet through the tables.
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = "Shows which entries a packet hits and what is done with it. Sends nothing.")
final class TraceCommand extends CtlCommand.Request {
    @Parameters(
            index = "0",
            paramLabel = "PORT",
            description = "name or number of its ingress port")
    private String port;

    @Parameters(index = "1", paramLabel = "PACKET", description = "the frame in hexadecimal")
    private String packet;

    TraceCommand() {}

    @Override
    public Integer call() throws JsonProcessingException {
        JsonNode result =
                ask(ControlClient.request("trace").put("port", port).put("packet", packet));
        if (json) {
            return print(result, List.of());
        }
        out().println(result.get("key").asText());
        result.get("entries").forEach(e -> out().println("  hits " + e.asText()));
        result.get("actions").forEach(a -> out().println("  does " + a.asText()));
        return 0;
    }
}
