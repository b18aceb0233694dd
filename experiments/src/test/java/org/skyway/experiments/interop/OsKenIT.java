package org.skyway.experiments.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.conformance.lab.Lab;
import org.skyway.experiments.conformance.lab.Undertaker;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;

/// Three hosts on a Skyway with `netdev` ports, steered by real os-ken controllers.
@Timeout(180)
class OsKenIT {
    private static final int BYTES = 20_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DATAPATH_ID = "00000000000000a7";

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Program> started = new ArrayList<>();
    private Undertaker undertaker;
    private Path directory;
    private Hosts hosts;

    @BeforeEach
    void wireHosts() throws IOException {
        assumeTrue(Lab.missing() == null, () -> "skipped: " + Lab.missing());
        for (String[] program :
                new String[][] {
                    {"/usr/bin/osken-manager", "python3-os-ken"}, {"/usr/bin/ping", "iputils-ping"}
                }) {
            assumeTrue(
                    Files.isExecutable(Path.of(program[0])),
                    () ->
                            "skipped: %s is missing; apt-get install %s"
                                    .formatted(program[0], program[1]));
        }
        undertaker = new Undertaker();
        directory = new RunFolder().path();
        undertaker.atEnd("rm -rf " + directory);
        hosts = new Hosts(directory, undertaker, 3);
    }

    @AfterEach
    void end() {
        started.reversed().forEach(Program::close);
        if (undertaker != null) {
            undertaker.close();
        }
    }

    @Test
    void hostsTalkThroughALearningSwitchOfOpenFlow13() throws IOException {
        startController("/org/skyway/experiments/dropin/learning_switch_13.py", "OpenFlow13");
        everyHostReachesEveryOther();
        transfer(1, 2);
        transfer(3, 1);
        assertTrue(flows("OpenFlow13").contains("priority=1,"), "no flow was learned");
    }

    @Test
    void hostsTalkThroughALearningSwitchOfOpenFlow10() throws IOException {
        startController("learning_switch_10.py", "OpenFlow10");
        everyHostReachesEveryOther();
        transfer(2, 3);
        assertTrue(flows("OpenFlow10").contains("dl_src="), "no flow was learned");
    }

    @Test
    void flowsGroupsAndMetersAreManagedByRest() throws IOException, InterruptedException {
        int rest = startController("rest_switch.py", "OpenFlow13");
        String id = Long.toString(Long.parseLong(DATAPATH_ID, 16));
        assertEquals("[%s]".formatted(id), get(rest, "switches").toString());
        post(
                rest,
                "meterentry/add",
                "{'dpid': %s, 'meter_id': 1, 'flags': ['KBPS'], 'bands': [{'type': 'DROP', 'rate':"
                        + " 100000000}]}",
                id);
        post(
                rest,
                "groupentry/add",
                "{'dpid': %s, 'group_id': 7, 'type': 'ALL', 'buckets': [{'actions': [{'type':"
                        + " 'OUTPUT', 'port': 2}]}]}",
                id);
        post(
                rest,
                "flowentry/add",
                "{'dpid': %s, 'priority': 10, 'match': {'in_port': 1}, 'actions': [{'type': 'METER',"
                        + " 'meter_id': 1}, {'type': 'GROUP', 'group_id': 7}]}",
                id);
        post(
                rest,
                "flowentry/add",
                "{'dpid': %s, 'priority': 10, 'match': {'in_port': 2}, 'actions': [{'type':"
                        + " 'OUTPUT', 'port': 1}]}",
                id);
        ping(1, 2);
        transfer(1, 2);
        assertUnreachable(1, 3);

        JsonNode flows = get(rest, "flow/" + id).path(id);
        assertEquals(2, flows.size(), flows::toString);
        for (JsonNode flow : flows) {
            assertTrue(flow.path("packet_count").asLong() > 0, flow::toString);
        }
        JsonNode group = get(rest, "group/" + id).path(id).path(0);
        JsonNode meter = get(rest, "meter/" + id).path(id).path(0);
        assertTrue(group.path("byte_count").asLong() > BYTES, group::toString);
        assertTrue(meter.path("byte_in_count").asLong() > BYTES, meter::toString);
        for (String what :
                List.of(
                        "desc",
                        "aggregate",
                        "table",
                        "tablefeatures",
                        "port",
                        "portdesc",
                        "groupdesc",
                        "groupfeatures",
                        "meterconfig",
                        "meterfeatures")) {
            JsonNode answer = get(rest, what + "/" + id).path(id);
            assertNotEquals(0, answer.size(), () -> what + " has no answer");
        }

        post(rest, "flowentry/delete", "{'dpid': %s, 'match': {'in_port': 1}}", id);
        assertEquals(1, get(rest, "flow/" + id).path(id).size()); // so the switch has done it
        assertUnreachable(1, 2);
    }

