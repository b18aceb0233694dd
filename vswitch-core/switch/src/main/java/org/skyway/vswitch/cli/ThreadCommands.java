package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `skyway ctl threads`.
@Command(
        name = "threads",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Which poll thread receives from which port. Threads get ports in turn as they come;"
                    + " ports that",
            "a cut-through link connects are on one thread."
        },
        subcommands = {
            ThreadCommands.Show.class,
            ThreadCommands.Rebalance.class,
            ThreadCommands.Pin.class
        })
final class ThreadCommands {
    ThreadCommands() {}

    /// Shows them.
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Shows the threads, how busy they are, and their ports with what comes from each through the switch.")
    static final class Show extends CtlCommand.Request {
        @Override
        public Integer call() throws JsonProcessingException {
            return print(
                    ask(ControlClient.request("threads")),
                    List.of("thread", "core", "busyPercent", "port", "pinned", "packetsPerSecond"));
        }
    }

    /// Spreads ports.
    @Command(
            name = "rebalance",
            mixinStandardHelpOptions = true,
            description =
                    "Spreads ports over the threads by what came from them in the last seconds; says which were moved.")
    static final class Rebalance extends CtlCommand.Request {
        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode moves = ask(ControlClient.request("rebalance"));
            return print(moves, List.of("port", "from", "to"));
        }
    }

    /// Pins a port.
    @Command(
            name = "pin",
            mixinStandardHelpOptions = true,
            description =
                    "Has one thread receive from a port from now on, until the switch ends, or any thread.")
    static final class Pin extends CtlCommand.Request {
        @Parameters(index = "0", paramLabel = "PORT", description = "name or number")
        private String port;

        @Parameters(
                index = "1",
                paramLabel = "THREAD",
                description = "number of the thread, from 0 on, or any")
        private String thread;

        @Override
        public Integer call() throws JsonProcessingException {
            ObjectNode request = ControlClient.request("pin").put("port", port);
            if (!thread.equals("any")) {
                try {
                    request.put("thread", Integer.parseUnsignedInt(thread));
                } catch (NumberFormatException e) {
                    throw new ParameterException(
                            spec.commandLine(),
                            "THREAD is a number or any, not \"%s\"".formatted(thread));
                }
            }
            JsonNode result = ask(request);
            return json ? print(result, List.of()) : 0;
        }
    }
}
