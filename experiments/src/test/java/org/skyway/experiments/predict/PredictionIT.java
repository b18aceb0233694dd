package org.skyway.experiments.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.SwitchLoss;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.daemon.ControlClient;
import org.skyway.vswitch.daemon.Daemon;

/// What `ctl p2p what-if` says about lines is what `ovs-ofctl add-flows` then finds.
class PredictionIT {
    @TempDir Path directory;

    private final List<PortSession> vnfs = new ArrayList<>();
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        Path config = directory.resolve("br0.yaml");
        Files.writeString(
                config,
                """
                bypass: false
                ports: [{number: 1, type: dpdkr, name: vnf1}, {number: 2, type: dpdkr, name: vnf2}]
                """);
        daemon = Daemon.start(directory, SwitchConfig.read(config));
        for (String port : List.of("vnf1", "vnf2")) {
            vnfs.add(
                    PortSession.open(directory, port, "test", SwitchLoss.END, System.err::println));
        }
        ofctl("add-group", "br0", "group_id=1,type=all,bucket=output:2");
        ofctl("add-meter", "br0", "meter=1,kbps,band=type=drop,rate=1000");
    }

    @AfterEach
    void stop() throws Exception {
        for (PortSession vnf : vnfs) {
            vnf.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    /// What `ovs-ofctl` said and how it ended.
    private record Result(int status, String output) {}

    private Result ofctl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow13"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OVS_RUNDIR", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), () -> command + " does not end");
        return new Result(process.exitValue(), output);
    }

    private JsonNode whatIf(String text) {
        ObjectNode request = ControlClient.request("p2p-what-if");
        text.lines().forEach(request.putArray("lines")::add);
        try (ControlClient client = new ControlClient(directory)) {
            return client.ask(request);
        }
    }

    // Which of several entries is named as the reason is not told in advance.
    private static String kind(String verdict) {
        return verdict.startsWith("no link") ? "no link" : verdict;
    }

    /// What `ctl show` says of each port's link.
    private Map<String, String> verdicts() {
        Map<String, String> verdicts = new TreeMap<>();
        try (ControlClient client = new ControlClient(directory)) {
            for (JsonNode port : client.ask(ControlClient.request("show")).get("ports")) {
                verdicts.put(port.get("name").asText(), kind(port.path("p2p").asText()));
            }
        }
        return verdicts;
    }

    @Test
    void refusesWhatIsRefusedAndForeseesWhatIsNot() throws Exception {
        List<String> differences = new ArrayList<>();
        Path file = directory.resolve("one.flows");
        for (String line : lines()) {
            String difference = difference(line, file);
            if (difference != null) {
                differences.add("[" + line + "] " + difference);
            }
        }
        assertEquals("", String.join("\n", differences));
    }

    private String difference(String line, Path file) throws Exception {
        // What the line before has left goes first.
        String lines = "delete\n" + line + "\n";
        Map<String, String> expected = verdicts();
        String refusal = null;
        try {
            for (JsonNode change : whatIf(lines)) {
                expected.put(change.get("port").asText(), kind(change.get("after").asText()));
            }
        } catch (ConfigException e) {
            refusal = e.getMessage();
        }
        Files.writeString(file, lines);
        // To ask the switch for names takes longer than all the rest.
        boolean names = line.contains("vnf") || line.contains("br0") || line.contains("\"");
        Result result =
                ofctl(names ? "--names" : "--no-names", "add-flows", "br0", file.toString());
        boolean accepted = result.status() == 0;
        Map<String, String> found = verdicts();
        if (accepted != (refusal == null)) {
            return "what-if: %s; ovs-ofctl: %s"
                    .formatted(refusal == null ? "accepted" : refusal, result.output().strip());
        }
        return !accepted || expected.equals(found)
                ? null
                : "what-if: %s; then: %s".formatted(expected, found);
    }

    @Test
    void saysWhichLinksAppearAndVanish() throws Exception {
        ofctl("add-flow", "br0", "in_port=vnf1,actions=vnf2");
        JsonNode changes =
                whatIf(
                        """
                        OFPST_FLOW reply (OF1.3) (xid=0x2):
                        # names as dump-flows prints them; commands as add-flows takes them
                         cookie=0x0, duration=1.5s, table=0, n_packets=3, priority=100,in_port="vnf2" actions=output:"vnf1"
                        delete in_port=1
                        """);
        assertEquals(2, changes.size(), changes.toString());
        assertEquals("vnf1", changes.get(0).get("port").asText());
        assertEquals("link to port 2", changes.get(0).get("before").asText());
        assertEquals("link to port 1", changes.get(1).get("after").asText());
        assertEquals("link to port 2", verdicts().get("vnf1"));
        assertEquals("[]", whatIf("priority=7,in_port=1,actions=2").toString());
    }

    @Test
    void groupsAndFlowsMayStandInOneFile() throws Exception {
        JsonNode changes =
                whatIf("group_id=4,type=indirect,bucket=output:vnf2\nin_port=1,actions=group:4\n");
        assertEquals("link to port 2", changes.get(0).get("after").asText());
        ConfigException there =
                assertThrows(
                        ConfigException.class,
                        () -> whatIf("\n\ngroup_id=1,type=all,bucket=output:2"));
        assertTrue(there.getMessage().startsWith("line 3: "), there.getMessage());
        assertTrue(there.getMessage().contains("OFPGMFC_GROUP_EXISTS"), there.getMessage());
    }

    @Test
    void takesAHundredThousandFlows() throws Exception {
        JsonNode changes = ask(parts(100_000, "in_port=1,actions=2"));
        assertEquals(1, changes.size(), changes.toString());
        assertEquals("link to port 2", changes.get(0).get("after").asText());
        ConfigException refused =
                assertThrows(
                        ConfigException.class,
                        () -> ask(parts(10_000, "in_port=1,actions=group:77")));
        assertTrue(refused.getMessage().startsWith("line 10001: "), refused.getMessage());
        assertTrue(refused.getMessage().contains("OFPBAC_BAD_OUT_GROUP"), refused.getMessage());
    }

    private JsonNode ask(List<ObjectNode> parts) {
        try (ControlClient client = new ControlClient(directory)) {
            return client.ask(parts.iterator());
        }
    }

    private static List<ObjectNode> parts(int flows, String last) {
        List<ObjectNode> parts = new ArrayList<>();
        for (int i = 0; i < flows; i += 5000) {
            ObjectNode part = ControlClient.request("p2p-what-if");
            ArrayNode lines = part.putArray("lines");
            for (int k = i; k < i + 5000; k++) {
                lines.add(
                        "table=1,priority=%d,tcp,nw_dst=10.%d.%d.%d,tp_dst=80 actions=output:2"
                                .formatted(k % 1000, k >> 16 & 255, k >> 8 & 255, k & 255));
            }
            parts.add(part);
        }
        ObjectNode end = ControlClient.request("p2p-what-if");
        end.putArray("lines").add(last);
        parts.add(end);
        return parts;
    }

    private static List<String> lines() throws Exception {
        try (InputStream in = PredictionIT.class.getResourceAsStream("/prediction/lines.flows")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
