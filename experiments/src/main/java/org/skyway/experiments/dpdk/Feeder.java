package org.skyway.experiments.dpdk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.process.Dialogue;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.yardstick.CProgram;

/// A DPDK program of ours that owns two ports, sends given frames and measures what comes back: see
/// `feeder.c`. The same on every switch. One thread.
public final class Feeder implements AutoCloseable {
    /// The program's name.
    public static final String NAME = "feeder";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern ANSWER =
            Pattern.compile(
                    "sent (\\d+) received (\\d+) mpps ([0-9.]+) p50 (\\d+) p90 (\\d+) p99 (\\d+) p999 (\\d+) max (\\d+) cycles ([0-9.]+)");

    private final Dialogue dialogue;

    /// What came of a run.
    ///
    /// @param sent packets, both ways
    /// @param received packets
    /// @param mpps that arrived at a port while it counted
    /// @param p50 latency in nanoseconds
    /// @param p90 latency
    /// @param p99 latency
    /// @param p999 latency
    /// @param cycles of the feeder's thread for a packet that arrived
    public record Run(
            long sent,
            long received,
            double mpps,
            long p50,
            long p90,
            long p99,
            long p999,
            double cycles) {}

    /// Builds the program.
    ///
    /// @param folder for source and program
    /// @return the program
    public static Path build(Path folder) {
        List<String> flags = new ArrayList<>();
        for (String word :
                Program.output(folder, "pkg-config", "--cflags", "--libs", "libdpdk")
                        .strip()
                        .split("\\s+")) {
            flags.add(word);
        }
        return CProgram.build(Feeder.class, NAME, folder, flags);
    }

    /// Why it can't be built.
    ///
    /// @return null if nothing is in the way, else what, and what to do
    public static String missing() {
        String missing = CProgram.missing(NAME);
        return missing != null
                ? missing
                : CProgram.onPath("pkg-config")
                                && java.nio.file.Files.exists(
                                        Path.of("/usr/include/dpdk/rte_ethdev.h"))
                        ? null
                        : "DPDK's headers are missing; apt-get install libdpdk-dev pkg-config";
    }

    /// Starts one.
    ///
    /// @param program from [#build]
    /// @param folder its working folder
    /// @param log gets what it says
    /// @param eal EAL arguments, with two devices
    public Feeder(Path program, Path folder, Consumer<String> log, List<String> eal) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(eal);
        dialogue =
                new Dialogue(
                        NAME,
                        folder,
                        log,
                        command,
                        DpdkDriver.environment(),
                        line ->
                                line.startsWith("sent ")
                                        || line.startsWith("loaded")
                                        || line.startsWith("error "),
                        PATIENCE);
        dialogue.awaitReady("feeder ready", PATIENCE);
    }

    /// Loads what to send.
    ///
    /// @param file see `feeder.c`
    public void frames(Path file) {
        dialogue.ask("frames " + file);
    }

    /// Sends.
    ///
    /// @param mpps each way; 0 for flat out
    /// @param settleSeconds before it counts
    /// @param seconds that count
    /// @param both whether from both ports
    /// @return what came of it
    public Run run(double mpps, double settleSeconds, double seconds, boolean both) {
        String answer =
                dialogue.ask(
                        "run %.0f %d %d %d"
                                .formatted(
                                        mpps * 1e6,
                                        (long) (settleSeconds * 1e3),
                                        (long) (seconds * 1e3),
                                        both ? 1 : 0));
        Matcher m = ANSWER.matcher(answer);
        if (!m.matches()) {
            throw new ExperimentException("the feeder answers with: " + answer);
        }
        return new Run(
                Long.parseLong(m.group(1)),
                Long.parseLong(m.group(2)),
                Double.parseDouble(m.group(3)),
                Long.parseLong(m.group(4)),
                Long.parseLong(m.group(5)),
                Long.parseLong(m.group(6)),
                Long.parseLong(m.group(7)),
                Double.parseDouble(m.group(9)));
    }

    /// Its process.
    ///
    /// @return the program
    public Program program() {
        return dialogue.program();
    }

    @Override
    public void close() {
        dialogue.close();
    }
}
