package org.skyway.agent.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.vnf.VnfMain;
import org.skyway.vnf.frame.NativeBuffer;
import org.skyway.vnf.pcap.CaptureReader;
import org.skyway.vnf.pcap.PcapWriter;
import picocli.CommandLine;

/// The VNF programs against the real agent and real drivers.
@Timeout(300)
@SuppressWarnings("try") // some resources are only there to be there
class VnfProgramsIT {
    private static final int PATIENCE_SECONDS = 120;
    private static final int OK = 0;
    private static final int CHECK_FAILED = 1;
    private static final int SWITCH_LOST = 3;
    private static final int BAD_INPUT = 2;

    @TempDir Path dir;
    private final List<Process> launched = new ArrayList<>();
    private TestHost host;
    private ProcessAgent agent;

    @BeforeEach
    void start() throws IOException {
        host = new TestHost(dir, "a", "b1", "b2", "c");
        startAgent();
    }

    @AfterEach
    void stop() {
        launched.forEach(Process::destroyForcibly);
        agent.close();
        host.close();
    }

    @Test
    void chainBothWaysLosesNothingWhileItsLinksComeAndGo() throws Exception {
        try (TestDatapath datapath = new TestDatapath(host, "a-b1", "b2-c");
                Region first = host.create("first", RegionHeader.LINK_MAGIC);
                Region second = host.create("second", RegionHeader.LINK_MAGIC)) {
            Process forward = launch("forward", "--ports=b1,b2");
            host.event();
            host.event();
            String[] end = {
                "--count=300000", "--expect-count=300000", "--strict", "--verify", "--size=64-1518"
            };
            var a = start(end, "exchange", "--port=a", "--id=1", json("a"), "--duration=200");
            var c = start(end, "exchange", "--port=c", "--id=2", json("c"), "--duration=200");
            host.event();
            host.event();
            datapath.plug(agent, "a", 1, "b1", 2, first);
            datapath.plug(agent, "b2", 3, "c", 0, second);
            int rounds = 0;
            while (!a.isDone() && !c.isDone() && rounds < 10) {
                datapath.bypassAll();
                Thread.sleep(5);
                datapath.normalAll();
                rounds++;
            }
            assertEquals(new Outcome(OK, ""), a.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals(new Outcome(OK, ""), c.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            forward.destroy(); // SIGTERM
            assertTrue(forward.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals(OK, forward.exitValue());
            assertTrue(rounds >= 3, "only " + rounds + " rounds on the bypass");
            assertTrue(datapath.forwarded("a") < 300_000, "the bypass was used");
            assertTrue(datapath.forwarded("a") > 0, "the switch was used");
        }
        for (String end : List.of("a", "c")) {
            JsonNode report = new ObjectMapper().readTree(dir.resolve(end + ".json").toFile());
            JsonNode source = report.get("sources").get(0);
            assertEquals(end.equals("a") ? 2 : 1, source.get("id").asInt());
            assertEquals(300_000, source.get("packets").asLong());
            assertEquals(0, source.get("first").asLong());
            assertEquals(0, source.get("lost").asLong());
            assertEquals(0, source.get("reordered").asLong());
            assertEquals(0, report.get("corrupt").asLong());
            assertEquals(300_000, report.get("ports").get(0).get("txPackets").asLong());
            assertTrue(report.get("latencyNanos").get("p50").asLong() > 0);
        }
    }

    @Test
    void pcapComesOutOfTheOtherEndAsItWentIn() throws Exception {
        Path in = makePcap(20_000);
        Path out = dir.resolve("out.pcap");
        try (TestDatapath datapath = new TestDatapath(host, "a-b1", "b2-c")) {
            var monitor = start("monitor", "--ports=b1,b2", "--duration=200", json("monitor"));
            var sink =
                    start(
                            "sink",
                            "--port=c",
                            "--capture=" + out,
                            "--expect-count=40000",
                            "--duration=200");
            waitFor(3);
            assertEquals(
                    new Outcome(OK, ""),
                    run("source", "--port=a", "--replay=" + in, "--loop=2", "--duration=200"));
            assertEquals(new Outcome(OK, ""), sink.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            agent.close(); // which ends the monitor
            assertEquals(SWITCH_LOST, monitor.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status);
        }
        try (CaptureReader captured = CaptureReader.open(out, 2048)) {
            for (int loop = 0; loop < 2; loop++) {
                try (CaptureReader sent = CaptureReader.open(in, 2048)) {
                    for (int length; (length = sent.next()) >= 0; ) {
                        assertEquals(length, captured.next());
                        assertArrayEquals(
                                Arrays.copyOf(sent.frame(), length),
                                Arrays.copyOf(captured.frame(), length));
                    }
                }
            }
            assertEquals(-1, captured.next());
        }
        JsonNode report = new ObjectMapper().readTree(dir.resolve("monitor.json").toFile());
        assertEquals(20, report.get("flowCount").asInt());
    }

    @Test
    void firewallStopsWhatItsRulesDeny() throws Exception {
        Path rules =
                Files.writeString(
                        dir.resolve("rules"),
                        "deny udp from 10.0.0.1 port 1024 # the first of four flows\nallow udp\n");
        try (TestDatapath datapath = new TestDatapath(host, "a-b1", "b2-c")) {
            Process firewall =
                    launch("firewall", "--ports=b1,b2", "--rules=" + rules, json("firewall"));
            var sink =
                    start("sink", "--port=c", "--expect-count=3000", "--duration=60", json("sink"));
            waitFor(3);
            assertEquals(
                    OK, run("source", "--port=a", "--flows=4", "--count=4000", "--id=9").status);
            assertEquals(new Outcome(OK, ""), sink.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            firewall.destroy();
            assertTrue(firewall.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        JsonNode report = new ObjectMapper().readTree(dir.resolve("sink.json").toFile());
        assertEquals(999, report.get("sources").get(0).get("lost").asInt());
        assertEquals(1, report.get("sources").get(0).get("first").asInt());
        report = new ObjectMapper().readTree(dir.resolve("firewall.json").toFile());
        assertEquals(1000, report.get("forthDenied").asInt());
        assertEquals(0, report.get("backDenied").asInt());
    }

    @Test
    void rateIsKept() throws Exception {
        try (TestDatapath datapath = new TestDatapath(host, "a-c")) {
            var sink = start("sink", "--port=c", "--duration=200", "--expect-count=4000");
            waitFor(1);
            long start = System.nanoTime();
            assertEquals(OK, run("source", "--port=a", "--rate=4000", "--count=4000").status);
            double seconds = (System.nanoTime() - start) / 1e9;
            assertTrue(seconds >= 1, "took " + seconds + " s");
            assertEquals(OK, sink.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status);
        }
    }

    @Test
    void missingPacketsAreAFailure() throws Exception {
        try (TestDatapath datapath = new TestDatapath(host, "a-c")) {
            Outcome outcome = run("sink", "--port=c", "--expect-count=5", "--duration=0.2");
            assertEquals(CHECK_FAILED, outcome.status);
        }
    }

    @Test
    void badInputIsOneLineAndAStatus() throws Exception {
        Path notPcap = Files.writeString(dir.resolve("x.pcap"), "x");
        Path badRules = Files.writeString(dir.resolve("rules"), "\nallow everything\n");
        refused("there is no port nope", "source", "--port=nope");
        refused("no switch listens at", "sink", "--port=a", "--rundir=" + dir.resolve("none"));
        refused("has 1 of 4 bytes", "source", "--port=a", "--replay=" + notPcap);
        refused("line 2", "firewall", "--ports=b1,b2", "--rules=" + badRules);
        refused("does not exist", "firewall", "--ports=b1,b2", "--rules=" + dir.resolve("none"));
        refused("two different ports", "forward", "--ports=a,a");
        refused("two different ports", "monitor", "--ports=a");
        refused("--size", "source", "--port=a", "--size=63");
        refused("2048", "source", "--port=a", "--size=2049");
        refused("--flows", "source", "--port=a", "--flows=0");
        refused("IPv4", "source", "--port=a", "--dst-ip=10.0.0");
        refused("--burst", "sink", "--port=a", "--burst=0");
        refused("--rate", "source", "--port=a", "--rate=fast");
        refused("--port", "sink");
        refused("nonsense", "nonsense");
        refused("which program");
        refused("no such core", "sink", "--port=a", "--core=1000");
        refused("can't write", "sink", "--port=a", "--capture=" + dir.resolve("no/such/dir"));
        var first = start("sink", "--port=b1", "--duration=60");
        String event;
        do {
            event = host.event();
        } while (!"connected b1 sink".equals(event));
        refused("driven by process", "sink", "--port=b1", "--duration=5");
        agent.close(); // which ends the first
        assertEquals(SWITCH_LOST, first.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status);
    }

    @Test
    void lostSwitchEndsTheProgramWithItsOwnStatus() throws Exception {
        var sink = start("sink", "--port=c", "--duration=60");
        host.event();
        agent.close();
        assertEquals(SWITCH_LOST, sink.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status);
    }

    @Test
    void patientProgramWaitsForASwitchAndOutlivesIt() throws Exception {
        agent.close();
        var sink = start("sink", "--port=c", "--wait", "--duration=200", "--expect-count=2000");
        Thread.sleep(200);
        startAgent();
        try (TestDatapath datapath = new TestDatapath(host, "a-c")) {
            assertEquals("connected c sink", host.event());
            assertEquals(OK, run("source", "--port=a", "--count=1000").status);
            agent.close();
            Thread.sleep(100);
            startAgent();
            String event;
            do {
                event = host.event();
            } while (!"returned c sink".equals(event));
            assertEquals(OK, run("source", "--port=a", "--count=1000").status);
            assertEquals(OK, sink.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status);
        }
    }

    @Test
    void directLinkOutlivesTheSwitchOfPatientPrograms() throws Exception {
        try (TestDatapath datapath = new TestDatapath(host, "a-c");
                Region link = host.create("link", RegionHeader.LINK_MAGIC)) {
            Process sink = launch("sink", "--port=c", "--wait", "--strict");
            waitFor(1);
            Process source = launch("source", "--port=a", "--wait", "--rate=20000");
            waitFor(1);
            datapath.plug(agent, "a", 0, "c", 0, link);
            datapath.bypassAll();
            StatisticsBlock received = new StatisticsBlock(host.region("c").address());
            awaitMore(received, 0); // what the switch forwarded came before that
            agent.close();
            long forwarded = datapath.forwarded("a");
            awaitMore(received, received.rxPackets(0) + 10_000);
            assertEquals(forwarded, datapath.forwarded("a"));
            for (Process program : List.of(source, sink)) {
                program.destroy(); // SIGTERM
                assertTrue(program.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
                assertEquals(OK, program.exitValue(), () -> said());
            }
        }
    }

    // Packets past the switch.
    private static void awaitMore(StatisticsBlock statistics, long packets)
            throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        while (statistics.rxPackets(0) <= packets) {
            assertTrue(System.nanoTime() - end < 0, "packets do not go on directly");
            Thread.sleep(1);
        }
    }

    @Test
    void statisticsAreLinesOfJson() throws Exception {
        Path file = dir.resolve("stats");
        try (TestDatapath datapath = new TestDatapath(host, "a-c")) {
            assertEquals(
                    OK,
                    run(
                                    "sink",
                                    "--port=c",
                                    "--stats-file=" + file,
                                    "--stats-interval=0.1",
                                    "--duration=2")
                            .status);
        }
        List<String> events = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode event = new ObjectMapper().readTree(line);
            events.add(event.get("event").asText());
            assertEquals("sink", event.get("program").asText());
        }
        assertEquals("ready", events.getFirst());
        assertEquals("final", events.getLast());
        assertTrue(events.size() >= 5, events.toString());
    }

    private record Outcome(int status, String errors) {}

    private void startAgent() throws IOException {
        agent = ProcessAgent.start(dir.resolve("pmd.sock"), host, Duration.ofSeconds(2));
    }

    private void waitFor(int connections) throws InterruptedException {
        for (int i = 0; i < connections; i++) {
            String event = host.event();
            assertTrue(event != null && event.startsWith("connected"), event);
        }
    }

    private void refused(String says, String... args) {
        Outcome outcome = run(args);
        assertEquals(BAD_INPUT, outcome.status, outcome.errors);
        assertTrue(outcome.errors.contains(says), outcome.errors);
        assertEquals(1, outcome.errors.lines().count(), outcome.errors);
    }

    private Outcome run(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        if (args.length > 0 && !args[0].equals("nonsense")) {
            if (Arrays.stream(args).noneMatch(arg -> arg.startsWith("--rundir"))) {
                all.add("--rundir=" + dir);
            }
            if (Arrays.stream(args).noneMatch(arg -> arg.startsWith("--stats-interval"))) {
                all.add("--stats-interval=0");
            }
        }
        var errors = new StringWriter();
        CommandLine line = VnfMain.commandLine().setErr(new PrintWriter(errors, true));
        return new Outcome(line.execute(all.toArray(String[]::new)), errors.toString());
    }

    private CompletableFuture<Outcome> start(String... args) {
        var outcome = new CompletableFuture<Outcome>();
        Thread.ofPlatform().daemon().start(() -> outcome.complete(run(args)));
        return outcome;
    }

    private CompletableFuture<Outcome> start(String[] more, String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(Arrays.asList(more));
        return start(all.toArray(String[]::new));
    }

    private Process launch(String... args) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                VnfMain.class.getName()));
        command.addAll(Arrays.asList(args));
        command.add("--rundir=" + dir);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                        .start();
        launched.add(process);
        return process;
    }

    private Path log() {
        return dir.resolve("launched.log");
    }

    private String said() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String json(String name) {
        return "--json=" + dir.resolve(name + ".json");
    }

    /// Frames of 20 flows and all lengths.
    private Path makePcap(int count) throws IOException {
        Path file = dir.resolve("in.pcap");
        Random random = new Random(5);
        byte[] frame = new byte[2048];
        try (NativeBuffer memory = new NativeBuffer(2048);
                PcapWriter writer = PcapWriter.create(file, 65535)) {
            for (int i = 0; i < count; i++) {
                random.nextBytes(frame);
                Memory.copyFromArray(frame, 0, memory.address(), frame.length);
                Memory.putShortBE(memory.address() + 12, 0x9000 + i % 20);
                writer.write(i, memory.address(), 60 + random.nextInt(1455));
            }
        }
        return file;
    }
}
