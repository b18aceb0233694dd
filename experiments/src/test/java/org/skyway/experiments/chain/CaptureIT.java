package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;

/// `skyway ctl capture` and `skyway ctl mirror`, read by Debian's tcpdump.
@Timeout(300)
class CaptureIT extends ChainBed {
    private static final String TCPDUMP = "/usr/bin/tcpdump";

    private static void needsTcpdump() {
        assumeTrue(
                Files.isExecutable(Path.of(TCPDUMP)),
                "tcpdump is missing; apt-get install tcpdump");
    }

    private List<String> read(Path file) {
        return Program.output(dir, TCPDUMP, "-n", "-tt", "-e", "-r", file.toString())
                .lines()
                .filter(l -> l.matches("[0-9]+[.].*"))
                .toList();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Program ctl(List<String> said, String... arguments) {
        List<String> command = new ArrayList<>(List.of("ctl"));
        command.addAll(List.of(arguments));
        Program p = Program.skyway("ctl", dir, said::add, command.toArray(new String[0]));
        started.add(p);
        return p;
    }

    @Test
    void capturedPortHasNoBypassUntilThatIsOver() throws Exception {
        needsTcpdump();
        Path file = dir.resolve("port.pcapng");
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        Program sink = vnf("sink", "--port", "vnf2", "--strict");
        Program source =
                vnf(
                        "source", "--port", "vnf1", "--rate", "500", "--size", "64-1518", "--flows",
                        "2");
        awaitActive(1);
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        Program capture = ctl(said, "capture", "vnf1", "-w", file.toString());
        await(() -> Files.exists(file) && size(file) > 100_000, "packets in the file");
        assertEquals(0, active(), "what is captured is not bypassed");
        Program links = ctl(said, "links");
        links.waitFor(Duration.ofSeconds(60));
        assertTrue(
                said.stream().anyMatch(l -> l.contains("port vnf1 is captured")), said::toString);
        // One direction, one flow of two, and what both ports of the link see.
        Path other = dir.resolve("other.pcapng");
        Program few =
                ctl(
                        said,
                        "capture",
                        "2",
                        "-w",
                        other.toString(),
                        "-c",
                        "50",
                        "-s",
                        "60",
                        "udp,tp_src=1");
        await(() -> Files.exists(other), "second capture");
        Thread.sleep(500); // in which packets that do not match go by
        few.terminate();
        few.waitFor(Duration.ofSeconds(60));
        assertEquals(0, read(other).size(), "no packet has that port");
        capture.terminate(); // as Ctrl-C does
        capture.waitFor(Duration.ofSeconds(60));
        awaitActive(1);
        long captured = read(file).size();
        assertTrue(captured > 100, "only " + captured);
        assertTrue(
                said.stream().anyMatch(l -> l.contains(captured + " packets captured of ")),
                said::toString);
        source.terminate();
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        sink.terminate();
        assertEquals(0, sink.waitFor(Duration.ofSeconds(60)), "nothing was lost by that");
    }

    @Test
    void tcpdumpReadsTheStream() throws Exception {
        needsTcpdump();
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        vnf("sink", "--port", "vnf2");
        vnf("source", "--port", "vnf1", "--rate", "200", "--size", "100");
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        Program pipe =
                Program.start(
                        "pipe",
                        dir,
                        lines::add,
                        List.of(
                                "sh",
                                "-c",
                                "'%s' ctl capture vnf2 -w - udp | %s -n -c 20 -r -"
                                        .formatted(Program.launcher(), TCPDUMP)));
        started.add(pipe);
        pipe.waitFor(Duration.ofSeconds(90));
        assertTrue(
                lines.stream().filter(l -> l.contains("10.0.0.2.5000: UDP, length 58")).count()
                        >= 20,
                lines::toString);
    }

    @Test
    void mirrorCopiesBothDirections() throws Exception {
        ofctl("add-flow", "br0", "priority=100,in_port=1,actions=output:2");
        ofctl("add-flow", "br0", "priority=100,in_port=2,actions=output:1");
        vnf("exchange", "--port", "vnf1", "--rate", "200", "--id", "1");
        vnf("exchange", "--port", "vnf2", "--rate", "200", "--id", "2");
        Path report = dir.resolve("watcher.json");
        Program watcher = vnf("sink", "--port", "vnf3", "--json", report.toString());
        awaitActive(2);
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        run(said, 0, "mirror", "add", "m1", "--from", "vnf1", "--to", "vnf3");
        await(() -> received("vnf3") > 200, "copies");
        assertEquals(0, active());
        run(said, 0, "mirror", "show");
        assertTrue(said.stream().anyMatch(l -> l.matches("m1 +vnf1 +vnf3.*")), said::toString);
        assertNotEquals(0, status(said, "mirror", "add", "m1", "--from", "vnf1", "--to", "vnf3"));
        assertTrue(said.stream().anyMatch(l -> l.contains("mirror del m1")), said::toString);
        assertNotEquals(0, status(said, "mirror", "add", "m2", "--from", "vnf1", "--to", "vnf1"));
        assertNotEquals(0, status(said, "mirror", "del", "m2"));
        run(said, 0, "mirror", "del", "m1");
        awaitActive(2);
        long then = received("vnf3");
        Thread.sleep(300);
        assertEquals(then, received("vnf3"), "nothing more is copied");
        watcher.terminate();
        assertEquals(0, watcher.waitFor(Duration.ofSeconds(60)));
        String seen = Files.readString(report);
        assertTrue(
                seen.matches("(?s).*\"id\"\\s*:\\s*1\\b.*")
                        && seen.matches("(?s).*\"id\"\\s*:\\s*2\\b.*"),
                "both directions");
    }

    private int status(List<String> said, String... words) {
        return ctl(said, words).waitFor(Duration.ofSeconds(60));
    }

    private void run(List<String> said, int status, String... words) {
        assertEquals(status, status(said, words), said::toString);
    }
}
