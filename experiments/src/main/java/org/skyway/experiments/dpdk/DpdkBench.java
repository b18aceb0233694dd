package org.skyway.experiments.dpdk;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.vswitch.daemon.ControlClient;

/// Packets between DPDK applications, way by way, in rounds in turn: what the machine's other work
/// does to one way it does to all.
public final class DpdkBench implements AutoCloseable {
    private static final int SENDER_CORE = 0;
    private static final int RECEIVER_CORE = 1;
    private static final int WARM_UP_MILLIS = 200;

    /// Packets that go round within one process.
    private static final int ROUND_BURSTS = 16;

    private static final String BYPASS = "bypass";
    private static final String MEMIF = "memif, copies";
    private static final String ZERO_COPY = "memif, zero copy";
    private static final String SWITCH = "through the switch";

    private final int rounds;
    private final int millis;
    private final PrintStream out;
    private final List<AutoCloseable> started = new ArrayList<>();
    private final RunFolder direct = new RunFolder();
    private final RunFolder indirect = new RunFolder();
    private final boolean huge = hasHugePages();
    private final Program slowSwitch;

    /// Starts its switches.
    ///
    /// @param rounds of each way
    /// @param millis that a round is measured
    /// @param out told what was measured
    public DpdkBench(int rounds, int millis, PrintStream out) {
        this.rounds = rounds;
        this.millis = millis;
        this.out = out;
        startSwitch(direct.path(), true);
        slowSwitch = startSwitch(indirect.path(), false);
    }

    /// What came of it: the best round of one way by the best of the other.
    ///
    /// @param memif bypass by memif that copies, between processes, packets
    /// @param zeroCopy bypass by memif that does not, between processes, packets; not a number if
    ///   it was not measured
    /// @param cycles bypass by memif, within a process, cycles
    public record Ratios(double memif, double zeroCopy, double cycles) {}

    /// Measures.
    ///
    /// @return the ratios
    public Ratios run() {
        out.printf(
                "Packets of 64 bytes, medians of %d rounds of %d ms in turn, least and most in brackets; %d cores, load %.1f%n",
                rounds,
                millis,
                Runtime.getRuntime().availableProcessors(),
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage());
        if (!huge) {
            out.println(
                    "(memif without copies needs a mounted hugetlbfs and 400 free huge pages: sysctl vm.nr_hugepages=400; not measured)");
        }
        Map<String, double[]> between = betweenProcesses();
        Map<String, double[]> within = withinAProcess();
        javaEnds();
        // A round in which something else had the cores says what that took: the best of each way
        // is
        // what it can do.
        return new Ratios(
                most(between.get(BYPASS)) / most(between.get(MEMIF)),
                between.containsKey(ZERO_COPY)
                        ? most(between.get(BYPASS)) / most(between.get(ZERO_COPY))
                        : Double.NaN,
                least(within.get(BYPASS)) / least(within.get(MEMIF)));
    }

    // ---- two processes, a core each

