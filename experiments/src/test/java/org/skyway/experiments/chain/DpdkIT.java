package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.process.Program;
import org.skyway.vswitch.daemon.ControlClient;

/// Stock DPDK applications with the driver in C, as VNFs of a switch.
@Timeout(180)
class DpdkIT extends ChainBed {
    private static final String ENDING = "priority=200,in_port=%d,dl_type=0x9999";
    private final List<Testpmd> testpmds = new ArrayList<>();

    @BeforeEach
    void needDriver() {
        String missing = DpdkDriver.missing();
        assumeTrue(missing == null, missing);
    }

    @AfterEach
    void endTestpmds() {
        testpmds.forEach(Testpmd::close);
    }

    private Testpmd testpmd(String name, int core, String mode, String... devices) {
        Testpmd started = Testpmd.start(name, dir, this::note, core, mode, devices);
        testpmds.add(started);
        return started;
    }

    private void links(String... flows) {
        for (String flow : flows) {
            ofctl("add-flow", "br0", "priority=100," + flow);
        }
    }

    private void end(int port) {
        ofctl("add-flow", "br0", ENDING.formatted(port) + ",actions=drop");
    }

    private void begin(int port) {
        ofctl("--strict", "del-flows", "br0", ENDING.formatted(port));
    }

    private Map<String, Long> flows() {
        Map<String, Long> packets = new HashMap<>();
        for (String line : Program.output(dir, "ovs-ofctl", "dump-flows", "br0").split("\n")) {
            if (line.contains("n_packets")) {
                packets.put(
                        line.replaceAll(".*(in_port=\\d+).*", "$1"),
                        Long.valueOf(line.replaceAll(".*n_packets=(\\d+).*", "$1")));
            }
        }
        return packets;
    }

    @Test
    void testpmdForwardsEveryPacketInOrderWhileBothItsLinksComeAndGo() throws Exception {
        long frames = 200_000;
        Program sink =
                vnf(
                        "sink",
                        "--port",
                        "vnf4",
                        "--strict",
                        "--verify",
                        "--expect-count",
                        "" + frames);
        Testpmd middle =
                testpmd("middle", 1, "io", "net_skyway0,port=vnf2", "net_skyway1,port=vnf3");
        middle.tell("start");
        links("in_port=1,actions=output:2", "in_port=3,actions=output:4");
        Program source = vnf("source", "--port", "vnf1", "--rate", "20000", "--count", "" + frames);
        awaitActive(2);
        int rounds = 0;
        for (; source.isAlive(); rounds++) {
            end(1);
            end(3);
            assertEquals(0, active());
            begin(1);
            begin(3);
            awaitActiveOrEnd(2, source);
            Thread.sleep(20);
        }
        assertTrue(rounds > 3, "channels changed " + rounds + " times only");
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        assertEquals(0, sink.waitFor(Duration.ofSeconds(30)));
        assertEquals(Map.of("in_port=1", frames, "in_port=3", frames), flows());
        Map<String, Long> in = middle.extendedStatistics(0);
        Map<String, Long> out = middle.extendedStatistics(1);
        assertEquals(frames, in.get("rx_good_packets"));
        assertEquals(frames, out.get("tx_good_packets"));
        for (String bypassed : List.of("rx_bypass_packets", "tx_bypass_packets")) {
            long packets = (bypassed.startsWith("rx") ? in : out).get(bypassed);
            assertTrue(packets > 0 && packets < frames, bypassed + " " + packets);
        }
        assertEquals(0, in.get("skipped_marks"));
        assertTrue(out.get("tx_switch_overs") >= 2 * rounds, out::toString);
        assertEquals(0, middle.quit());
    }

