package org.skyway.experiments.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.AtExit;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.vswitch.daemon.ControlClient;

/// The demo: a switch, and a chain of three VNFs in processes of their own.
///
/// ```
/// exchange ── vnf1   vnf2 ── forward ── vnf3   vnf4 ── exchange
///               └─ switch ─┘               └─ switch ─┘
/// ```
final class Demo implements AutoCloseable {
    private static final String BRIDGE = "br0";

    /// How many times as much as through the switch is to pass by it.
    private static final double PROMISE = 2;

    private static final List<Hop> HOPS =
            List.of(
                    new Hop("vnf1", "vnf2", 1, 2),
                    new Hop("vnf3", "vnf4", 3, 4),
                    new Hop("vnf4", "vnf3", 4, 3),
                    new Hop("vnf2", "vnf1", 2, 1));

    private final int seconds;
    private final PrintStream out;
    private final RunFolder folder = new RunFolder();
    private final Path runDirectory = folder.path();
    private final List<AutoCloseable> started = new ArrayList<>();
    private final String size;
    private Program vswitchd;
    private ControlClient control;
    private VnfView left;
    private VnfView middle;
    private VnfView right;
    private Duration lastCpu = Duration.ZERO;
    private long lastNanos;

    /// One step of the chain.
    private record Hop(String from, String to, int fromNumber, int toNumber) {}

    /// What a phase came to: the sum over both directions at the ends of the chain, and the
    /// switch's share of one core.
    private record Measured(double mpps, double switchCores) {
        static Measured mean(Measured... phases) {
            double mpps = 0;
            double cores = 0;
            for (Measured phase : phases) {
                mpps += phase.mpps / phases.length;
                cores += phase.switchCores / phases.length;
            }
            return new Measured(mpps, cores);
        }
    }

    Demo(int seconds, String size, PrintStream out) {
        this.seconds = Math.max(3, seconds);
        this.size = size;
        this.out = out;
    }

    int run(boolean keep) {
        start();
        say("Rules come in through OpenFlow: each end's traffic goes to its neighbour.");
        setBypass(false);
        for (Hop hop : HOPS) {
            ofctl("add-flow", "priority=100,in_port=%d,actions=output:%d", hop);
        }
        startTraffic();
        say("First every packet passes the switch, which is told to make no bypasses.");
        Measured first = phase();

        say("Now bypasses are allowed. The four rules are four point-to-point links.");
        setBypass(true);
        awaitLinks(4);
        Measured bypass = phase();

        String ending = "in_port=1,udp,tp_dst=7777";
        say("A rule ends the first link: no longer does everything from vnf1 go to vnf2.");
        ofctl("add-flow", "priority=200," + ending + ",actions=drop");
        awaitLinks(3);
        phase();

        say("The rule is deleted, and the link comes back.");
        ofctl("--strict", "del-flows", "priority=200," + ending);
        awaitLinks(4);
        Measured again = phase();

        say("Once more through the switch, now that all compilers have warmed up.");
        setBypass(false);
        Measured last = phase();
        setBypass(true);
        awaitLinks(4);

        Measured normal = Measured.mean(first, last);
        Measured direct = Measured.mean(bypass, again);
        if (direct.mpps < PROMISE * normal.mpps) {
            say(
                    "That is less than promised. Something else may have kept the cores busy: once more.");
            direct = Measured.mean(bypass, again, phase());
            setBypass(false);
            normal = Measured.mean(first, last, phase());
            setBypass(true);
            awaitLinks(4);
        }
        double ratio = direct.mpps / normal.mpps;
        if (keep) {
            stay();
        }
        boolean equal = compareCounters();
        out.println();
        say("What was seen:");
        out.printf(
                "  through the switch %.2f Mpps, the switch busy with %.0f %% of a core%n",
                normal.mpps, 100 * normal.switchCores);
        out.printf(
                "  past the switch    %.2f Mpps, the switch busy with %.0f %% of a core: %.1f times as much%n",
                direct.mpps, 100 * direct.switchCores, ratio);
        out.printf(
                "  counters of ports, flow entries and VNFs: %s%n",
                equal ? "all equal" : "NOT EQUAL, see above");
        out.printf(
                "  (at the ends of the chain, both directions together, frames of %s bytes, %d cores for%n",
                size, Runtime.getRuntime().availableProcessors());
        out.println(
                "   switch and VNFs together; means of all phases of a kind, of each its second half)");
        if (ratio < PROMISE) {
            out.printf("  LESS THAN PROMISED: that should be %.0f times as much%n", PROMISE);
        }
        return equal && ratio >= PROMISE ? 0 : 1;
    }

