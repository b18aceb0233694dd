package org.skyway.experiments.vm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.host.GuestShell;
import org.skyway.experiments.vm.host.PrivateLibvirt;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.vswitch.daemon.ControlClient;

/// `skyway chain` with guests that know nothing of Skyway, under a real libvirt: two ends, and one
/// between them that forwards.
@Timeout(400)
class StockChainIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private RunFolder folder;
    private PrivateLibvirt libvirt;
    private Program vswitchd;
    private ControlClient control;
    private Path file; // of the chain that may be up

    @BeforeEach
    void startSwitch() throws IOException {
        assumeTrue(PrivateLibvirt.missing() == null, PrivateLibvirt.missing());
        folder = new RunFolder();
        libvirt = PrivateLibvirt.start(GuestImage.defaultCache().resolve("libvirt-test"));
        // One port is there already, and of the kind that listens.
        vswitchd =
                Program.skyway(
                        "vswitchd",
                        folder.path(),
                        log::add,
                        "vswitchd",
                        "--port",
                        "4:dpdkvhostuser:right");
        vswitchd.await(l -> l.contains("is ready"), PATIENCE, "it is ready");
        control = new ControlClient(folder.path());
    }

    @AfterEach
    void stopAll() {
        if (folder != null) {
            if (file != null) {
                chain("down", file); // or libvirt would remember it
            }
            control.close();
            vswitchd.close();
            libvirt.close();
            folder.close();
        }
    }

    @Test
    void packetsGoThroughAGuestThatForwards() throws Exception {
        file =
                file(
                        "- {name: end1, program: linux --address 10.8.0.1/24, ports: [left]}",
                        "- {name: between, program: linux --forward, ports: [in, out]}",
                        "- {name: end2, program: linux --address 10.8.0.2/24, ports: [right]}");
        assertEquals(0, chain("up", file), log::toString);
        assertSaid("guest between drives in and out");
        for (String[] pair : new String[][] {{"left", "in"}, {"out", "right"}}) {
            rule(pair[0], pair[1]);
            rule(pair[1], pair[0]);
        }
        try (GuestShell one = shell("end1");
                GuestShell middle = shell("between")) {
            String bridge = middle.run("ls /sys/class/net/forward/brif"); // when it has booted
            assertTrue(bridge.contains("eth1"), bridge);
            for (String port : new String[] {"left", "in", "out", "right"}) {
                await(() -> port(port).get("up").asBoolean(), "port " + port + " that is up");
            }
            await(() -> one.tryTo("ping -c 1 10.8.0.2").contains("1 packets received"), "answer");
            String ping = one.run("ping -c 20 -i 0.1 10.8.0.2");
            assertTrue(ping.contains("20 packets received"), ping);
            // Each hop is one copy in the switch.
            await(() -> cutThroughs() == 4, "four links");
        }
        JsonNode right = port("right");
        assertTrue(right.get("agreed").asText().contains("rx 1024, tx 1024"), right::toString);
        assertEquals(0, chain("down", file));
        file = null;
        await(() -> !port("right").get("up").asBoolean(), "port right that is down");
        assertEquals(1, chain("up", file("- {name: x, program: linux --frob, ports: [left]}")));
        assertSaid("linux has the options");
    }

    private GuestShell shell(String guest) {
        return new GuestShell(guest, folder.path().resolve("guests/" + guest + ".shell"));
    }

    private JsonNode port(String name) {
        for (JsonNode p : control.ask(ControlClient.request("ports"))) {
            if (p.get("name").asText().equals(name)) {
                return p;
            }
        }
        throw new AssertionError("no port " + name);
    }

    private void rule(String from, String to) {
        Program.output(
                folder.path(),
                "ovs-ofctl",
                "add-flow",
                "br0",
                "in_port=%d,actions=output:%d"
                        .formatted(
                                port(from).get("number").asInt(), port(to).get("number").asInt()));
    }

    private int cutThroughs() {
        int n = 0;
        for (JsonNode link : control.ask(ControlClient.request("links"))) {
            n += link.get("kind").asText().equals("cut-through") ? 1 : 0;
        }
        return n;
    }

    private void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, () -> "no " + what + ": " + log);
            Thread.sleep(20);
        }
    }

    private int chain(String command, Path file) {
        log.clear();
        try (Program chain =
                Program.skyway(
                        "chain", folder.path(), log::add, "chain", command, file.toString())) {
            return chain.waitFor(PATIENCE);
        }
    }

    private void assertSaid(String words) {
        assertTrue(log.stream().anyMatch(l -> l.contains(words)), () -> words + " in " + log);
    }

    private Path file(String... guests) throws IOException {
        List<String> lines = new ArrayList<>(List.of("libvirt-uri: \"" + libvirt.uri() + "\""));
        lines.add("guests:");
        for (String guest : guests) {
            lines.add("  " + guest);
        }
        return Files.write(folder.path().resolve("chain.yaml"), lines);
    }
}
