package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.skyway.ivshmem.sys.Reasons;
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
            description = {
                "Says which links would appear or vanish if a file were given to",
                "ovs-ofctl -O OpenFlow13 add-flows (lines that have a group_id: add-groups).",
                "What that or the switch would refuse is refused, with line and reason."
            })
    static final class WhatIfCommand extends CtlCommand.Request {
        @Parameters(
                paramLabel = "FILE",
                description = "flows and groups as for ovs-ofctl; - for standard input")
        private String file;

        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode changes;
            try (BufferedReader reader = open();
                    ControlClient client = client()) {
                changes = client.ask(new Parts(reader));
            } catch (IOException e) {
                throw unreadable(e);
            } catch (UncheckedIOException e) {
                throw unreadable(e.getCause());
            }
            if (!json && changes.isEmpty()) {
                out().println("no link would appear or vanish");
                return 0;
            }
            return print(changes, List.of("port", "before", "after"));
        }

        private BufferedReader open() throws IOException {
            // Unlike Files.newBufferedReader, this goes on after bytes that are no UTF-8.
            InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }

        private ConfigException unreadable(IOException e) {
            return new ConfigException("can't read %s: %s".formatted(file, Reasons.of(e)), e);
        }
    }

    /// The lines of a file, some thousands at a time.
    private static final class Parts implements Iterator<ObjectNode> {
        private static final int CHARACTERS = 1 << 18;

        private final BufferedReader reader;
        private String next;
        private boolean begun;

        Parts(BufferedReader reader) {
            this.reader = reader;
            next = line();
        }

        private String line() {
            try {
                return reader.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }

        @Override
        public boolean hasNext() {
            return !begun || next != null;
        }

        @Override
        public ObjectNode next() {
            begun = true;
            ObjectNode part = ControlClient.request("p2p-what-if");
            ArrayNode lines = part.putArray("lines");
            for (int sum = 0; next != null && sum < CHARACTERS; next = line()) {
                sum += next.length();
                lines.add(next);
            }
            return part;
        }
    }
}