    private void start() {
        say("Starting the switch and three VNFs in " + runDirectory);
        vswitchd =
                Program.skyway(
                        "vswitchd",
                        runDirectory,
                        line -> {},
                        "vswitchd",
                        "--rundir",
                        runDirectory.toString(),
                        "--bridge",
                        BRIDGE,
                        "--port",
                        "1:dpdkr:vnf1",
                        "--port",
                        "2:dpdkr:vnf2",
                        "--port",
                        "3:dpdkr:vnf3",
                        "--port",
                        "4:dpdkr:vnf4");
        started.add(vswitchd);
        vswitchd.await(line -> line.contains("is ready"), Duration.ofSeconds(60), "it is ready");
        control = new ControlClient(runDirectory);
        started.add(control);
        middle = vnf("forward", "forward", "--ports", "vnf2,vnf3");
        middle.awaitReady();
    }

    private void startTraffic() {
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

    // The first half of a phase warms up: compilers and caches.
    private Measured phase() {
        out.printf(
                "  %-6s %-22s %-22s %-22s %-22s %s%n",
                "second", "vnf1->vnf2", "vnf3->vnf4", "vnf4->vnf3", "vnf2->vnf1", "switch CPU");
        double mpps = 0;
        double cores = 0;
        int counted = 0;
        switchCores();
        for (int second = 1; second <= seconds; second++) {
            sleep(1000);
            double share = switchCores();
            StringBuilder line = new StringBuilder("  %-6d".formatted(second));
            JsonNode links = ask("links");
            for (Hop hop : HOPS) {
                line.append(
                        " %7.3f Mpps %-9s"
                                .formatted(
                                        receiver(hop).at(hop.to, "rxMpps"),
                                        isActive(links, hop) ? "bypass" : "switch"));
            }
            out.printf("%s %3.0f %%%n", line, 100 * share);
            if (second > seconds / 2) {
                mpps += right.at("vnf4", "rxMpps") + left.at("vnf1", "rxMpps");
                cores += share;
                counted++;
            }
        }
        return new Measured(mpps / counted, cores / counted);
    }

    private VnfView receiver(Hop hop) {
        return switch (hop.to) {
            case "vnf1" -> left;
            case "vnf4" -> right;
            default -> middle;
        };
    }

    private VnfView sender(Hop hop) {
        return switch (hop.from) {
            case "vnf1" -> left;
            case "vnf4" -> right;
            default -> middle;
        };
    }

    private double switchCores() {
        Duration cpu = vswitchd.cpu();
        long now = System.nanoTime();
        double share = (double) cpu.minus(lastCpu).toNanos() / Math.max(1, now - lastNanos);
        lastCpu = cpu;
        lastNanos = now;
        return share;
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

    private void awaitLinks(int wanted) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (true) {
            JsonNode links = ask("links");
            long active = HOPS.stream().filter(h -> isActive(links, h)).count();
            if (active == wanted) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ExperimentException(
                        "%d of %d links are active after 10 s: %s"
                                .formatted(active, wanted, links.toPrettyString()));
            }
            sleep(20);
        }
    }

    private void setBypass(boolean on) {
        control.ask(ControlClient.request("bypass").put("on", on));
    }

