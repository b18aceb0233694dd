package org.skyway.experiments.dpdk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// A stock `testpmd` that is told on its standard input what to do. One thread at a time.
public final class Testpmd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern FIGURE = Pattern.compile("([A-Za-z_-]+): +([0-9]+)");
    private static final String LAST_STATISTIC = "Tx-bps";
    private static final String LAST_XSTATISTIC = "reconnections";

    /// The program's name.
    public static final String PROGRAM = "dpdk-testpmd";

    private final Program program;
    private final List<String> answer = new ArrayList<>(); // guarded by itself

    private Testpmd(String name, Path runDirectory, Consumer<String> onLine, List<String> command) {
        program =
                Program.start(
                        name,
                        runDirectory,
                        line -> {
                            synchronized (answer) {
                                answer.add(line);
                                answer.notifyAll();
                            }
                            onLine.accept(name + ": " + line);
                        },
                        command,
                        DpdkDriver.environment());
    }

    /// Starts one; its ports are up, or down if they wait, and it forwards nothing yet.
    ///
    /// @param name for messages
    /// @param runDirectory the switch's
    /// @param onLine gets each line of its output, on a thread of its own
    /// @param core what it forwards on
    /// @param mode what it does: `io`, `mac`, `txonly`, `rxonly`, …
    /// @param devices a `--vdev` each; port n of testpmd is number n
    /// @return the running program
    public static Testpmd start(
            String name,
            Path runDirectory,
            Consumer<String> onLine,
            int core,
            String mode,
            String... devices) {
        return start(
                name,
                runDirectory,
                onLine,
                DpdkDriver.command(PROGRAM, core, devices),
                "--forward-mode=" + mode);
    }

    /// Starts one.
    ///
    /// @param name for messages
    /// @param runDirectory the switch's
    /// @param onLine gets each line of its output, on a thread of its own
    /// @param beginning from [DpdkDriver#command]
    /// @param options more of testpmd
    /// @return the running program
    public static Testpmd start(
            String name,
            Path runDirectory,
            Consumer<String> onLine,
            List<String> beginning,
            String... options) {
        // Else what it says stays in its buffer.
        List<String> command = new ArrayList<>(List.of("stdbuf", "-oL"));
        command.addAll(beginning);
        command.addAll(List.of("--", "-i", "--nb-cores=1", "--txpkts=64", "--burst=32"));
        command.addAll(List.of("--no-mlockall", "--total-num-mbufs=16384"));
        command.addAll(List.of("--rxd=1024", "--txd=1024", "--no-lsc-interrupt"));
        command.addAll(List.of(options));
        Testpmd testpmd = new Testpmd(name, runDirectory, onLine, command);
        try {
            // It says no more before it listens; what it is told is read when it does.
            testpmd.program.await(
                    l -> l.contains("Checking link statuses"), PATIENCE, "it has its ports");
        } catch (RuntimeException e) {
            testpmd.close();
            throw e;
        }
        return testpmd;
    }

    /// Cycles of its core that it took for a packet while it forwarded last; it stops. It must have
    /// been started with `--record-core-cycles`.
    ///
    /// @return cycles, of sending and receiving together; infinite if there was no packet
    public double cyclesPerPacket() {
        synchronized (answer) {
            answer.clear();
        }
        tell("stop");
        for (String line : await("CPU cycles/packet=")) {
            if (line.contains("CPU cycles/packet=")) {
                return line.contains("=INF")
                        ? Double.POSITIVE_INFINITY
                        : Double.parseDouble(
                                line.replaceAll(".*CPU cycles/packet=([0-9.]+).*", "$1"));
            }
        }
        return Double.NaN;
    }

    /// Tells it something.
    ///
    /// @param command one line
    public void tell(String command) {
        program.say(command);
    }

    /// Counters of a port.
    ///
    /// @param port its number in testpmd
    /// @return by testpmd's names, like `RX-packets`
    public Map<String, Long> statistics(int port) {
        return figures("show port stats " + port, LAST_STATISTIC);
    }

    /// All counters of a port, the driver's own included.
    ///
    /// @param port its number in testpmd
    /// @return by DPDK's names, like `rx_good_packets` and `tx_bypass_packets`
    public Map<String, Long> extendedStatistics(int port) {
        return figures("show port xstats " + port, LAST_XSTATISTIC);
    }

    /// Whether a port's link is up.
    ///
    /// @param port its number in testpmd
    /// @return `up` or `down`
    public String linkStatus(int port) {
        synchronized (answer) {
            answer.clear();
        }
        tell("show port info " + port);
        for (String line : await("Link status: ")) {
            if (line.contains("Link status: ")) {
                return line.replaceAll(".*Link status: ", "").trim();
            }
        }
        return "";
    }

    private Map<String, Long> figures(String question, String last) {
        synchronized (answer) {
            answer.clear();
        }
        tell(question);
        Map<String, Long> figures = new LinkedHashMap<>();
        for (String line : await(last)) {
            Matcher figure = FIGURE.matcher(line);
            while (figure.find()) {
                figures.put(figure.group(1), Long.valueOf(figure.group(2)));
            }
        }
        return figures;
    }

    private List<String> await(String words) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (answer) {
            while (answer.stream().noneMatch(l -> l.contains(words))) {
                if (System.nanoTime() - deadline > 0 || !program.isAlive()) {
                    throw new ExperimentException(
                            "testpmd did not answer with %s; it said:%n%s"
                                    .formatted(words, String.join("\n", answer)));
                }
                try {
                    answer.wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new ExperimentException("interrupted while waiting for testpmd", e);
                }
            }
            return List.copyOf(answer);
        }
    }

    /// The process.
    ///
    /// @return for signals
    public Program program() {
        return program;
    }

    /// Ends it as a person would, and waits for that.
    ///
    /// @return its exit status
    public int quit() {
        tell("stop");
        tell("quit");
        return program.waitFor(PATIENCE);
    }

    @Override
    public void close() {
        program.close();
    }
}
