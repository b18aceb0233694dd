package org.skyway.experiments.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.process.Program;

/// A VNF program as users have it, and the report that it leaves. One thread.
public final class HonestVnf implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String port;
    private final Path report;
    private final Program program;
    private JsonNode last;

    private HonestVnf(String port, Path report, Program program) {
        this.port = port;
        this.report = report;
        this.program = program;
    }

    /// What came of the packets of a source at a sink.
    ///
    /// @param packets that came
    /// @param lost of them
    /// @param duplicates of them
    /// @param reordered of them
    public record Stream(long packets, long lost, long duplicates, long reordered) {}

    /// Starts one, and waits until it has its port.
    ///
    /// @param directory of the switch
    /// @param chronicle where its lines go
    /// @param verb `source`, `sink` or `exchange`
    /// @param port whose
    /// @param more further arguments
    /// @return the VNF
    public static HonestVnf start(
            Path directory, Chronicle chronicle, String verb, String port, String... more) {
        return start(directory, chronicle, Map.of(), verb, port, more);
    }

    /// Starts one by another program, which it takes the place of, and waits until it has its port.
    ///
    /// @param within that program and its arguments
    /// @param directory of the switch
    /// @param chronicle where its lines go
    /// @param verb `source`, `sink` or `exchange`
    /// @param port whose
    /// @param more further arguments
    /// @return the VNF
    public static HonestVnf startWithin(
            List<String> within,
            Path directory,
            Chronicle chronicle,
            String verb,
            String port,
            String... more) {
        return start(within, directory, chronicle, Map.of(), verb, port, more);
    }

    /// Starts one, and waits until it has its port.
    ///
    /// @param directory of the switch
    /// @param chronicle where its lines go
    /// @param environment more variables for it
    /// @param verb `source`, `sink` or `exchange`
    /// @param port whose
    /// @param more further arguments
    /// @return the VNF
    public static HonestVnf start(
            Path directory,
            Chronicle chronicle,
            Map<String, String> environment,
            String verb,
            String port,
            String... more) {
        return start(List.of(), directory, chronicle, environment, verb, port, more);
    }

    private static HonestVnf start(
            List<String> within,
            Path directory,
            Chronicle chronicle,
            Map<String, String> environment,
            String verb,
            String port,
            String... more) {
        Path report = directory.resolve("report-" + port + ".json");
        List<String> command = new ArrayList<>(within);
        String launcher = Program.launcher().toAbsolutePath().toString();
        command.addAll(List.of(launcher, "vnf", verb, "--port", port));
        command.addAll(
                List.of(
                        "--rundir",
                        directory.toString(),
                        "--json",
                        report.toString(),
                        "--linger",
                        "3"));
        command.addAll(List.of(more));
        if (!command.contains("--stats-interval")) {
            command.addAll(List.of("--stats-interval", "5"));
        }
        if (!command.contains("--idle")) {
            command.addAll(List.of("--idle", "rest"));
        }
        String name = verb + " " + port;
        Program p = Program.start(name, directory, chronicle.of(name), command, environment);
        try {
            p.await(l -> l.contains("ready"), Duration.ofSeconds(60), "it is ready");
            return new HonestVnf(port, report, p);
        } catch (RuntimeException e) {
            p.close();
            throw e;
        }
    }

    /// The port's name.
    ///
    /// @return the name
    public String port() {
        return port;
    }

    /// Whether it runs.
    ///
    /// @return true if so
    public boolean isAlive() {
        return program.isAlive();
    }

    /// Tells it to stop, without waiting: it sends no more, and takes for a while what comes.
    public void terminate() {
        program.terminate();
    }

    /// Its process.
    ///
    /// @return the program
    public Program program() {
        return program;
    }

    /// What it said of itself. After [#stop].
    ///
    /// @return its report
    public JsonNode report() {
        return last;
    }

    /// Tells it to stop, and waits until it has. What a source has sent by then, it has counted.
    ///
    /// @return its exit status; -1 if it left no report
    public int stop() {
        program.terminate();
        int status = program.waitFor(Duration.ofSeconds(60));
        try {
            last = JSON.readTree(report.toFile());
            return status;
        } catch (IOException e) {
            last = JSON.createObjectNode();
            return -1;
        }
    }

    /// How many packets it sent. After [#stop].
    ///
    /// @return packets
    public long sent() {
        return last.path("ports").path(0).path("txPackets").asLong();
    }

    /// How many packets it got, whosever they were. After [#stop].
    ///
    /// @return packets
    public long received() {
        return last.path("ports").path(0).path("rxPackets").asLong();
    }

    /// How many bytes it sent. After [#stop].
    ///
    /// @return bytes
    public long sentBytes() {
        return last.path("ports").path(0).path("txBytes").asLong();
    }

    /// How many bytes it got. After [#stop].
    ///
    /// @return bytes
    public long receivedBytes() {
        return last.path("ports").path(0).path("rxBytes").asLong();
    }

    /// How many packets came changed. After [#stop].
    ///
    /// @return packets
    public long corrupt() {
        return last.path("corrupt").asLong();
    }

    /// What came of a source. After [#stop].
    ///
    /// @param id the source's
    /// @return its stream; all zeros if nothing came
    public Stream from(int id) {
        for (JsonNode s : last.path("sources")) {
            if (s.get("id").asInt() == id) {
                long first = s.get("first").asLong(); // what is missing before it is lost, too
                return new Stream(
                        s.get("packets").asLong(),
                        s.get("lost").asLong() + first,
                        s.get("duplicates").asLong(),
                        s.get("reordered").asLong());
            }
        }
        return new Stream(0, 0, 0, 0);
    }

    @Override
    public void close() {
        program.close();
    }
}
