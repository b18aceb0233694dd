package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.Program;

/// What programs read stays: the keys of all that `skyway ctl` and VNFs print as JSON, as
/// `json-keys.txt` has them. Whoever adds one adds a line; whoever takes one away breaks somebody's
/// program.
@Timeout(180)
class JsonKeysIT extends ChainBed {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SortedSet<String> keys = new TreeSet<>();

    private void collect(JsonNode node, String path) {
        if (node.isArray()) {
            node.forEach(item -> collect(item, path + "[]"));
        } else if (node.isObject()) {
            node.properties().forEach(p -> collect(p.getValue(), path + "." + p.getKey()));
        } else {
            keys.add(path);
        }
    }

    private void collectLines(String lines, String path) {
        lines.lines()
                .filter(l -> l.startsWith("{") || l.startsWith("["))
                .forEach(l -> {
                    try {
                        JsonNode record = JSON.readTree(l);
                        JsonNode event = record.get("event");
                        collect(record, path + (event == null ? "" : " " + event.asText()));
                    } catch (JsonProcessingException e) {
                        throw new AssertionError(l, e);
                    }
                });
    }

    private void ctl(String... words) throws IOException {
        String[] command = new String[words.length + 3];
        command[0] = Program.launcher().toString();
        command[1] = "ctl";
        System.arraycopy(words, 0, command, 2, words.length);
        command[words.length + 2] = "--json";
        JsonNode answer = JSON.readTree(Program.output(dir, command));
        collect(answer, "ctl " + String.join(" ", words));
    }

    @Test
    void areThoseThatProgramsKnow() throws Exception {
        Path statistics = dir.resolve("statistics");
        Path report = dir.resolve("report");
        Program sink =
                vnf(
                        "sink",
                        "--port",
                        "vnf2",
                        "--gaps",
                        "10",
                        "--json",
                        report.toString(),
                        "--stats-file",
                        statistics.toString(),
                        "--stats-interval",
                        "0.2");
        vnf("forward", "--ports", "vnf3,vnf4");
        ofctl("add-flow", "br0", "in_port=1,actions=output:2");
        ofctl("add-flow", "br0", "in_port=3,udp,actions=output:4");
        Program source = vnf("source", "--port", "vnf1", "--rate", "1000");
        awaitActive(1);
        ctl("mirror", "add", "m", "--from", "vnf3", "--to", "vnf4");
        for (String verb : List.of("show", "links", "stats", "log")) {
            ctl(verb);
        }
        ctl("port", "list");
        ctl("mirror", "show");
        ctl("p2p", "explain", "vnf1");
        ctl("p2p", "explain", "vnf3");
        ctl("threads", "show");
        ctl("trace", "vnf1", "ffffffffffff0200000000010800");
        source.close();
        ofctl("del-flows", "br0");
        sink.close();
        collectLines(Files.readString(statistics), "vnf sink");
        collect(JSON.readTree(Files.readString(report)), "vnf sink --json");
        collectLines(
                Program.output(dir, Program.launcher().toString(), "ctl", "events"), "ctl events");
        try (InputStream in = JsonKeysIT.class.getResourceAsStream("json-keys.txt")) {
            List<String> known =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            // What happened besides on a busy machine is told, too.
            keys.removeIf(k ->
                    !known.contains(k)
                            && (k.startsWith("ctl events ") || k.startsWith("ctl stats.faults")));
            assertEquals(String.join("\n", known), String.join("\n", keys));
        }
    }
}