    @Test
    void twoTestpmdsAtFullSpeedCountWhatTheSwitchCounts() throws Exception {
        Testpmd receiver = testpmd("receiver", 1, "rxonly", "net_skyway0,port=vnf2");
        Testpmd sender = testpmd("sender", 0, "txonly", "net_skyway0,port=vnf1");
        links("in_port=1,actions=output:2");
        receiver.tell("start");
        sender.tell("start");
        awaitActive(1);
        for (int round = 0; round < 10; round++) {
            end(1);
            Thread.sleep(20);
            begin(1);
            awaitActive(1);
        }
        sender.tell("stop");
        long sent = sender.statistics(0).get("TX-packets");
        // What it sent before it had its bypass may still lie in the ring to the switch.
        await(() -> flows().get("in_port=1") == sent, "flow entry that counted all " + sent);
        // The switch drops what a full ring does not take, and counts it; a bypass loses nothing.
        await(
                () ->
                        receiver.statistics(0).get("RX-packets").equals(received("vnf2"))
                                && received("vnf2") + dropped("vnf2") == sent,
                "equal counters");
        assertTrue(sender.extendedStatistics(0).get("tx_bypass_packets") > 0);
        // What no ring takes is refused, and counted as an error.
        sender.tell("set txpkts 2000,49");
        sender.tell("start tx_first");
        await(() -> sender.statistics(0).get("TX-errors") > 0, "errors");
        sender.tell("stop");
        assertEquals(sent, sender.statistics(0).get("TX-packets"));
        assertEquals(sent, flows().get("in_port=1"));
        assertEquals(0, receiver.extendedStatistics(0).get("skipped_marks"));
    }

    private long dropped(String port) {
        for (JsonNode p : control.ask(ControlClient.request("stats")).get("ports")) {
            if (p.get("name").asText().equals(port)) {
                return p.get("txDropped").asLong();
            }
        }
        throw new AssertionError("no port " + port);
    }

    @Test
    void packetsOfManyMbufsArriveByteForByte() throws Exception {
        long frames = 12_000;
        Path report = dir.resolve("sink.json");
        Program sink = vnf("sink", "--port", "vnf4", "--verify", "--json", report.toString());
        Testpmd middle =
                Testpmd.start(
                        "middle",
                        dir,
                        this::note,
                        DpdkDriver.command(
                                Testpmd.PROGRAM,
                                1,
                                "net_skyway0,port=vnf2",
                                "net_skyway1,port=vnf3"),
                        "--forward-mode=io",
                        "--mbuf-size=500",
                        "--enable-scatter",
                        "--tx-offloads=0x8000");
        testpmds.add(middle);
        middle.tell("start");
        links("in_port=1,actions=output:2", "in_port=3,actions=output:4");
        Program source =
                vnf(
                        "source",
                        "--port",
                        "vnf1",
                        "--rate",
                        "4000",
                        "--size",
                        "64-2000",
                        "--count",
                        "" + frames);
        awaitActive(2);
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        await(() -> middle.statistics(0).get("RX-packets") == frames, "all frames");
        // It drops what its neighbour has no room for; what it passes on is whole.
        long passed = middle.statistics(1).get("TX-packets");
        assertTrue(passed > frames / 2, () -> "only " + passed + " were passed on");
        await(() -> received("vnf4") == passed, "what was passed on");
        sink.terminate();
        sink.waitFor(Duration.ofSeconds(30));
        JsonNode result = new ObjectMapper().readTree(report.toFile());
        assertEquals(0, result.get("corrupt").asLong(), result::toString);
        assertEquals(0, result.get("foreign").asLong(), result::toString);
    }

    // What testpmd says of itself would fill the log; what the driver says is of interest.
    private void note(String line) {
        if (line.contains("net_skyway")) {
            log.add(line);
        }
    }

    @Test
    void restingStoppedAndKilledDriversHoldNobodyUp() throws Exception {
        Testpmd receiver = testpmd("receiver", 1, "rxonly", "net_skyway0,port=vnf2");
        Testpmd sender = testpmd("sender", 0, "txonly", "net_skyway0,port=vnf1");
        links("in_port=1,actions=output:2");
        receiver.tell("start");
        // Nothing polls the sender's port: its control thread obeys, both ways.
        awaitActive(1);
        end(1);
        begin(1);
        awaitActive(1);
        assertTrue(log.stream().noneMatch(l -> l.contains("did not end")), log::toString);

        // The port is switched off and on at the switch, which the driver is told.
        ofctl("mod-port", "br0", "2", "down");
        await(() -> receiver.linkStatus(0).equals("down"), "a link that is down");
        ofctl("mod-port", "br0", "2", "up");
        await(() -> receiver.linkStatus(0).equals("up"), "a link that is up");
        awaitActive(1);

        // A process that is stopped is cut off after the deadline, and has its link again when it
        // goes on.
        sender.tell("start");
        await(() -> received("vnf2") > 0, "packets");
        signal(sender, "STOP");
        end(1);
        awaitLog("did not end bypass");
        begin(1);
        signal(sender, "CONT");
        awaitActive(1);

        // One that is killed in the middle of a burst leaves what it has published.
        sender.program().kill();
        awaitActive(0);
        Testpmd next = testpmd("next", 0, "txonly", "net_skyway0,port=vnf1");
        next.tell("start");
        awaitActive(1);
        long before = receiver.statistics(0).get("RX-packets");
        await(() -> receiver.statistics(0).get("RX-packets") > before, "packets of the next one");
    }