    // ---- hosts

    private void everyHostReachesEveryOther() {
        for (int from = 1; from <= 3; from++) {
            for (int to = 1; to <= 3; to++) {
                if (from != to) {
                    ping(from, to);
                }
            }
        }
    }

    // Until one reply comes: a busy machine may lose the first.
    private void ping(int from, int to) {
        hosts.run(from, "ping", "-n", "-c", "1", "-w", "20", hosts.address(to));
    }

    private void assertUnreachable(int from, int to) {
        try {
            hosts.run(from, "ping", "-n", "-c", "1", "-W", "1", hosts.address(to));
        } catch (ExperimentException expected) {
            return;
        }
        throw new AssertionError("host %d reaches host %d".formatted(from, to));
    }

    private void transfer(int from, int to) throws IOException {
        String script = resource("transfer.py").toString();
        StringBuilder received = new StringBuilder();
        Program receiver =
                Program.start(
                        "receiver",
                        directory,
                        received::append,
                        hosts.on(to, "python3", script, "receive", "5001"));
        started.add(receiver);
        receiver.await(line -> line.equals("listening"), PATIENCE, "it listens");
        String address = hosts.address(to);
        String sent =
                hosts.run(from, "python3", script, "send", address, "5001", "" + BYTES).strip();
        assertEquals(0, receiver.waitFor(PATIENCE));
        assertEquals("listening" + BYTES + " " + sent, received.toString());
    }

    // ---- switch and controller

    // Returns the port of the controller's REST interface, if it has one.
    private int startController(String app, String protocol) throws IOException {
        int openflow = freePort();
        int rest = freePort();
        List<String> manager =
                List.of(
                        "env",
                        "REST_PORT=" + rest,
                        "osken-manager",
                        "--ofp-listen-host=127.0.0.1",
                        "--ofp-tcp-listen-port=" + openflow,
                        resource(app).toString());
        Program controller = Program.start("osken-manager", directory, line -> {}, manager);
        started.add(controller);
        undertaker.endProcess(controller.pid(), directory.toString());
        List<String> words = new ArrayList<>();
        words.addAll(List.of("vswitchd", "--bridge", "interop", "--datapath-id", DATAPATH_ID));
        words.addAll(List.of("--controller", "tcp:127.0.0.1:" + openflow));
        for (int host = 1; host <= 3; host++) {
            words.addAll(List.of("--port", host + ":netdev:" + hosts.switchEnds().get(host - 1)));
        }
        Program vswitchd =
                Program.skyway("vswitchd", directory, line -> {}, words.toArray(new String[0]));
        started.add(vswitchd);
        undertaker.endProcess(vswitchd.pid(), directory.toString());
        vswitchd.await(line -> line.contains("is ready"), PATIENCE, "it is ready");
        controller.await(
                line -> line.contains("switch " + DATAPATH_ID + " is here"),
                PATIENCE,
                "the switch connected by " + protocol);
        return rest;
    }

    private String flows(String protocol) {
        return Program.output(directory, "ovs-ofctl", "-O", protocol, "dump-flows", "interop");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path resource(String name) throws IOException {
        Path file = directory.resolve(Path.of(name).getFileName());
        if (!Files.exists(file)) {
            try (InputStream in = OsKenIT.class.getResourceAsStream(name)) {
                Files.copy(in, file);
            }
        }
        return file;
    }

    // ---- REST

    private JsonNode get(int port, String path) throws IOException, InterruptedException {
        return ask(HttpRequest.newBuilder(uri(port, path)).build());
    }

    private void post(int port, String path, String body, String id)
            throws IOException, InterruptedException {
        String json = body.replace("%s", id).replace('\'', '"');
        ask(
                HttpRequest.newBuilder(uri(port, path))
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build());
    }

    private JsonNode ask(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response::body);
        return new ObjectMapper().readTree(response.body());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:%d/stats/%s".formatted(port, path));
    }
}
