package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway ctl bypass`: allows or forbids bypasses while the switch runs.
@Command(
        name = "bypass",
        mixinStandardHelpOptions = true,
        description = "Allows or forbids bypasses; off takes back those in use, losing nothing.")
final class BypassCommand extends CtlCommand.Request {
    /// What to do.
    enum Wanted {
        /// Allow.
        ON,
        /// Forbid.
        OFF
    }

    @Parameters(paramLabel = "on|off", description = "whether links are given bypasses")
    private Wanted wanted;

    BypassCommand() {}

    @Override
    public Integer call() throws JsonProcessingException {
        JsonNode result = ask(ControlClient.request("bypass").put("on", wanted == Wanted.ON));
        return json ? print(result, List.of()) : 0;
    }
}