    private static void signal(Testpmd testpmd, String signal) throws Exception {
        long pid = testpmd.program().pid();
        // stdbuf has become testpmd by then.
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, "" + pid).start().waitFor());
    }

    @Test
    void portsMoveToTheNextSwitch() throws Exception {
        Testpmd middle =
                testpmd("middle", 1, "io", "net_skyway0,port=vnf2", "net_skyway1,port=vnf3");
        middle.tell("start");
        links("in_port=1,actions=output:2", "in_port=3,actions=output:4");
        vnf("sink", "--port", "vnf4", "--wait");
        vnf("source", "--port", "vnf1", "--rate", "10000", "--wait");
        awaitActive(2);
        await(
                () ->
                        middle.extendedStatistics(0).get("rx_bypass_packets") > 0
                                && middle.extendedStatistics(1).get("tx_bypass_packets") > 0,
                "packets past the switch");
        started.getFirst().kill();
        await(() -> middle.linkStatus(0).equals("down"), "a link that is down");
        long before = middle.statistics(1).get("TX-packets");
        await(
                () -> middle.statistics(1).get("TX-packets") > before + 1000,
                "packets past the switch that is gone");
        control.close();
        program(
                "vswitchd",
                "is ready",
                "vswitchd",
                "--port",
                "1:dpdkr:vnf1",
                "--port",
                "2:dpdkr:vnf2",
                "--port",
                "3:dpdkr:vnf3",
                "--port",
                "4:dpdkr:vnf4");
        control = new ControlClient(dir);
        links("in_port=1,actions=output:2", "in_port=3,actions=output:4");
        awaitActive(2);
        await(() -> middle.linkStatus(0).equals("up"), "a link that is up");
        assertEquals(1, middle.extendedStatistics(0).get("reconnections"));
        // Stopped and started, a port says hello anew; and a port can be plugged in while it runs.
        middle.tell("stop");
        middle.tell("port stop 0");
        awaitLog("port vnf2: vnf-gone");
        middle.tell("port start 0");
        middle.tell("start");
        awaitActive(2);
    }

    @Test
    void smallProgramsInCAndPythonSendBackWhatTheyGet() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is missing");
        Path built = DpdkDriver.folder();
        Program reflect =
                Program.start(
                        "reflect",
                        dir,
                        log::add,
                        DpdkDriver.command(
                                built.resolve("reflect").toString(), 1, "net_skyway0,port=vnf2"),
                        DpdkDriver.environment());
        started.add(reflect);
        Program echo =
                Program.start(
                        "echo",
                        dir,
                        log::add,
                        List.of(
                                "python3",
                                built.resolve("../../dpdk/examples/echo.py").normalize().toString(),
                                built.resolve("libskyway_pmd.so").toString(),
                                dir.toString(),
                                "vnf4"));
        started.add(echo);
        awaitLog("port vnf2: vnf-connected");
        awaitLog("port vnf4: vnf-connected");
        links("in_port=1,actions=output:2", "in_port=2,actions=output:1");
        links("in_port=3,actions=output:4", "in_port=4,actions=output:3");
        for (String port : List.of("vnf1", "vnf3")) {
            Program exchange = vnf("exchange", "--port", port, "--rate", "5000", "--strict");
            awaitActive(2);
            await(() -> received(port) > 10_000, "packets that are sent back");
            exchange.terminate();
            assertEquals(0, exchange.waitFor(Duration.ofSeconds(30)));
            awaitActive(0);
        }
        for (Program p : List.of(reflect, echo)) {
            p.terminate();
            assertEquals(0, p.waitFor(Duration.ofSeconds(20)));
        }
        Map<String, Long> flows = flows();
        assertEquals(flows.get("in_port=1"), flows.get("in_port=2"));
        assertEquals(flows.get("in_port=3"), flows.get("in_port=4"));
    }

    @Test
    void whatIsWrongIsSaidInASentence() throws Exception {
        Program owner = forward(dir, "vnf1", "vnf2");
        awaitLog("port vnf2: vnf-connected");
        for (Program p :
                List.of(
                        forward(dir, "vnf9", "vnf3"),
                        forward(dir, "vnf2", "vnf3"),
                        forward(Path.of("/nowhere"), "vnf3", "vnf4"))) {
            assertEquals(1, p.waitFor(Duration.ofSeconds(30)));
        }
        said("the switch has no port vnf9; its ports are ");
        said("port vnf2 is driven by process " + owner.pid());
        said("no switch listens at /nowhere/pmd.sock");

        ended("--mbuf-size=1000", "net_skyway0,port=vnf3");
        said("net_skyway: net_skyway0: packets have up to 2048 bytes, but mbufs of pool mb_pool_0");
        ended("-i", "net_skyway0,rundir=/x", "net_skyway1,prt=vnf1", "net_skyway2,port=x,wait=y");
        said("net_skyway: net_skyway0: needs port=NAME");
        said("net_skyway: net_skyway1: can't read \"prt=vnf1\"");
        said("net_skyway: wait=y: has to be 0 or 1");
    }

    private void ended(String argument, String... devices) {
        List<String> command = DpdkDriver.command("dpdk-testpmd", 0, devices);
        command.addAll(List.of("--", "--no-mlockall", "--total-num-mbufs=4096", argument));
        Program p = Program.start("refused", dir, log::add, command, DpdkDriver.environment());
        started.add(p);
        p.say("quit");
        p.waitFor(Duration.ofSeconds(30));
    }

    private void said(String words) throws InterruptedException {
        awaitLog(words);
    }

    private Program forward(Path rundir, String from, String to) {
        Program forward =
                Program.start(
                        "forward",
                        dir,
                        log::add,
                        List.of(
                                DpdkDriver.folder().resolve("forward").toString(),
                                rundir.toString(),
                                from,
                                to));
        started.add(forward);
        return forward;
    }

    @Test
    void libraryInCForwardsAndOutlivesARegionThatIsCutShort() throws Exception {
        long frames = 60_000;
        Program forward = forward(dir, "vnf2", "vnf3");
        awaitLog("port vnf3: vnf-connected");
        Program sink = vnf("sink", "--port", "vnf4", "--strict", "--expect-count", "" + frames);
        links("in_port=1,actions=output:2", "in_port=3,actions=output:4");
        Program source = vnf("source", "--port", "vnf1", "--rate", "20000", "--count", "" + frames);
        awaitActive(2);
        int rounds = 0;
        for (; source.isAlive(); rounds++) {
            end(1);
            end(3);
            begin(1);
            begin(3);
            awaitActiveOrEnd(2, source);
        }
        assertTrue(rounds > 2, "channels changed " + rounds + " times only");
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        assertEquals(0, sink.waitFor(Duration.ofSeconds(30)));

        // Somebody cuts the files of all links short while packets go through them.
        vnf("sink", "--port", "vnf4");
        vnf("source", "--port", "vnf1", "--rate", "20000");
        awaitActive(2);
        for (Path region : mapped(forward, "-link-")) {
            try (var file = Files.newByteChannel(region, java.nio.file.StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
        }
        awaitLog("was cut short");
        awaitActive(2);
        assertTrue(forward.isAlive());
        long before = received("vnf4");
        await(() -> received("vnf4") > before + 1000, "packets after that");
        forward.terminate();
        assertEquals(0, forward.waitFor(Duration.ofSeconds(20)));
    }

    private static List<Path> mapped(Program program, String name) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + program.pid() + "/maps")).stream()
                .filter(l -> l.contains(name))
                .map(l -> Path.of(l.substring(l.indexOf('/'))))
                .distinct()
                .toList();
    }
}