    private JsonNode ask(String command) {
        ObjectNode request = ControlClient.request(command);
        return control.ask(request);
    }

    private void ofctl(String command, String format, Hop hop) {
        ofctl(command, format.formatted(hop.fromNumber, hop.toNumber));
    }

    private void ofctl(String command, String flow) {
        out.println("  $ ovs-ofctl " + command + " " + BRIDGE + " '" + flow + "'");
        Program.output(runDirectory, "ovs-ofctl", command, BRIDGE, flow);
    }

    private void ofctl(String option, String command, String flow) {
        out.println("  $ ovs-ofctl " + option + " " + command + " " + BRIDGE + " '" + flow + "'");
        Program.output(runDirectory, "ovs-ofctl", option, command, BRIDGE, flow);
    }

    private void stay() {
        out.println();
        say("The chain stays up. In another terminal, try for instance:");
        out.printf("  export OVS_RUNDIR=%s SKYWAY_RUNDIR=%s%n", runDirectory, runDirectory);
        out.println("  ovs-ofctl dump-flows br0; ./skyway ctl links; ./skyway ctl events --follow");
        out.println("  ovs-ofctl add-flow br0 priority=200,in_port=1,udp,actions=output:2");
        say("Ctrl-C, or the end of any of the processes, ends it.");
        while (vswitchd.isAlive()
                && left.program().isAlive()
                && middle.program().isAlive()
                && right.program().isAlive()) {
            sleep(500);
        }
        AtExit.stopHere();
    }

    private boolean compareCounters() {
        say("The VNFs stop, and the counters are compared.");
        left.program().terminate();
        right.program().terminate();
        left.program().waitFor(Duration.ofSeconds(20));
        right.program().waitFor(Duration.ofSeconds(20));
        middle.program().terminate(); // it has passed on everything by now
        middle.program().waitFor(Duration.ofSeconds(20));
        String flows = Program.output(runDirectory, "ovs-ofctl", "dump-flows", BRIDGE);
        JsonNode ports = ask("stats").get("ports");
        boolean equal = true;
        out.printf(
                "  %-12s %14s %14s %14s %14s %14s %14s%n",
                "hop",
                "VNF sent",
                "port rx",
                "flow entry",
                "port tx",
                "port drops",
                "VNF received");
        for (Hop hop : HOPS) {
            long sent = (long) sender(hop).at(hop.from, "txPackets");
            long received = (long) receiver(hop).at(hop.to, "rxPackets");
            long rx = port(ports, hop.fromNumber).get("rxPackets").asLong();
            long tx = port(ports, hop.toNumber).get("txPackets").asLong();
            long dropped = port(ports, hop.toNumber).get("txDropped").asLong();
            long entry = packetsOf(flows, hop.fromNumber);
            boolean ok = sent == rx && rx == entry && tx == received && rx == tx + dropped;
            out.printf(
                    "  %-12s %14d %14d %14d %14d %14d %14d  %s%n",
                    hop.from + "->" + hop.to,
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
        return equal;
    }

    private static JsonNode port(JsonNode ports, int number) {
        for (JsonNode p : ports) {
            if (p.get("number").asInt() == number) {
                return p;
            }
        }
        throw new ExperimentException("the switch has no port " + number);
    }

    /// The packets that the entry of priority 100 for a port has counted.
    static long packetsOf(String flows, int inPort) {
        for (String line : flows.lines().toList()) {
            if (line.contains("priority=100,in_port=" + inPort + " ")) {
                String digits = line.replaceAll(".*n_packets=([0-9]+).*", "$1");
                return Long.parseLong(digits);
            }
        }
        throw new ExperimentException("no entry for port " + inPort + " in:\n" + flows);
    }

    private void say(String what) {
        out.println();
        out.println(what);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable c : started.reversed()) {
            try {
                c.close();
            } catch (Exception e) {
                out.println("while ending: " + e);
            }
        }
        folder.close();
    }
}
