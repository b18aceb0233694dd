package org.skyway.experiments.tester;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.process.Conversation;
import org.skyway.experiments.process.Dialogue;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.SocketDialogue;

/// A tester, `skyway vnf tester`, seen from the experiment. One thread.
public final class Tester implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Conversation conversation;
    private final Program program; // null for one in a guest

    /// Counters at one time.
    ///
    /// @param nanos when
    /// @param rx packets received, by port
    /// @param tx packets sent, by port
    public record Mark(long nanos, long[] rx, long[] tx) {}

    /// What came of a round at a port.
    ///
    /// @param sent packets
    /// @param received packets
    /// @param p50 of latency, in nanoseconds; 0 if nothing came
    /// @param p90 of latency
    /// @param p99 of latency
    /// @param p999 of latency
    /// @param max latency
    /// @param reordered packets and duplicates; there should be none
    public record Report(
            long sent,
            long received,
            long p50,
            long p90,
            long p99,
            long p999,
            long max,
            long reordered) {}

    /// One in a guest.
    ///
    /// @param name for messages
    /// @param socket of its virtio-serial port
    public Tester(String name, Path socket) {
        this.name = name;
        program = null;
        conversation = new SocketDialogue(name, socket, START_PATIENCE);
        try {
            ask("hello");
        } catch (RuntimeException e) {
            conversation.close();
            throw e;
        }
    }

    /// Starts one in a process of its own, and waits until it has its ports.
    ///
    /// @param runDirectory of the switch
    /// @param prefix a program to run it under and its arguments; empty for none
    /// @param ports to own
    /// @param core to run on; null for any
    /// @param idle spin, yield or backoff
    public Tester(
            Path runDirectory, List<String> prefix, List<String> ports, Integer core, String idle) {
        name = "tester of " + String.join(", ", ports);
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        "env",
                        "SKYWAY_JAVA_OPTS=-XX:+UseSerialGC -Xmx512m",
                        Program.launcher().toString(),
                        "vnf",
                        "tester",
                        "--rundir",
                        runDirectory.toString(),
                        "--ports",
                        String.join(",", ports),
                        "--idle",
                        idle,
                        "--stats-interval",
                        "0"));
        if (core != null) {
            command.addAll(List.of("--core", core.toString()));
        }
        Dialogue dialogue =
                new Dialogue(
                        name,
                        runDirectory,
                        _ -> {},
                        command,
                        Map.of(),
                        line -> line.startsWith("{"),
                        PATIENCE);
        dialogue.awaitReady("tester is ready on " + String.join(", ", ports), START_PATIENCE);
        conversation = dialogue;
        program = dialogue.program();
    }

    private JsonNode ask(String command) {
        String answer = conversation.ask(command);
        try {
            JsonNode node = JSON.readTree(answer);
            if (node.has("error")) {
                throw new ExperimentException(
                        "%s answers \"%s\" with %s".formatted(name, command, answer));
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ExperimentException(name + " says no JSON: " + answer, e);
        }
    }

    /// Sends and receives at a port from the next [#go] on.
    ///
    /// @param port its index
    /// @param rate packets a second; 0 for flat out
    /// @param flows to send in turn
    /// @param size of frames, see `skyway vnf source`
    public void exchange(int port, double rate, int flows, String size) {
        ask("start %d exchange %.3f %d %s".formatted(port, rate, flows, size));
    }

    /// Sends the same frames and copies out what comes from the next [#go] on, flat out.
    ///
    /// @param port its index
    /// @param size of frames, a number
    public void flood(int port, String size) {
        ask("start %d flood 0 1 %s".formatted(port, size));
    }

    /// Only receives at a port from the next [#go] on.
    ///
    /// @param port its index
    public void sink(int port) {
        ask("start " + port + " sink");
    }

    /// Sends back what comes from the next [#go] on.
    ///
    /// @param port its index
    public void reflect(int port) {
        ask("start " + port + " reflect");
    }

    /// Begins.
    public void go() {
        ask("go");
    }

    /// Reads the counters.
    ///
    /// @return all ports'
    public Mark mark() {
        return mark(ask("mark"));
    }

    /// Ends sending; what comes is still taken.
    ///
    /// @return the counters then
    public Mark stop() {
        return mark(ask("stop"));
    }

    private static Mark mark(JsonNode node) {
        return new Mark(
                node.get("nanos").asLong(), numbers(node.get("rx")), numbers(node.get("tx")));
    }

    private static long[] numbers(JsonNode list) {
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = list.get(i).asLong();
        }
        return numbers;
    }

    /// Ends the round.
    ///
    /// @return what came of it, for each port that had something to do, in that order
    public List<Report> report() {
        List<Report> reports = new ArrayList<>();
        for (JsonNode port : ask("report").get("ports")) {
            JsonNode latency = port.path("latencyNanos");
            long reordered = 0;
            for (JsonNode source : port.path("sources")) {
                reordered += source.get("reordered").asLong() + source.get("duplicates").asLong();
            }
            reports.add(
                    new Report(
                            port.get("sent").asLong(),
                            port.get("received").asLong(),
                            latency.path("p50").asLong(),
                            latency.path("p90").asLong(),
                            latency.path("p99").asLong(),
                            latency.path("p999").asLong(),
                            latency.path("max").asLong(),
                            reordered));
        }
        return reports;
    }

    /// Its process.
    ///
    /// @return the program; null if it runs in a guest
    public Program program() {
        return program;
    }

    @Override
    public void close() {
        conversation.close();
    }
}
