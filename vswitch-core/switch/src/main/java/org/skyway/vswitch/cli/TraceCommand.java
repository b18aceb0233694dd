package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway ctl trace`: follows a packet through the tables.
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = {
            "Shows which entries a packet hits and what is done with it, as ofproto/trace does.",
            "Nothing is sent or counted."
        })
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
            ((ObjectNode) result).remove("text");
            return print(result, List.of());
        }
        out().println(result.get("text").asText());
        return 0;
    }
}
