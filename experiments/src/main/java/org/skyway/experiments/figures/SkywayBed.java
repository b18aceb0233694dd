package org.skyway.experiments.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.bed.Ofctl;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.tester.Tester;
import org.skyway.vswitch.daemon.ControlClient;

/// A switch, and what hangs on it. Ports are `vnf1`, `vnf2` and so on and have those numbers.
///
/// ```
/// end ── vnf1   vnf2 ── forward ── vnf3   vnf4 ── end
///          └─ switch ─┘               └─ switch ─┘
/// ```
final class SkywayBed implements AutoCloseable {
    static final String BRIDGE = "br0";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String REHEARSAL = "--rehearsal";
    private static final String QUICK_REHEARSAL_MILLIS = "500"; // of flow-mods, few of which follow
    private static final long LINKS_PATIENCE_NANOS = 20_000_000_000L;

    private final MeasuredSession session;
    private final List<String> prefix;
    private final RunFolder folder = new RunFolder();
    private final List<AutoCloseable> started = new ArrayList<>();
    private final List<Program> programs = new ArrayList<>();
    private final Program vswitchd;
    private final ControlClient control;
    private int links;

    /// Starts a switch.
    ///
    /// @param session whose
    /// @param ports how many dpdkr ports
    /// @param more further arguments of `vswitchd`
    SkywayBed(MeasuredSession session, int ports, String... more) {
        this(session, List.of(), ports, more);
    }

