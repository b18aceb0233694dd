package org.skyway.experiments.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.bed.Ofctl;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.MachineLoad;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.vswitch.daemon.ControlClient;

/// The demo's switch and its chain of three VNFs in processes of their own.
///
/// ```
/// exchange ── vnf1   vnf2 ── forward ── vnf3   vnf4 ── exchange
///               └─ switch ─┘               └─ switch ─┘
/// ```
final class DemoChain implements AutoCloseable {
    static final List<Hop> HOPS =
            List.of(
                    new Hop("vnf1", "vnf2", 1, 2),
                    new Hop("vnf3", "vnf4", 3, 4),
                    new Hop("vnf4", "vnf3", 4, 3),
                    new Hop("vnf2", "vnf1", 2, 1));

    private static final String BRIDGE = "br0";
    private static final String PAGE = "skyway: the live page is ";
    private static final Duration LINKS_PATIENCE = Duration.ofSeconds(20);

    private final PrintStream out;
    private final RunFolder folder = new RunFolder();
    private final Path runDirectory = folder.path();
    private final List<AutoCloseable> started = new ArrayList<>();
    private final Program vswitchd;
    private final ControlClient control;
    private final Middle middle;
    private VnfView left;
    private VnfView right;

    /// One step of the chain.
    record Hop(String from, String to, int fromNumber, int toNumber) {}

