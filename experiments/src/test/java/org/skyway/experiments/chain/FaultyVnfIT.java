package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.daemon.ControlClient;

/// VNFs that stop, die or destroy what they share.
@Timeout(180)
class FaultyVnfIT extends ChainBed {
    private static final String ENDING = "priority=200,in_port=1,udp,tp_dst=7777";

    @Test
    void stoppedSenderKeepsItsPortAndGetsItsLinkBackWhenItGoesOn() throws Exception {
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        Program sink = vnf("sink", "--port", "vnf2", "--strict");
        Program source = vnf("source", "--port", "vnf1", "--rate", "500");
        awaitActive(1);
        signal("STOP", source);
        ofctl("add-flow", "br0", ENDING + ",actions=drop");
        awaitLog("its links rest until it goes on");
        long before = System.nanoTime();
        ofctl("add-flow", "br0", "priority=201,in_port=1,udp,tp_dst=7778,actions=drop");
        assertTrue(System.nanoTime() - before < 2_000_000_000L, "nobody waits for it again");
        assertEquals(0, active());
        signal("CONT", source);
        awaitLog("goes on");
        ofctl("del-flows", "br0", "in_port=1,udp");
        awaitActive(1);
        source.terminate();
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        sink.terminate(); // it reads on until nothing comes
        assertEquals(0, sink.waitFor(Duration.ofSeconds(60)));
    }

    @Test
    void whatAStoppedSenderHadInItsHandsIsNotLost() throws Exception {
        Path held = dir.resolve("held");
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        Program sink = vnf("sink", "--port", "vnf2", "--strict");
        // It stands still with its first burst for the bypass, and is stopped there.
        Program source =
                program(
                        "source",
                        "ready",
                        Map.of(
                                "SKYWAY_JAVA_OPTS",
                                "-Dskyway.fault.point=TX_WRITTEN -Dskyway.fault.file=" + held),
                        "vnf",
                        "source",
                        "--port",
                        "vnf1",
                        "--rate",
                        "20000");
        await(() -> Files.exists(held), "a burst in its hands");
        signal("STOP", source);
        ofctl("add-flow", "br0", ENDING + ",actions=drop");
        awaitLog("its links rest until it goes on");
        Files.delete(held);
        signal("CONT", source);
        awaitLog("goes on");
        ofctl("del-flows", "br0", "in_port=1,udp");
        awaitActive(1);
        long drops = dropped("vnf1");
        source.terminate();
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        sink.terminate();
        assertEquals(0, sink.waitFor(Duration.ofSeconds(60)));
        assertEquals(0, drops);
    }

    @Test
    void whatADeadSenderLeftReachesAReceiverThatWasStopped() throws Exception {
        Path report = dir.resolve("sink.json");
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        Program sink = vnf("sink", "--port", "vnf2", "--json", report.toString());
        Program source = vnf("source", "--port", "vnf1", "--rate", "200");
        awaitActive(1);
        signal("STOP", sink);
        long then = received("vnf2");
        await(() -> received("vnf2") > then + 200, "more packets on the bypass");
        source.kill();
        awaitLog("port vnf1: vnf-gone");
        long sent = received("vnf2");
        Thread.sleep(2500); // longer than anybody who reads would take
        signal("CONT", sink);
        await(() -> active() == 0 && log.stream().anyMatch(l -> l.contains("is GONE")), "the end");
        sink.terminate();
        assertEquals(0, sink.waitFor(Duration.ofSeconds(30)));
        assertEquals(sent, packetsOf(report));
    }

    @Test
    void regionThatIsCutShortEndsNeitherTheSwitchNorTheNeighbours() throws Exception {
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        ofctl("add-flow", "br0", "priority=100,in_port=3,actions=output:4");
        vnf("sink", "--port", "vnf2");
        vnf("sink", "--port", "vnf4");
        Program source = vnf("source", "--port", "vnf1", "--rate", "2000");
        Program other = vnf("source", "--port", "vnf3", "--rate", "2000");
        awaitActive(2);
        assertEquals(2, cutShort("link-"));
        awaitLog("link vnf1->vnf2 is ACTIVE", 2);
        awaitLog("link vnf3->vnf4 is ACTIVE", 2);
        awaitActive(2);
        assertTrue(source.isAlive() && other.isAlive(), "both go on");
        assertEquals(1, cutShort("port-vnf1-"));
        awaitLog("port vnf1: vnf-gone");
        source.waitFor(Duration.ofSeconds(30));
        long then = received("vnf4");
        await(() -> received("vnf4") > then + 2000, "traffic of the neighbours");
        vnf("source", "--port", "vnf1", "--rate", "2000");
        awaitActive(2);
        assertEquals(2, cutShort("link-"));
        assertEquals(1, cutShort("port-vnf1-"));
        awaitLog("port vnf1: vnf-gone", 2);
        vnf("source", "--port", "vnf1", "--rate", "2000");
        awaitLog("link vnf1->vnf2 is ACTIVE", 4);
        awaitActive(2);
    }

    private long dropped(String port) {
        for (JsonNode p : control.ask(ControlClient.request("stats")).get("ports")) {
            if (p.get("name").asText().equals(port)) {
                return p.get("rxDropped").asLong();
            }
        }
        throw new AssertionError("no port " + port);
    }

    private int cutShort(String name) throws IOException {
        int found = 0;
        String files = RegionStore.of(dir).prefix() + name + "*";
        try (DirectoryStream<Path> regions = Files.newDirectoryStream(Path.of("/dev/shm"), files)) {
            for (Path region : regions) {
                try (FileChannel file = FileChannel.open(region, StandardOpenOption.WRITE)) {
                    file.truncate(0);
                }
                found++;
            }
        }
        return found;
    }

    private static long packetsOf(Path report) throws IOException {
        return new ObjectMapper()
                .readTree(report.toFile())
                .get("ports")
                .get(0)
                .get("rxPackets")
                .asLong();
    }

    private static void signal(String name, Program program) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, "" + program.pid()).start();
        assertEquals(0, kill.waitFor());
    }
}
