package org.skyway.vswitch.predict;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.skyway.openflow.text.FlowSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `skyway p2p`: decides about point-to-point links without a switch.
@Command(
        name = "p2p",
        description = "Finds point-to-point links in rules, without a switch.",
        mixinStandardHelpOptions = true,
        subcommands = P2pCommand.Decide.class)
public final class P2pCommand implements Runnable {
    @Spec private CommandSpec spec;

    /// For picocli.
    public P2pCommand() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: decide");
    }

    /// Runs the command.
    ///
    /// @param arguments its arguments
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new P2pCommand()).execute(arguments));
    }

    /// `skyway p2p decide`.
    @Command(
            name = "decide",
            description = {
                "Reads pipelines, one JSON object a line, and prints their links, one JSON object a line:",
                "  {\"id\": \"x\", \"ports\": 4, \"flows\": [\"in_port=1,actions=output:2\"], \"groups\": []}",
                "  {\"id\": \"x\", \"links\": [[1, 2]], \"notTaken\": [], \"noLink\": [[2, \"why\", \"packet in hex\"]]}",
                "Flows and groups are in the syntax of the files of ovs-ofctl -O OpenFlow13 add-flows and",
                "add-groups; what that or a switch refuses is an error. All ports are up, and all meters",
                "that flows name are there. Ports may have names: \"ports\" is then a list of them, or an",
                "object with names by number."
            },
            mixinStandardHelpOptions = true)
    static final class Decide implements Callable<Integer> {
        @Spec private CommandSpec spec;

        @Parameters(
                paramLabel = "CASES.jsonl",
                description = "The pipelines; - for standard input.")
        private String cases;

        @Option(
                names = "--ports",
                paramLabel = "NUMBER:NAME,…",
                description = "Names of ports, for pipelines that give none: 1:vnf1,2:vnf2")
        private String ports;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            Map<Integer, String> names;
            try {
                names = ports == null ? Map.of() : CasePorts.parse(ports);
            } catch (FlowSyntaxException e) {
                throw new ParameterException(spec.commandLine(), "--ports: " + e.getMessage());
            }
            try (BufferedReader lines = open()) {
                for (String line; (line = lines.readLine()) != null; ) {
                    if (!line.isBlank()) {
                        out.println(CaseDecider.decide(line, names));
                        out.flush(); // someone may wait for it before the next line
                    }
                    if (out.checkError()) {
                        return 1; // nobody reads the answers
                    }
                }
            } catch (IOException e) {
                spec.commandLine()
                        .getErr()
                        .println("cannot read %s: %s".formatted(cases, e.getMessage()));
                return 1;
            }
            return 0;
        }

        private BufferedReader open() throws IOException {
            // Unlike Files.newBufferedReader, this goes on after bytes that are no UTF-8.
            InputStream in = cases.equals("-") ? System.in : Files.newInputStream(Path.of(cases));
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
    }
}
