package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.vswitch.daemon.ControlClient;

/// A switch with four dpdkr ports, each test's own, and what steers it: real processes, the real
/// ovs-ofctl.
abstract class ChainBed {
    final List<Program> started = new ArrayList<>();
    final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    RunFolder folder;
    Path dir;
    ControlClient control;

    @BeforeEach
    void startSwitch() {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        folder = new RunFolder();
        dir = folder.path();
        List<String> command = new ArrayList<>(List.of("vswitchd"));
        for (int i = 1; i <= 4; i++) {
            command.addAll(List.of("--port", "%d:dpdkr:vnf%d".formatted(i, i)));
        }
        command.addAll(List.of(options()));
        Program vswitchd = program("vswitchd", "is ready", command.toArray(new String[0]));
        assertTrue(vswitchd.isAlive());
        control = new ControlClient(dir);
    }

    /// What else the switch is started with.
    String[] options() {
        return new String[0];
    }

    @AfterEach
    void stopAll() {
        if (folder != null) {
            control.close();
            started.reversed().forEach(Program::close);
            folder.close();
        }
    }

    Program vnf(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("vnf", program));
        command.addAll(List.of(arguments));
        return program(program, "ready", command.toArray(new String[0]));
    }

    Program program(String name, String ready, String... arguments) {
        return program(name, ready, Map.of(), arguments);
    }

    Program program(
            String name, String ready, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Program.launcher().toString()));
        command.addAll(List.of(arguments));
        Program p = Program.start(name, dir, log::add, command, environment);
        started.add(p);
        p.await(l -> l.contains(ready), Duration.ofSeconds(60), "it is ready");
        return p;
    }

    void ofctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(List.of(arguments));
        Program.output(dir, command.toArray(new String[0]));
    }

    int active() {
        int n = 0;
        for (JsonNode link : control.ask(ControlClient.request("links"))) {
            n += link.get("state").asText().equals("ACTIVE") ? 1 : 0;
        }
        return n;
    }

    void awaitActive(int wanted) throws InterruptedException {
        await(() -> active() == wanted, wanted + " active links");
    }

    /// Waits for links that there are as long as a source of packets is.
    void awaitActiveOrEnd(int wanted, Program source) throws InterruptedException {
        await(() -> !source.isAlive() || active() == wanted, wanted + " active links");
    }

    void awaitLog(String words) throws InterruptedException {
        awaitLog(words, 1);
    }

    void awaitLog(String words, int times) throws InterruptedException {
        await(
                () -> log.stream().filter(l -> l.contains(words)).count() >= times,
                times + " x \"" + words + "\" in the logs");
    }

    // What arrived at a port by the normal channel or the bypass, as OpenFlow counts it.
    long received(String port) {
        for (JsonNode p : control.ask(ControlClient.request("stats")).get("ports")) {
            if (p.get("name").asText().equals(port)) {
                return p.get("txPackets").asLong();
            }
        }
        throw new AssertionError("no port " + port);
    }

    void await(BooleanSupplier condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - deadline < 0,
                    () -> "no " + what + " after 30 s; the logs:\n" + String.join("\n", log));
            Thread.sleep(5);
        }
    }
}
