package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.HonestVnf;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.process.RunFolder;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.ControlClient;

/// Ports that change poll threads while packets come from them.
@Timeout(180)
class PollThreadsIT {
    private static final List<String> PORTS = List.of("a1", "a2", "b1", "b2");

    @TempDir Path logs;

    private static JsonNode ask(RunFolder folder, String command, String port, String thread) {
        try (ControlClient client = new ControlClient(folder.path())) {
            var request = ControlClient.request(command);
            if (port != null) {
                request.put("port", port);
            }
            if (thread != null) {
                request.put("thread", Integer.parseInt(thread));
            }
            return client.ask(request);
        }
    }

    private static JsonNode row(RunFolder folder, String port) {
        return StreamSupport.stream(ask(folder, "threads", null, null).spliterator(), false)
                .filter(r -> r.path("port").asText().equals(port))
                .findFirst()
                .orElseThrow();
    }

    private static int thread(RunFolder folder, String port) {
        return row(folder, port).get("thread").asInt();
    }

    private static void await(SwitchProcess vswitch, BooleanSupplier condition, String what) {
        vswitch.await(condition, Duration.ofSeconds(30), 50, what);
    }

    @Test
    void portsAreMovedWithoutLossAndSpreadByLoad() throws Exception {
        try (RunFolder folder = new RunFolder();
                Chronicle chronicle = new Chronicle(logs.resolve("log"));
                SwitchProcess vswitch =
                        SwitchProcess.start(
                                folder.path(), chronicle, PORTS, "--poll-threads", "2")) {
            try (Controller controller = vswitch.controller("rules")) {
                // Not all packets alike, so there is no bypass.
                for (int port : new int[] {1, 3}) {
                    controller.add(
                            "priority=100,in_port=%d,actions=output:%d".formatted(port, port + 1));
                    controller.add(
                            "priority=200,in_port=%d,udp,tp_dst=9,actions=drop".formatted(port));
                }
                controller.barrier();
            }
            for (String port : PORTS) {
                ask(folder, "pin", port, "1");
            }
            await(vswitch, () -> PORTS.stream().allMatch(p -> thread(folder, p) == 1), "pins");
            assertTrue(row(folder, "a1").get("pinned").asBoolean());

            List<HonestVnf> sinks = new ArrayList<>();
            List<HonestVnf> sources = new ArrayList<>();
            try {
                for (int i = 0; i < 2; i++) {
                    sinks.add(
                            HonestVnf.start(
                                    folder.path(),
                                    chronicle,
                                    "sink",
                                    PORTS.get(2 * i + 1),
                                    "--verify"));
                    sources.add(
                            HonestVnf.start(
                                    folder.path(),
                                    chronicle,
                                    "source",
                                    PORTS.get(2 * i),
                                    "--rate",
                                    "20000",
                                    "--id",
                                    Integer.toString(i + 1)));
                }
                await(
                        vswitch,
                        () ->
                                List.of("a1", "b1").stream()
                                        .allMatch(p ->
                                                row(folder, p).get("packetsPerSecond").asLong()
                                                        > 1000),
                        "load");
                assertEquals(0, ask(folder, "rebalance", null, null).size(), "pins hold");
                for (String port : PORTS) {
                    ask(folder, "pin", port, null);
                }
                JsonNode moves = ask(folder, "rebalance", null, null);
                assertEquals(1, moves.size(), moves::toString);
                await(vswitch, () -> thread(folder, "a1") != thread(folder, "b1"), "two threads");
                for (int i = 0; i < 20; i++) { // to and fro
                    String to = Integer.toString(i % 2);
                    ask(folder, "pin", "a1", to);
                    int wanted = i % 2;
                    await(vswitch, () -> thread(folder, "a1") == wanted, "a move");
                }
                for (int i = 0; i < 2; i++) {
                    assertEquals(0, sources.get(i).stop());
                    long sent = sources.get(i).sent();
                    int sink = i;
                    String entry = "priority=100,in_port=" + (2 * i + 1);
                    await(
                            vswitch,
                            () -> vswitch.packetsOf(entry) == sent,
                            "all packets of " + PORTS.get(2 * i));
                    assertEquals(0, sinks.get(sink).stop());
                    HonestVnf.Stream stream = sinks.get(sink).from(i + 1);
                    long dropped = vswitch.port(PORTS.get(2 * i + 1)).get("txDropped").asLong();
                    assertEquals(sent, stream.packets() + dropped, stream::toString);
                    assertEquals(0, stream.duplicates() + stream.reordered(), stream::toString);
                }
            } finally {
                sources.forEach(HonestVnf::close);
                sinks.forEach(HonestVnf::close);
            }
            ConfigException none =
                    assertThrows(ConfigException.class, () -> ask(folder, "pin", "a1", "2"));
            assertEquals(
                    "there is no poll thread 2 for port a1; there are 2, from 0 on (--poll-threads)",
                    none.getMessage());
        }
    }
}
