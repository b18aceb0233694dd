package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;
import org.skyway.vswitch.daemon.ControlClient;

/// Chains of real processes, steered by the real ovs-ofctl.
@Timeout(180)
class ChainIT extends ChainBed {
    private static final int FRAMES = 100_000;
    private static final String FIRST = "priority=100,in_port=1,actions=output:2";
    private static final String SECOND = "priority=100,in_port=3,actions=output:4";
    private static final String ENDING_FIRST = "priority=200,in_port=1,dl_type=0x9999";
    private static final String ENDING_SECOND = "priority=200,in_port=3,dl_type=0x9999";

    @Test
    void mixedFramesArriveByteForByteWhileTheBypassComesAndGoes() throws Exception {
        Path in = dir.resolve("in.pcap");
        Path out = dir.resolve("out.pcap");
        List<byte[]> frames = write(in);
        Program sink =
                vnf(
                        "sink",
                        "--port",
                        "vnf4",
                        "--capture",
                        out.toString(),
                        "--expect-count",
                        "" + FRAMES);
        vnf("forward", "--ports", "vnf2,vnf3");
        ofctl("add-flow", "br0", FIRST);
        ofctl("add-flow", "br0", SECOND);
        Program source =
                vnf("source", "--port", "vnf1", "--replay", in.toString(), "--rate", "12000");
        awaitActive(2);
        int rounds = 0;
        for (; source.isAlive(); rounds++) {
            ofctl("add-flow", "br0", ENDING_FIRST + ",actions=drop");
            ofctl("add-flow", "br0", ENDING_SECOND + ",actions=drop");
            assertEquals(0, active());
            Thread.sleep(100);
            ofctl("--strict", "del-flows", "br0", ENDING_FIRST);
            ofctl("--strict", "del-flows", "br0", ENDING_SECOND);
            awaitActiveOrEnd(2, source);
            Thread.sleep(100);
        }
        assertTrue(rounds > 3, "channels changed " + rounds + " times only");
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        assertEquals(0, sink.waitFor(Duration.ofSeconds(30)));
        assertFrames(frames, out);
        String flows = Program.output(dir, "ovs-ofctl", "dump-flows", "br0");
        assertEquals(FRAMES, packets(flows, "in_port=1 "), flows);
        assertEquals(FRAMES, packets(flows, "in_port=3 "), flows);
        JsonNode links = control.ask(ControlClient.request("links"));
        assertTrue(links.isEmpty() || !links.toString().contains("ACTIVE"), links.toString());
    }

    @Test
    void killedVnfIsReplacedAndItsNeighbourGoesOn() throws Exception {
        vnf("sink", "--port", "vnf4");
        Program forward = vnf("forward", "--ports", "vnf2,vnf3");
        ofctl("add-flow", "br0", FIRST);
        ofctl("add-flow", "br0", "priority=100,in_port=2,actions=output:1");
        ofctl("add-flow", "br0", SECOND);
        Program left = vnf("exchange", "--port", "vnf1", "--rate", "50000", "--json-stats");
        awaitActive(3);
        forward.kill();
        awaitActive(0);
        await(
                () -> log.stream().anyMatch(l -> l.contains("port vnf2: vnf-gone")),
                "a word about it in the switch's log");
        long before = received("vnf1");
        ofctl(
                "packet-out",
                "br0",
                "in_port=controller,packet=" + "ff".repeat(64) + ",actions=output:1");
        await(() -> received("vnf1") == before + 1, "packet-out at the neighbour");
        assertTrue(left.isAlive());
        vnf("forward", "--ports", "vnf2,vnf3");
        awaitActive(3);
    }

    private List<byte[]> write(Path file) throws IOException {
        MixedFrames mixed = new MixedFrames(20160822);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            frames.add(mixed.next());
        }
        PcapFiles.write(file, frames);
        return frames;
    }

    private static void assertFrames(List<byte[]> expected, Path file) throws IOException {
        List<byte[]> got = PcapFiles.read(file);
        assertEquals(expected.size(), got.size());
        for (int i = 0; i < got.size(); i++) {
            int n = i;
            assertArrayEquals(expected.get(i), got.get(i), () -> "frame " + n);
        }
    }

    private static long packets(String flows, String match) {
        for (String line : flows.lines().toList()) {
            if (line.contains(match)) {
                return Long.parseLong(line.replaceAll(".*n_packets=([0-9]+).*", "$1"));
            }
        }
        throw new AssertionError("no " + match + " in " + flows);
    }
}
