package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `skyway ctl mirror`.
@Command(
        name = "mirror",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Copies what a port sends and receives to another port, until told otherwise or until"
                    + " one",
            "of the two is removed. A port that is mirrored has no bypass meanwhile."
        },
        subcommands = {
            MirrorCommands.Add.class,
            MirrorCommands.Delete.class,
            MirrorCommands.Show.class
        })
final class MirrorCommands {
    MirrorCommands() {}

    /// Adds one.
    @Command(name = "add", mixinStandardHelpOptions = true, description = "Adds a mirror.")
    static final class Add extends CtlCommand.Request {
        // spotless:off
        @Parameters(paramLabel = "NAME", description = "the mirror's name")
        private String name;
        @Option(names = "--from", paramLabel = "PORT", required = true, description = "whose packets are copied: name or number")
        private String from;
        @Option(names = "--to", paramLabel = "PORT", required = true, description = "where the copies go")
        private String to;
        // spotless:on

        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode result =
                    ask(
                            ControlClient.request("mirror-add")
                                    .put("name", name)
                                    .put("from", from)
                                    .put("to", to));
            return json ? print(result, List.of()) : 0;
        }
    }

    /// Removes one.
    @Command(name = "del", mixinStandardHelpOptions = true, description = "Removes a mirror.")
    static final class Delete extends CtlCommand.Request {
        @Parameters(paramLabel = "NAME", description = "the mirror's name")
        private String name;

        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode result = ask(ControlClient.request("mirror-del").put("name", name));
            return json ? print(result, List.of()) : 0;
        }
    }

    /// Shows all.
    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows the mirrors.")
    static final class Show extends CtlCommand.Request {
        @Override
        public Integer call() throws JsonProcessingException {
            return print(ask(ControlClient.request("mirrors")), List.of("name", "from", "to"));
        }
    }
}
