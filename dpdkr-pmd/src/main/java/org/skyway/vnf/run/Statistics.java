package org.skyway.vnf.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skyway.ivshmem.sys.Reasons;

/// Statistics of a running program, for people or as lines of JSON:
/// `{"event":"stats","program":…,"seconds":…,"ports":[{"port":…,"rxPackets":…,"rxMpps":…}]}`. The
/// events are `ready`, `stats` and `final`; rates are over the time since the last line, of `final`
/// over the whole run.
final class Statistics implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String program;
    private final Work work;
    private final boolean json;
    private final PrintStream out;
    private final PrintStream file; // null: none
    private final long startNanos = System.nanoTime();
    private final long[] lastPackets;
    private long lastNanos = startNanos;

    Statistics(String program, Work work, boolean json, Path file, PrintStream out) {
        this.program = program;
        this.work = work;
        this.json = json;
        this.out = out;
        lastPackets = new long[2 * work.ports().size()];
        try {
            this.file =
                    file == null
                            ? null
                            : new PrintStream(
                                    Files.newOutputStream(file), true, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BadInputException("can't write statistics to " + file + ": " + Reasons.of(e));
        }
    }

    void ready() {
        ObjectNode line = JSON.createObjectNode().put("event", "ready").put("program", program);
        ArrayNode ports = line.putArray("ports");
        work.ports().forEach(port -> ports.add(port.port().name()));
        print(line, program + " is ready on " + names());
    }

    void interval() {
        long now = System.nanoTime();
        ObjectNode line = report("stats", now, now - lastNanos, lastPackets, false);
        for (int i = 0; i < lastPackets.length; i += 2) {
            lastPackets[i] = work.ports().get(i / 2).rxPackets();
            lastPackets[i + 1] = work.ports().get(i / 2).txPackets();
        }
        lastNanos = now;
        print(line, text(line));
    }

    /// After the data thread has ended.
    ObjectNode last() {
        long now = System.nanoTime();
        ObjectNode line =
                report("final", now, now - startNanos, new long[lastPackets.length], true);
        print(line, text(line));
        return line;
    }

    static void write(ObjectNode report, Path file) throws IOException {
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report));
    }

    @Override
    public void close() {
        out.flush();
        if (file != null) {
            file.close();
        }
    }

    private ObjectNode report(String event, long now, long overNanos, long[] before, boolean last) {
        ObjectNode line = JSON.createObjectNode().put("event", event).put("program", program);
        line.put("seconds", (now - startNanos) / 1e9);
        ArrayNode list = line.putArray("ports");
        List<CountedPort> ports = work.ports();
        for (int i = 0; i < ports.size(); i++) {
            CountedPort port = ports.get(i);
            long rx = port.rxPackets();
            long tx = port.txPackets();
            list.addObject()
                    .put("port", port.port().name())
                    .put("rxPackets", rx)
                    .put("rxBytes", port.rxBytes())
                    .put("txPackets", tx)
                    .put("txBytes", port.txBytes())
                    .put("rxMpps", (rx - before[2 * i]) * 1e3 / overNanos)
                    .put("txMpps", (tx - before[2 * i + 1]) * 1e3 / overNanos);
        }
        work.describe(line, last);
        return line;
    }

    private void print(ObjectNode line, String text) {
        if (file != null) {
            file.println(line);
        }
        out.println(json ? line : text);
        out.flush();
    }

    private static String text(ObjectNode line) {
        var text = new StringBuilder();
        text.append(
                "%s %s after %.1f s"
                        .formatted(
                                line.get("program").asText(),
                                line.get("event").asText(),
                                line.get("seconds").asDouble()));
        line.get("ports").forEach(port -> text.append(text(port)));
        for (var field : line.properties()) {
            switch (field.getKey()) {
                case "event", "program", "seconds", "ports" -> {}
                case "flows", "sources" ->
                        field.getValue().forEach(element -> text.append("\n    ").append(element));
                default ->
                        text.append(" | ")
                                .append(field.getKey())
                                .append(' ')
                                .append(field.getValue());
            }
        }
        return text.toString();
    }

    private static String text(JsonNode port) {
        return " | %s: in %,d (%.3f Mpps), out %,d (%.3f Mpps)"
                .formatted(
                        port.get("port").asText(),
                        port.get("rxPackets").asLong(),
                        port.get("rxMpps").asDouble(),
                        port.get("txPackets").asLong(),
                        port.get("txMpps").asDouble());
    }

    private String names() {
        return String.join(", ", work.ports().stream().map(port -> port.port().name()).toList());
    }
}
