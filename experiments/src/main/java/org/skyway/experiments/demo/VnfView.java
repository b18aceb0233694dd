package org.skyway.experiments.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.Program;

/// A VNF of the demo and what it last said about itself.
final class VnfView implements Middle {
    private static final Duration END_PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Program program;
    private volatile JsonNode last = JSON.createObjectNode();

    VnfView(String name, Path runDirectory, String... arguments) {
        List<String> command = new ArrayList<>(List.of("vnf"));
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("--json-stats", "--stats-interval", "1", "--linger", "5", "--rundir"));
        command.add(runDirectory.toString());
        program = Program.skyway(name, runDirectory, this::line, command.toArray(new String[0]));
    }

    private void line(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            if (node != null && node.has("ports") && !node.get("event").asText().equals("ready")) {
                last = node;
            }
        } catch (JsonProcessingException e) {
            // Not every line is statistics: warnings go to the same place, and `await` keeps them.
            return;
        }
    }

    void awaitReady() {
        program.await(
                l -> l.contains("\"event\":\"ready\""), Duration.ofSeconds(30), "it is ready");
    }

    /// A number that the VNF counts at a port.
    @Override
    public double at(String port, String field) {
        for (JsonNode p : last.path("ports")) {
            if (p.path("port").asText().equals(port)) {
                return p.path(field).asDouble();
            }
        }
        return 0;
    }

    /// A number that the VNF counts for each source that it hears, summed up.
    long ofSources(String field) {
        long sum = 0;
        for (JsonNode source : last.path("sources")) {
            sum += source.path(field).asLong();
        }
        return sum;
    }

    @Override
    public Program program() {
        return program;
    }

    @Override
    public void end() {
        program.terminate();
        program.waitFor(END_PATIENCE);
    }

    @Override
    public void close() {
        program.close();
    }
}
