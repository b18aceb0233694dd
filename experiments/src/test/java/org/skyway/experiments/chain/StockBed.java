package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.host.QemuGuest;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.vswitch.daemon.ControlClient;

/// A switch with ports of stock VNFs besides those of Skyway's, stock DPDK applications, and plain
/// Linux guests.
abstract class StockBed extends ChainBed {
    private static final Path TESTPMD = Path.of("/usr/bin/dpdk-testpmd");

    private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

    final List<Testpmd> testpmds = new ArrayList<>();
    final List<QemuGuest> guests = new ArrayList<>();

    @AfterEach
    void endStockVnfs() {
        testpmds.forEach(Testpmd::close);
        guests.forEach(QemuGuest::close);
    }

    /// Starts a guest with one network device.
    ///
    /// @param listens whether QEMU is the one that the switch connects to
    QemuGuest guest(String name, String socket, boolean listens, String... options)
            throws Exception {
        return guestWith("", name, socket, listens, options);
    }

    /// Starts a guest whose device has other properties.
    ///
    /// @param properties each behind a comma
    QemuGuest guestWith(
            String properties, String name, String socket, boolean listens, String... options)
            throws Exception {
        assumeTrue(
                Files.isExecutable(QEMU),
                "there is no QEMU; apt-get install --no-install-recommends qemu-system-x86");
        QemuGuest.Device device = new QemuGuest.Device(dir.resolve(socket), listens, properties);
        GuestImage image = GuestImage.linux(GuestImage.defaultCache());
        QemuGuest started =
                QemuGuest.start(name, dir, l -> note(name, l), image, List.of(device), options);
        guests.add(started);
        return started;
    }

    // The rest is the echo of QEMU's monitor.
    private void note(String guest, String line) {
        if (line.startsWith("qemu-system") || line.startsWith("Error")) {
            log.add(guest + ": " + line);
        }
    }

    /// Adds a port.
    void port(int number, String typed, String name) {
        control.ask(
                ControlClient.request("port-add")
                        .put("number", number)
                        .put("type", typed)
                        .put("name", name));
    }

    /// Kills the switch and starts another, which knows its ports and rules from the one before.
    void replaceSwitch() {
        Program before = started.removeFirst();
        before.kill();
        control.close();
        program("vswitchd", "is ready", "vswitchd", "--port", "1:dpdkr:vnf1");
        started.addFirst(started.removeLast());
        control = new ControlClient(dir);
    }

    /// Starts a DPDK application with drivers of DPDK's own.
    Testpmd stock(String name, int core, String mode, String... devices) {
        assumeTrue(
                Files.isExecutable(TESTPMD), "there is no dpdk-testpmd; apt-get install dpdk-dev");
        List<String> command =
                new ArrayList<>(
                        List.of(TESTPMD.toString(), "--lcores", "0@%d,1@%d".formatted(core, core)));
        command.addAll(List.of("--no-pci", "--no-huge", "-m", "256", "--no-telemetry"));
        command.addAll(List.of("--no-shconf", "--single-file-segments"));
        for (String device : devices) {
            command.addAll(List.of("--vdev", device));
        }
        Testpmd started = Testpmd.start(name, dir, this::note, command, "--forward-mode=" + mode);
        testpmds.add(started);
        return started;
    }

    // What testpmd says of itself would fill the log.
    private void note(String line) {
        if (line.contains("memif") || line.contains("virtio")) {
            log.add(line);
        }
    }