    private Map<String, double[]> betweenProcesses() {
        Map<String, Integer> ports = new LinkedHashMap<>(Map.of(BYPASS, 0));
        ports.put(MEMIF, 1);
        if (huge) {
            ports.put(ZERO_COPY, 2);
        }
        ports.put(SWITCH, huge ? 3 : 2);
        Map<String, double[]> mpps = table(ports);
        try (Testpmd sender = pair(SENDER_CORE, "txonly", "vnf1", "server");
                Testpmd receiver = pair(RECEIVER_CORE, "rxonly", "vnf2", "client")) {
            awaitLinks(direct.path(), 1);
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, Integer> way : ports.entrySet()) {
                    mpps.get(way.getKey())[round] = rate(sender, receiver, way.getValue());
                }
            }
        }
        out.println("\nFrom one process to another, a core each: Mpps received");
        print(mpps);
        return mpps;
    }

    private Testpmd pair(int core, String mode, String port, String role) {
        List<String> devices = new ArrayList<>();
        devices.add("net_skyway0,port=%s,rundir=%s".formatted(port, direct.path()));
        devices.add(memif(0, "copies", role, ""));
        if (huge) {
            devices.add(memif(1, "zero", role, role.equals("client") ? ",zero-copy=yes" : ""));
        }
        devices.add("net_skyway1,port=%s,rundir=%s".formatted(port, indirect.path()));
        return start(mode, core, devices, "--forward-mode=" + mode);
    }

    private String memif(int number, String socket, String role, String more) {
        return "net_memif%d,socket=%s,socket-abstract=no,id=0,role=%s,rsize=10%s"
                .formatted(number, direct.path().resolve(socket), role, more);
    }

    private Testpmd start(String name, int core, List<String> devices, String... options) {
        List<String> memory = new ArrayList<>();
        if (huge) {
            memory.addAll(List.of("--single-file-segments", "--iova-mode=va", "-m", "384"));
            memory.addAll(List.of("--file-prefix", direct.path().getFileName() + name));
        } else {
            memory.addAll(List.of("--no-huge", "-m", "256", "--no-shconf"));
        }
        return Testpmd.start(
                name,
                direct.path(),
                line -> {},
                DpdkDriver.command(Testpmd.PROGRAM, core, memory, devices.toArray(String[]::new)),
                options);
    }

    private double rate(Testpmd sender, Testpmd receiver, int port) {
        for (Testpmd t : List.of(receiver, sender)) {
            t.tell("set portlist " + port);
            t.tell("start");
        }
        Pause.millis(WARM_UP_MILLIS);
        long before = receiver.statistics(port).get("RX-packets");
        long start = System.nanoTime();
        Pause.millis(millis);
        long packets = receiver.statistics(port).get("RX-packets") - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        sender.tell("stop");
        receiver.tell("stop");
        return packets / seconds / 1e6;
    }

    // ---- one process

    private Map<String, double[]> withinAProcess() {
        Map<String, Integer> first = new LinkedHashMap<>();
        first.put(BYPASS, 0);
        first.put(MEMIF, 2);
        first.put(SWITCH, 4);
        Map<String, double[]> cycles = table(first);
        double[] switchNanos = new double[rounds];
        List<String> devices = new ArrayList<>();
        devices.add("net_skyway0,port=vnf1,rundir=" + direct.path());
        devices.add("net_skyway1,port=vnf2,rundir=" + direct.path());
        devices.add(memif(0, "within", "server", ""));
        devices.add(memif(1, "within", "client", ""));
        devices.add("net_skyway2,port=vnf1,rundir=" + indirect.path());
        devices.add("net_skyway3,port=vnf2,rundir=" + indirect.path());
        try (Testpmd one =
                start("io", RECEIVER_CORE, devices, "--forward-mode=io", "--record-core-cycles")) {
            awaitLinks(direct.path(), 2);
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, Integer> way : first.entrySet()) {
                    int port = way.getValue();
                    one.tell("set portlist %d,%d".formatted(port, port + 1));
                    Duration cpu = slowSwitch.cpu();
                    long before = one.statistics(port).get("RX-packets");
                    one.tell("start tx_first " + ROUND_BURSTS);
                    Pause.millis(millis);
                    cycles.get(way.getKey())[round] = one.cyclesPerPacket();
                    long packets = 2 * (one.statistics(port).get("RX-packets") - before);
                    if (way.getKey().equals(SWITCH)) {
                        switchNanos[round] =
                                (double) slowSwitch.cpu().minus(cpu).toNanos() / packets;
                    }
                }
            }
        }
        out.println("\nWithin one process, packets going round: its cycles for a packet");
        print(cycles);
        print(Map.of("the switch beside it, ns of processor time", switchNanos));
        return cycles;
    }

    // ---- Java at the other end

    private void javaEnds() {
        double[] toDpdk = new double[1];
        double[] toJava = new double[1];
        try (Testpmd receiver =
                        start(
                                "rx",
                                RECEIVER_CORE,
                                List.of("net_skyway0,port=vnf2,rundir=" + direct.path()),
                                "--forward-mode=rxonly");
                Program source = vnf("source", "--port", "vnf1", "--core", "" + SENDER_CORE)) {
            source.await(l -> l.contains("ready"), Duration.ofSeconds(60), "it is ready");
            receiver.tell("start");
            awaitLinks(direct.path(), 1);
            Pause.millis(2000);
            toDpdk[0] = rateOf(() -> receiver.statistics(0).get("RX-packets"));
        }
        try (Testpmd sender =
                        start(
                                "tx",
                                SENDER_CORE,
                                List.of("net_skyway0,port=vnf1,rundir=" + direct.path()),
                                "--forward-mode=txonly");
                Program sink = vnf("sink", "--port", "vnf2", "--core", "" + RECEIVER_CORE)) {
            sink.await(l -> l.contains("ready"), Duration.ofSeconds(60), "it is ready");
            awaitLinks(direct.path(), 1);
            sender.tell("start");
            Pause.millis(2000);
            toJava[0] = rateOf(() -> received(direct.path(), "vnf2"));
        }
        out.println("\nPast the switch with Java at one end: Mpps received, one round");
        print(Map.of("Java to testpmd", toDpdk));
        print(Map.of("testpmd to Java", toJava));
    }

    private Program vnf(String verb, String... arguments) {
        List<String> command = new ArrayList<>(List.of("vnf", verb));
        command.addAll(List.of(arguments));
        Program p = Program.skyway(verb, direct.path(), line -> {}, command.toArray(String[]::new));
        started.add(p);
        return p;
    }

    private double rateOf(java.util.function.LongSupplier packets) {
        long before = packets.getAsLong();
        long start = System.nanoTime();
        Pause.millis(2L * millis);
        return (packets.getAsLong() - before) * 1e3 / (System.nanoTime() - start);
    }

    // ---- switches

    private Program startSwitch(Path directory, boolean bypass) {
        Program vswitchd =
                Program.skyway(
                        "vswitchd",
                        directory,
                        line -> {},
                        "vswitchd",
                        "--rundir",
                        directory.toString(),
                        "--port",
                        "1:dpdkr:vnf1",
                        "--port",
                        "2:dpdkr:vnf2");
        started.add(vswitchd);
        vswitchd.await(l -> l.contains("has warmed up"), Duration.ofSeconds(60), "it is ready");
        Program.output(directory, "ovs-ofctl", "add-flow", "br0", "in_port=1,actions=output:2");
        Program.output(directory, "ovs-ofctl", "add-flow", "br0", "in_port=2,actions=output:1");
        ask(directory, ControlClient.request("bypass").put("on", bypass));
        return vswitchd;
    }

    private static void awaitLinks(Path directory, int wanted) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (true) {
            int active = 0;
            for (JsonNode link : ask(directory, ControlClient.request("links"))) {
                active += link.get("state").asText().equals("ACTIVE") ? 1 : 0;
            }
            if (active >= wanted) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ExperimentException(
                        "%d of %d links are active after 20 s".formatted(active, wanted));
            }
            Pause.millis(50);
        }
    }

    private static long received(Path directory, String port) {
        for (JsonNode p : ask(directory, ControlClient.request("stats")).get("ports")) {
            if (p.get("name").asText().equals(port)) {
                return p.get("txPackets").asLong();
            }
        }
        throw new ExperimentException("the switch has no port " + port);
    }

    private static JsonNode ask(
            Path directory, com.fasterxml.jackson.databind.node.ObjectNode request) {
        try (ControlClient control = new ControlClient(directory)) {
            return control.ask(request);
        }
    }

    // ---- figures

    private Map<String, double[]> table(Map<String, Integer> ways) {
        Map<String, double[]> table = new LinkedHashMap<>();
        ways.keySet().forEach(way -> table.put(way, new double[rounds]));
        return table;
    }

    private void print(Map<String, double[]> table) {
        table.forEach((way, figures) -> {
            double[] sorted = figures.clone();
            Arrays.sort(sorted);
            out.printf(
                    "  %-44s %9.2f (%.2f to %.2f)%n",
                    way, median(figures), sorted[0], sorted[sorted.length - 1]);
        });
    }

    private static double most(double[] figures) {
        return Arrays.stream(figures).max().orElseThrow();
    }

    private static double least(double[] figures) {
        return Arrays.stream(figures).min().orElseThrow();
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static boolean hasHugePages() {
        try {
            return Files.readString(Path.of("/proc/mounts")).contains(" hugetlbfs ")
                    && Files.readAllLines(Path.of("/proc/meminfo")).stream()
                            .filter(l -> l.startsWith("HugePages_Free:"))
                            .mapToInt(l -> Integer.parseInt(l.replaceAll("[^0-9]", "")))
                            .anyMatch(free -> free >= 400);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        Closing.lastFirst(started, out::println);
        direct.close();
        indirect.close();
    }
}