    /// Starts a switch and, later, VNFs under another program, for instance `taskset -c 0`.
    ///
    /// @param session whose
    /// @param prefix that program and its arguments
    /// @param ports how many dpdkr ports
    /// @param more further arguments of `vswitchd`
    SkywayBed(MeasuredSession session, List<String> prefix, int ports, String... more) {
        this.session = session;
        this.prefix = prefix;
        List<String> command =
                new ArrayList<>(
                        List.of("vswitchd", "--rundir", path().toString(), "--bridge", BRIDGE));
        for (int number = 1; number <= ports; number++) {
            command.addAll(List.of("--port", "%d:dpdkr:vnf%d".formatted(number, number)));
        }
        if (session.plan().quick() && !List.of(more).contains(REHEARSAL)) {
            command.addAll(List.of(REHEARSAL, QUICK_REHEARSAL_MILLIS));
        }
        command.addAll(List.of(more));
        session.note("./skyway " + String.join(" ", command).replace(path().toString(), "DIR"));
        try {
            vswitchd = program("vswitchd", command);
            vswitchd.await(line -> line.contains("has warmed up"), PATIENCE, "it is ready");
            control = new ControlClient(path());
            started.add(control);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    Path path() {
        return folder.path();
    }

    Program vswitchd() {
        return vswitchd;
    }

    ControlClient control() {
        return control;
    }

    List<Program> programs() {
        return programs;
    }

    /// All of them but the switch.
    List<Program> vnfs() {
        return programs.stream().filter(p -> p != vswitchd).toList();
    }

    private Program program(String name, List<String> command) {
        List<String> words = new ArrayList<>(prefix);
        words.add(Program.launcher().toString());
        words.addAll(command);
        Program p = Program.start(name, path(), session.chronicle().of(name), words);
        started.add(p);
        programs.add(p);
        return p;
    }

    /// Starts a VNF that forwards between two ports.
    ///
    /// @param a number of a port
    /// @param b number of another
    /// @param core to run on; null for any
    /// @param idle how it waits
    Program forward(int a, int b, Integer core, String idle) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "vnf",
                                "forward",
                                "--ports",
                                "vnf%d,vnf%d".formatted(a, b),
                                "--rundir",
                                path().toString(),
                                "--idle",
                                idle,
                                "--stats-interval",
                                "0"));
        if (core != null) {
            command.addAll(List.of("--core", core.toString()));
        }
        session.note("./skyway " + String.join(" ", command).replace(path().toString(), "DIR"));
        Program p = program("forward vnf" + a + ", vnf" + b, command);
        p.await(l -> l.contains("is ready"), PATIENCE, "it is ready");
        return p;
    }

    /// Starts a tester.
    ///
    /// @param core to run on; null for any
    /// @param idle how it waits
    /// @param numbers of its ports
    Tester tester(Integer core, String idle, int... numbers) {
        List<String> names = new ArrayList<>();
        for (int number : numbers) {
            names.add("vnf" + number);
        }
        Tester tester = new Tester(path(), prefix, names, core, idle);
        session.note(
                "./skyway vnf tester --rundir DIR --ports %s --idle %s%s"
                        .formatted(
                                String.join(",", names),
                                idle,
                                core == null ? "" : " --core " + core));
        started.add(tester);
        programs.add(tester.program());
        return tester;
    }

    /// Starts a tester at each of ports 1 and 2, and sends everything from each to the other.
    ///
    /// @param left core of the first; null for any
    /// @param right core of the second; null for any
    /// @param idle how they wait
    Ends pair(Integer left, Integer right, String idle) {
        Ends ends = Ends.of(tester(left, idle, 1), tester(right, idle, 2), session.plan().size());
        connect(new int[] {1, 2});
        return ends;
    }

    /// Sends everything from each port to its neighbour: from the first to the second, from the
    /// third to the fourth and so on, and back.
    ///
    /// @param first number of a port
    /// @param last number of the last port
    void connectNeighbours(int first, int last) {
        int[][] pairs = new int[(last - first + 1) / 2][];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new int[] {first + 2 * i, first + 2 * i + 1};
        }
        connect(pairs);
    }

    /// Sends everything from each of two ports to the other.
    ///
    /// @param pairs numbers of ports
    void connect(int[]... pairs) {
        List<String> flows = new ArrayList<>();
        for (int[] pair : pairs) {
            flows.add("priority=100,in_port=%d,actions=output:%d".formatted(pair[0], pair[1]));
            flows.add("priority=100,in_port=%d,actions=output:%d".formatted(pair[1], pair[0]));
        }
        addFlows(flows);
        links = 2 * pairs.length;
    }

    /// Installs entries from a file.
    ///
    /// @param flows as `ovs-ofctl` takes them
    void addFlows(List<String> flows) {
        Path file = path().resolve("flows.txt");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (String flow : flows) {
                out.write(flow);
                out.newLine();
            }
        } catch (IOException e) {
            throw new ExperimentException("can't write " + file + ": " + e, e);
        }
        flows.stream().limit(4).forEach(f -> session.note("ovs-ofctl add-flow br0 " + f));
        ofctl("add-flows", file.toString());
    }

    /// Runs `ovs-ofctl`.
    ///
    /// @param words sub-command and arguments, without the bridge, which comes second
    void ofctl(String... words) {
        Ofctl.run(path(), BRIDGE, words);
    }

    /// Allows or forbids bypasses, and waits until packets go that way.
    void bypass(boolean on) {
        control.ask(ControlClient.request("bypass").put("on", on));
        awaitLinks(on ? links : 0);
    }

    /// Waits until so many links are active.
    void awaitLinks(int wanted) {
        long deadline = System.nanoTime() + LINKS_PATIENCE_NANOS;
        while (true) {
            JsonNode all = control.ask(ControlClient.request("links"));
            int active = 0;
            for (JsonNode link : all) {
                active += link.get("state").asText().equals("ACTIVE") ? 1 : 0;
            }
            if (active == wanted) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ExperimentException(
                        "%d of %d links are active after 20 s: %s"
                                .formatted(active, wanted, all.toPrettyString()));
            }
            Waits.sleep(0.02);
        }
    }

    /// Packets that the switch's ports have received, bypassed ones too.
    long received() {
        long all = 0;
        for (JsonNode port : control.ask(ControlClient.request("stats")).get("ports")) {
            all += port.get("rxPackets").asLong();
        }
        return all;
    }

    @Override
    public void close() {
        Closing.lastFirst(started, line -> session.chronicle().write("bed", line));
        folder.close();
    }
}