    // A machine boots, which on a busy host takes its time.
    void awaitLong(BooleanSupplier condition, String what) throws InterruptedException {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(200);
        }
        await(condition, what);
    }

    JsonNode shown(String port) {
        for (JsonNode p : control.ask(ControlClient.request("show")).get("ports")) {
            if (p.get("name").asText().equals(port)) {
                return p;
            }
        }
        throw new AssertionError("no port " + port);
    }

    void awaitUp(String... ports) throws InterruptedException {
        for (String port : ports) {
            await(() -> shown(port).get("up").asBoolean(), "port " + port + " that is up");
        }
    }

    void awaitDown(String port) throws InterruptedException {
        await(() -> !shown(port).get("up").asBoolean(), "port " + port + " that is down");
    }

    /// Whether packets go from one port to another with one copy and no look-up.
    boolean isCutThrough(String from, String to) {
        for (JsonNode link : control.ask(ControlClient.request("links"))) {
            if (link.get("from").asText().equals(from)
                    && link.get("to").asText().equals(to)
                    && link.get("kind").asText().equals("cut-through")) {
                return true;
            }
        }
        return false;
    }

    void awaitCutThrough(String from, String to) throws InterruptedException {
        await(() -> isCutThrough(from, to), "cut-through from " + from + " to " + to);
    }

    /// Ends a port's link and begins it anew: packets are looked at meanwhile.
    void endAndBegin(int number, String from, String to) throws InterruptedException {
        String rule = "priority=200,in_port=%d,udp,tp_dst=9".formatted(number);
        ofctl("add-flow", "br0", rule + ",actions=drop");
        assertFalse(isCutThrough(from, to));
        Thread.sleep(100);
        ofctl("--strict", "del-flows", "br0", rule);
        awaitCutThrough(from, to);
        Thread.sleep(50);
    }

    /// A counter of a port, as `ctl stats` has it.
    long counted(String port, String counter) {
        for (JsonNode p : control.ask(ControlClient.request("stats")).get("ports")) {
            if (p.get("name").asText().equals(port)) {
                return p.get(counter).asLong();
            }
        }
        throw new AssertionError("no port " + port);
    }

    void rule(int from, int to) {
        ofctl("add-flow", "br0", "priority=100,in_port=%d,actions=output:%d".formatted(from, to));
    }

    /// What happens again and again while packets are on their way.
    interface Round {
        void run() throws InterruptedException;
    }

    /// Sends packets of all sizes from vnf1 to vnf4, and sees that none is changed, doubled or
    /// overtaken by another, and that each that is missing was counted as dropped where a ring was
    /// full: on a busy machine the program between the two ports may not have its turn for longer
    /// than its rings last.
    ///
    /// @param in the port that they leave the switch by
    /// @param out the port that they come back by
    void forwards(String in, String out, Round round) throws Exception {
        long frames = 30_000;
        Path report = dir.resolve("sink.json");
        Program sink = vnf("sink", "--port", "vnf4", "--verify", "--json", report.toString());
        Program source =
                vnf(
                        "source",
                        "--port",
                        "vnf1",
                        "--rate",
                        "10000",
                        "--size",
                        "64-1514",
                        "--count",
                        "" + frames);
        for (int i = 0; i < 10; i++) {
            round.run();
        }
        assertEquals(0, source.waitFor(Duration.ofSeconds(60)));
        await(
                () -> counted(in, "txPackets") + counted(in, "txDropped") == frames,
                "all frames at the port " + in);
        await(
                () ->
                        counted(out, "rxPackets") > frames / 2
                                && received("vnf4") + dropped("vnf4") == counted(out, "rxPackets"),
                "all frames that came back");
        sink.terminate();
        sink.waitFor(Duration.ofSeconds(30));
        JsonNode result = new ObjectMapper().readTree(report.toFile());
        assertEquals(0, result.get("corrupt").asLong(), result::toString);
        assertEquals(0, result.get("foreign").asLong(), result::toString);
        JsonNode from = result.get("sources").get(0);
        assertEquals(0, from.get("duplicates").asLong(), result::toString);
        assertEquals(0, from.get("reordered").asLong(), result::toString);
        assertTrue(from.get("packets").asLong() > frames / 2, result::toString);
    }

    private long dropped(String port) {
        return counted(port, "txDropped");
    }
}
