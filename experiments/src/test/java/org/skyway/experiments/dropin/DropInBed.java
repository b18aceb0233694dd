package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;

/// The real database, and the switch that it configures.
abstract class DropInBed {
    final List<Program> started = new ArrayList<>();
    final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    RunFolder folder;
    Path dir;
    Database db;
    Program vswitchd;

    @BeforeEach
    void startAll() {
        assumeTrue(DropInLab.databaseMissing() == null, DropInLab::databaseMissing);
        folder = new RunFolder();
        dir = folder.path();
        db = new Database(dir);
        startSwitch();
    }

    void startSwitch() {
        vswitchd =
                program(
                        "vswitchd",
                        "the switch is configured",
                        "vswitchd",
                        db.remote(),
                        "--pidfile",
                        "-vfile:info",
                        "--mlockall",
                        "--no-chdir");
    }

    void killSwitch() {
        vswitchd.kill();
        vswitchd.waitFor(Duration.ofSeconds(60));
    }

    /// All that sinks have printed so far says that nothing was lost.
    void assertSinksLostNothing() throws InterruptedException {
        await(
                () -> log.stream().anyMatch(l -> l.contains("sink stats")),
                "what the sinks have counted");
        assertEquals(
                List.of(),
                log.stream()
                        .filter(l -> l.contains("sink stats") && !l.contains("| lost 0 |"))
                        .toList());
    }

    @AfterEach
    void stopAll() {
        if (folder != null) {
            started.reversed().forEach(Program::close);
            if (db != null) {
                db.close();
            }
            folder.close();
        }
    }

    Program vnf(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("vnf", program));
        command.addAll(List.of(arguments));
        return program(program, "ready", command.toArray(String[]::new));
    }

    /// Starts a source that sends until [#end], so that what happens meanwhile may take its time.
    Program source(String port, int rate) {
        return vnf(
                "source",
                "--port",
                port,
                "--rate",
                "" + rate,
                "--wait",
                "--linger",
                "5", // until the switch has taken what is left in the ring
                "--json",
                report(port).toString());
    }

    /// Ends the source at a port.
    ///
    /// @return how many frames it has sent
    long end(Program source, String port) throws IOException {
        source.terminate();
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        JsonNode said = new ObjectMapper().readTree(report(port).toFile());
        return said.get("ports").get(0).get("txPackets").asLong();
    }

    private Path report(String port) {
        return dir.resolve(port + ".json");
    }

    Program program(String name, String ready, String... arguments) {
        Program p = Program.skyway(name, dir, log::add, arguments);
        started.add(p);
        p.await(l -> l.contains(ready), Duration.ofSeconds(60), "it is ready");
        return p;
    }

    String ofctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(List.of(arguments));
        return Program.output(dir, command.toArray(String[]::new));
    }

    long counted(String port, String counter) {
        String value = db.get("Interface", port, "statistics:" + counter);
        return value.isEmpty() ? 0 : Long.parseLong(value);
    }

    void await(BooleanSupplier condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + 40_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    () -> "no " + what + " after 40 s; the logs:\n" + String.join("\n", log));
            Thread.sleep(50);
        }
    }
}