    /// @param out where to tell
    /// @param dpdk whether the VNF in the middle is DPDK's testpmd
    DemoChain(PrintStream out, boolean dpdk) {
        this.out = out;
        out.println("Starting the switch and three VNFs in " + runDirectory);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "vswitchd",
                                "--rundir",
                                runDirectory.toString(),
                                "--bridge",
                                BRIDGE,
                                "--http",
                                "127.0.0.1:0"));
        for (int number = 1; number <= HOPS.size(); number++) {
            command.addAll(List.of("--port", "%d:dpdkr:vnf%d".formatted(number, number)));
        }
        vswitchd =
                Program.skyway(
                        "vswitchd", runDirectory, this::line, command.toArray(new String[0]));
        started.add(vswitchd);
        vswitchd.await(
                line -> line.contains("has warmed up"), Duration.ofSeconds(60), "it is ready");
        control = new ControlClient(runDirectory);
        started.add(control);
        middle = dpdk ? testpmd() : forward();
    }

    private void line(String line) {
        if (line.startsWith(PAGE)) {
            out.println("Look at it live: " + line.substring(PAGE.length()));
        }
    }

    private VnfView forward() {
        VnfView forward = vnf("forward", "forward", "--ports", "vnf2,vnf3");
        forward.awaitReady();
        return forward;
    }

    private TestpmdView testpmd() {
        out.println("The one in the middle is DPDK's testpmd, as Debian has compiled it.");
        TestpmdView testpmd = new TestpmdView(runDirectory);
        started.add(testpmd);
        return testpmd;
    }

    /// Lets both ends send.
    ///
    /// @param size of frames, see `skyway vnf exchange`
    void startTraffic(String size) {
        left = vnf("left exchange", "exchange", "--port", "vnf1", "--id", "1", "--size", size);
        right = vnf("right exchange", "exchange", "--port", "vnf4", "--id", "2", "--size", size);
        left.awaitReady();
        right.awaitReady();
    }

    private VnfView vnf(String name, String... arguments) {
        VnfView vnf = new VnfView(name, runDirectory, arguments);
        started.add(vnf);
        return vnf;
    }

    Path runDirectory() {
        return runDirectory;
    }

    MachineLoad load() {
        return new MachineLoad(
                List.of(vswitchd, left.program(), middle.program(), right.program()));
    }

    /// Processor time of the switch.
    Duration switchCpu() {
        return vswitchd.cpu();
    }

    boolean isAlive() {
        return vswitchd.isAlive()
                && left.program().isAlive()
                && middle.program().isAlive()
                && right.program().isAlive();
    }

    void setBypass(boolean on) {
        control.ask(ControlClient.request("bypass").put("on", on));
        awaitLinks(on ? HOPS.size() : 0);
    }

    /// Packets that the receivers of all hops have been given, in the order of [#HOPS].
    long[] delivered() {
        JsonNode ports = control.ask(ControlClient.request("stats")).get("ports");
        return HOPS.stream()
                .mapToLong(h -> port(ports, h.toNumber).get("txPackets").asLong())
                .toArray();
    }

    /// Whether packets pass the switch by, in the order of [#HOPS].
    boolean[] bypassed() {
        JsonNode links = links();
        boolean[] bypassed = new boolean[HOPS.size()];
        for (int i = 0; i < bypassed.length; i++) {
            bypassed[i] = isActive(links, HOPS.get(i));
        }
        return bypassed;
    }

    void awaitLinks(int wanted) {
        long deadline = System.nanoTime() + LINKS_PATIENCE.toNanos();
        while (true) {
            JsonNode links = links();
            long active = HOPS.stream().filter(h -> isActive(links, h)).count();
            if (active == wanted) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ExperimentException(
                        "%d of %d links are active after %d s: %s"
                                .formatted(
                                        active,
                                        wanted,
                                        LINKS_PATIENCE.toSeconds(),
                                        links.toPrettyString()));
            }
            Pause.millis(20);
        }
    }

    private JsonNode links() {
        return control.ask(ControlClient.request("links"));
    }

    private static boolean isActive(JsonNode links, Hop hop) {
        for (JsonNode link : links) {
            if (link.get("from").asText().equals(hop.from)
                    && link.get("to").asText().equals(hop.to)
                    && link.get("state").asText().equals("ACTIVE")) {
                return true;
            }
        }
        return false;
    }

    void ofctl(String... command) {
        List<String> words = new ArrayList<>(List.of(Ofctl.name()));
        words.addAll(List.of(command).subList(0, command.length - 1));
        words.add(BRIDGE);
        words.add(command[command.length - 1]);
        out.println(
                "  $ "
                        + String.join(" ", words.subList(0, words.size() - 1))
                        + " '"
                        + words.getLast()
                        + "'");
        Ofctl.run(runDirectory, BRIDGE, command);
    }

    /// Ends the VNFs, so that all they have sent has arrived or was counted as dropped, and
    /// compares all counters.
    void compareCounters(Verdicts verdicts) {
        for (VnfView vnf : List.of(left, right)) {
            vnf.program().terminate();
        }
        left.end();
        right.end();
        middle.end(); // it has passed on everything by now
        Map<Integer, Long> entries = Ofctl.packetsByPort(runDirectory, BRIDGE, numbers());
        JsonNode ports = control.ask(ControlClient.request("stats")).get("ports");
        boolean equal = true;
        String format = "  %-12s %14s %14s %14s %14s %14s %14s  %s%n";
        out.printf(
                format,
                "hop",
                "VNF sent",
                "port rx",
                "flow entry",
                "port tx",
                "port drops",
                "VNF received",
                "");
        for (Hop hop : HOPS) {
            long sent = (long) vnfAt(hop.from).at(hop.from, "txPackets");
            long received = (long) vnfAt(hop.to).at(hop.to, "rxPackets");
            long rx = port(ports, hop.fromNumber).get("rxPackets").asLong();
            long tx = port(ports, hop.toNumber).get("txPackets").asLong();
            long dropped = port(ports, hop.toNumber).get("txDropped").asLong();
            long entry = entries.get(hop.fromNumber);
            boolean ok = sent == rx && rx == entry && tx == received && rx == tx + dropped;
            String name = hop.from + "->" + hop.to;
            out.printf(
                    format,
                    name,
                    sent,
                    rx,
                    entry,
                    tx,
                    dropped,
                    received,
                    ok ? "equal" : "NOT EQUAL");
            equal &= ok;
        }
        out.println(
                "  (a port drops what arrives faster through the switch than its VNF takes it)");
        if (!equal) {
            sayMore(entries);
        }
        verdicts.judge(
                "counters of ports, flow entries and VNFs",
                equal,
                equal ? "all equal" : "not equal, see above");
        long heard = left.ofSources("packets") + right.ofSources("packets");
        long reordered = left.ofSources("reordered") + right.ofSources("reordered");
        long duplicates = left.ofSources("duplicates") + right.ofSources("duplicates");
        verdicts.judge(
                "order",
                heard > 0 && reordered + duplicates == 0,
                "%d reordered, %d duplicates of %d".formatted(reordered, duplicates, heard));
    }

    // Whoever looks for what is wrong wants to know where packets were seen last.
    private void sayMore(Map<Integer, Long> entries) {
        out.println("  The switch says about it: ./skyway ctl show, stats, links");
        for (String request : List.of("show", "stats", "links")) {
            out.println(control.ask(ControlClient.request(request)).toPrettyString());
        }
        out.println(entries);
    }

    private Middle vnfAt(String port) {
        return switch (port) {
            case "vnf1" -> left;
            case "vnf4" -> right;
            default -> middle;
        };
    }

    private static JsonNode port(JsonNode ports, int number) {
        for (JsonNode p : ports) {
            if (p.get("number").asInt() == number) {
                return p;
            }
        }
        throw new ExperimentException("the switch has no port " + number);
    }

    private static List<Integer> numbers() {
        return HOPS.stream().map(Hop::fromNumber).toList();
    }

    @Override
    public void close() {
        Closing.lastFirst(started, out::println);
        folder.close();
    }
}
