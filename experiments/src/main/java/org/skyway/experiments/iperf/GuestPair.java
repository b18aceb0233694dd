package org.skyway.experiments.iperf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.vm.host.QemuGuest;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.vswitch.daemon.ControlClient;

/// A switch of its own, and two plain Linux guests at vhost-user ports of it. One thread.
final class GuestPair implements AutoCloseable {
    private static final String BRIDGE = "br0";
    private static final String SERVER = "10.9.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<AutoCloseable> started = new ArrayList<>();
    private final RunFolder folder = new RunFolder();
    private final ControlClient control;
    private final QemuGuest client;

    /// What one stream was.
    ///
    /// @param megabits a second that the receiver has got
    /// @param bytesPerPacket that went to the receiver, as the switch counts them
    record Stream(double megabits, long bytesPerPacket) {}

    GuestPair(GuestImage image, boolean offloads) {
        try {
            Path dir = folder.path();
            List<String> command = new ArrayList<>(List.of("vswitchd", "--bridge", BRIDGE));
            for (int i = 1; i <= 2; i++) {
                command.addAll(
                        List.of(
                                "--port",
                                "%d:dpdkvhostuserclient:g%d,socket=g%d".formatted(i, i, i)));
            }
            if (offloads) {
                command.add("--offloads");
            }
            Program vswitchd =
                    Program.skyway("vswitchd", dir, l -> {}, command.toArray(String[]::new));
            started.add(vswitchd);
            vswitchd.await(l -> l.contains("has warmed up"), PATIENCE, "it is ready");
            control = new ControlClient(dir);
            started.add(control);
            List<QemuGuest> guests = new ArrayList<>();
            for (int i = 1; i <= 2; i++) {
                QemuGuest.Device device = new QemuGuest.Device(dir.resolve("g" + i), true, "");
                QemuGuest guest =
                        QemuGuest.start(
                                "guest" + i,
                                dir,
                                l -> {},
                                image,
                                List.of(device),
                                "--address",
                                "10.9.0.%d/24".formatted(i));
                started.add(guest);
                guests.add(guest);
                ofctl("add-flow", "priority=100,in_port=%d,actions=output:%d".formatted(i, 3 - i));
            }
            guests.get(0).run("iperf3 -s -D");
            client = guests.get(1);
            client.run("ping -c 1 " + SERVER);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Has all packets looked up, or not: a rule that none of them meets makes the difference.
    void byTheTable(boolean table) {
        String match = "priority=200,udp,tp_dst=7";
        if (table) {
            ofctl("add-flow", match + ",actions=drop");
        } else {
            ofctl("--strict", "del-flows", match);
        }
        int links = table ? 0 : 2;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (control.ask(ControlClient.request("links")).size() != links) {
            if (System.nanoTime() - end > 0) {
                throw new ExperimentException(
                        "there are %s, not %d links"
                                .formatted(control.ask(ControlClient.request("links")), links));
            }
            Pause.millis(20);
        }
    }

    Stream run(int seconds) {
        JsonNode before = received();
        String said = client.run("iperf3 -J -t %d -c %s".formatted(seconds, SERVER));
        JsonNode after = received();
        try {
            long bytes = after.get("txBytes").asLong() - before.get("txBytes").asLong();
            long packets = after.get("txPackets").asLong() - before.get("txPackets").asLong();
            double bits = JSON.readTree(said).at("/end/sum_received/bits_per_second").asDouble();
            return new Stream(bits / 1e6, bytes / Math.max(1, packets));
        } catch (JsonProcessingException e) {
            throw new ExperimentException("iperf3 says: " + said, e);
        }
    }

    private JsonNode received() {
        return control.ask(ControlClient.request("stats")).get("ports").get(0);
    }

    private void ofctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(List.of(arguments));
        command.add(command.size() - 1, BRIDGE);
        Program.output(folder.path(), command.toArray(String[]::new));
    }

    @Override
    public void close() {
        Closing.lastFirst(started, System.err::println);
        folder.close();
    }
}
