package org.skyway.vswitch.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.daemon.ControlClient;
import org.skyway.vswitch.journal.Journal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `skyway ctl`: asks and tells a running switch.
@Command(
        name = "ctl",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Asks or tells a running switch.",
        subcommands = {
            CtlCommand.Show.class,
            CtlCommand.Port.class,
            CtlCommand.LinksCommand.class,
            CtlCommand.Stats.class,
            TopCommand.class,
            BypassCommand.class,
            LogCommand.class,
            CaptureCommand.class,
            MirrorCommands.class,
            ThreadCommands.class,
            ControllerCommands.Set.class,
            ControllerCommands.Delete.class,
            ControllerCommands.FailMode.class,
            MachineCommands.AgentCommand.class,
            MachineCommands.Vm.class,
            MachineCommands.LeftoversCommand.class,
            P2pCommands.class,
            TraceCommand.class,
            CtlCommand.Events.class
        })
final class CtlCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    // As a command line has it.
    private static final PrintWriter OUT = new PrintWriter(System.out, true);

    CtlCommand() {}

    /// The command of a line that is plain, and one of those that are asked for often.
    ///
    /// @param words the line, from the sub-command on
    /// @return the same command as by its annotations; null if the line is not plain
    static Request plain(PlainWords words) {
        Request request = words.next() ? named(words) : null;
        if (request == null) {
            return null;
        }
        request.runDirectory = new RunDirectoryOption();
        while (words.next()) {
            switch (words.name()) {
                case "--rundir" -> request.runDirectory.take(words);
                case "--bridge" -> request.bridge = words.single();
                case "--json" -> request.json = words.flag();
                default -> words.refuse();
            }
        }
        return words.arePlain() ? request : null;
    }

    private static Request named(PlainWords words) {
        return switch (words.name()) {
            case "show" -> new Show();
            case "links" -> new LinksCommand();
            case "stats" -> new Stats();
            case "port" -> words.next() && words.name().equals("list") ? new PortList() : null;
            default -> null;
        };
    }

    /// What every sub-command has: where the switch is, and how to print.
    abstract static class Request implements Callable<Integer> {
        @Mixin RunDirectoryOption runDirectory;

        @Option(
                names = "--bridge",
                paramLabel = "NAME",
                description = "which bridge, where a database configures several")
        String bridge;

        @Option(names = "--json", description = "print the answer as JSON")
        boolean json;

        @Spec CommandSpec spec; // null if it was read without

        JsonNode ask(ObjectNode request) {
            try (ControlClient client = client()) {
                return client.ask(request);
            }
        }

        ControlClient client() {
            return new ControlClient(runDirectory.path()).about(bridge);
        }

        PrintWriter out() {
            return spec == null ? OUT : spec.commandLine().getOut();
        }

        int print(JsonNode result, List<String> columns) throws JsonProcessingException {
            if (json) {
                out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result));
            } else {
                TextTable.print(out(), result, columns);
            }
            return 0;
        }
    }

    /// The bridge and its ports.
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description =
                    "Shows the bridge, its ports, who is attached, and what the detector says.")
    static final class Show extends Request {
        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode result = ask(ControlClient.request("show"));
            if (!json) {
                out().printf(
                                "bridge %s, datapath id %s, %d poll thread(s), %s, bypass %s%n",
                                result.get("bridge").asText(),
                                result.get("datapathId").asText(),
                                result.get("pollThreads").asInt(),
                                "fail mode " + result.get("failMode").asText(),
                                result.get("bypass").asBoolean() ? "on" : "off");
            }
            if (json) {
                return print(result, List.of());
            }
            print(
                    result.get("ports"),
                    List.of("number", "name", "type", "up", "vnf", "pid", "p2p"));
            List<JsonNode> stock = new ArrayList<>();
            for (JsonNode port : result.get("ports")) {
                if (port.hasNonNull("agreed") || port.hasNonNull("trouble")) {
                    stock.add(port);
                }
            }
            if (!stock.isEmpty()) {
                print(JSON.valueToTree(stock), List.of("name", "agreed", "trouble"));
            }
            JsonNode controllers = result.path("controllers");
            if (!controllers.isEmpty()) {
                print(controllers, List.of("target", "connected"));
            }
            JsonNode faults = result.get("faults");
            if (!faults.isEmpty()) {
                out().println("survived:");
                print(faults, List.of("count", "where", "what", "lastTime", "last"));
            }
            return 0;
        }
    }

    /// Ports.
    @Command(
            name = "port",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "COMMAND",
            description = "Adds, removes and lists ports.",
            subcommands = {PortAdd.class, PortDel.class, PortList.class})
    static final class Port {}

    /// Adds a port.
    @Command(name = "add", mixinStandardHelpOptions = true, description = "Adds a port.")
    static final class PortAdd extends Request {
        @Parameters(
                paramLabel = "[NUMBER:]TYPE:NAME[,KEY=VALUE]...",
                description =
                        "for instance 2:dpdkr:vnf1, netdev:eth1 or memif:vpp,socket=/run/vpp.sock,id=7,role=client")
        private String port;

        @Override
        public Integer call() throws JsonProcessingException {
            PortConfig config = PortConfig.parse(port);
            JsonNode result =
                    ask(
                            ControlClient.request("port-add")
                                    .put("number", config.number())
                                    .put("type", config.typed())
                                    .put("name", config.name()));
            if (json) {
                return print(result, List.of());
            }
            out().printf(
                            "port %s is number %d%n",
                            result.get("name").asText(), result.get("number").asInt());
            return 0;
        }
    }

    /// Removes a port.
    @Command(
            name = "del",
            mixinStandardHelpOptions = true,
            description = "Removes a port; a VNF at it loses it.")
    static final class PortDel extends Request {
        @Parameters(paramLabel = "NAME", description = "the port's name")
        private String name;

        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode result = ask(ControlClient.request("port-del").put("name", name));
            return json ? print(result, List.of()) : 0;
        }
    }

    /// Lists ports.
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the ports.")
    static final class PortList extends Request {
        @Override
        public Integer call() throws JsonProcessingException {
            return print(
                    ask(ControlClient.request("ports")),
                    List.of("number", "name", "type", "up", "vnf", "pid"));
        }
    }

    /// Links.
    @Command(
            name = "links",
            mixinStandardHelpOptions = true,
            description = {
                "Shows the point-to-point links: those that are or are to be bypassed, and those"
                        + " that can't be, for which the switch moves packets with one copy and"
                        + " without a look-up (cut-through).",
                "HELD are those that get no bypass for now; the reason says why.",
                "switchOverMicros is how long the last switch-over took, from the command until it"
                        + " was",
                "obeyed; lastFailure is why the link failed last, if it ever did."
            })
    static final class LinksCommand extends Request {
        @Override
        public Integer call() throws JsonProcessingException {
            return print(
                    ask(ControlClient.request("links")),
                    List.of(
                            "from",
                            "to",
                            "kind",
                            "state",
                            "sinceMillis",
                            "ageMillis",
                            "epoch",
                            "activations",
                            "packets",
                            "bytes",
                            "switchOverMicros",
                            "reason",
                            "lastFailure"));
        }
    }

    /// Counters.
    @Command(
            name = "stats",
            mixinStandardHelpOptions = true,
            description = "Shows the ports' counters; bypassed packets are included.")
    static final class Stats extends Request {
        @Override
        public Integer call() throws JsonProcessingException {
            JsonNode result = ask(ControlClient.request("stats"));
            return json
                    ? print(result, List.of())
                    : print(
                            result.get("ports"),
                            List.of(
                                    "name",
                                    "rxPackets",
                                    "rxBytes",
                                    "txPackets",
                                    "txBytes",
                                    "txDropped",
                                    "bypassRxPackets",
                                    "bypassTxPackets"));
        }
    }

    /// The journal.
    @Command(
            name = "events",
            mixinStandardHelpOptions = true,
            description = "Prints the journal: one JSON record a line, time in nanoseconds.")
    static final class Events extends Request {
        @Option(names = "--follow", description = "go on printing what happens")
        private boolean follow;

        @Override
        public Integer call() {
            // Read from the files, so it works after a crash of the switch, too.
            if (!Journal.exists(runDirectory.path())) {
                throw new ConfigException(
                        "there is no journal in %s; say where the switch runs or ran with --rundir"
                                .formatted(runDirectory.path()));
            }
            PrintWriter out = out();
            Journal.read(
                    runDirectory.path(),
                    follow,
                    line -> {
                        out.println(line);
                        out.flush();
                    });
            return 0;
        }
    }
}
