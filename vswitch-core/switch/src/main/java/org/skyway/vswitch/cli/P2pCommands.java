package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway ctl p2p`: why a port has a point-to-point link, or none, and what rules would change.
@Command(
        name = "p2p",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Explains point-to-point links.",
        subcommands = {P2pCommands.Explain.class, P2pCommands.WhatIfCommand.class})
final class P2pCommands {
    P2pCommands() {}

    /// Why or why not.
    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = {
                "For a link: the entries on its way, and the shadowed ones that don't matter.",
                "For no link: the entry that breaks it, and a packet that shows it."
            })
    static final class Explain extends CtlCommand.Request {
        @Parameters(paramLabel = "PORT", description = "name or number of a dpdkr port")
        private String port;

        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode result = ask(ControlClient.request("p2p-explain").put("port", port));
            if (json) {
                ((ObjectNode) result).remove("text");
                return print(result, List.of());
            }
            out().println(result.get("text").asText());
            return 0;
        }
    }

    /// Links that a rule file would make or break.
    @Command(
            name = "what-if",
            mixinStandardHelpOptions = true,
            description =
                    "Says which links would appear or vanish if a file of flows were installed.")
    static final class WhatIfCommand extends CtlCommand.Request {
        @Parameters(
                paramLabel = "FILE",
                description = "flows and groups as for ovs-ofctl; - for standard input")
        private String file;

        @Override
        public Integer call() throws JsonProcessingException {
            ObjectNode request = ControlClient.request("p2p-what-if");
            ArrayNode lines = request.putArray("lines");
            try {
                try (BufferedReader reader =
                        new BufferedReader(
                                new InputStreamReader(
                                        file.equals("-")
                                                ? System.in
                                                : Files.newInputStream(Path.of(file)),
                                        StandardCharsets.UTF_8))) {
                    reader.lines().forEach(lines::add);
                }
            } catch (IOException | UncheckedIOException e) {
                throw new ConfigException("can't read " + file + ": " + e, e);
            }
            JsonNode changes = ask(request);
            if (!json && changes.isEmpty()) {
                out().println("no link would appear or vanish");
                return 0;
            }
            return print(changes, List.of("port", "before", "after"));
        }
    }
}
