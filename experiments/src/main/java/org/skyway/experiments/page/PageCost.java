package org.skyway.experiments.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import org.skyway.experiments.bed.Spread;
import org.skyway.experiments.bed.Verdicts;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.MachineLoad;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.process.ThreadClock;
import org.skyway.experiments.report.MachineFacts;
import org.skyway.vswitch.daemon.ControlClient;

/// Rounds without watchers and with them in turn, beside packets that go through the switch as fast
/// as it takes them: so its poll thread has always something to do, and its processor time by
/// packets is what one costs. One thread.
final class PageCost implements AutoCloseable {
    /// What watchers may cost.
    static final double MOST_MILLIS = 50;

    /// What a packet may cost beside them, in what it costs without.
    static final double MOST_RATIO = 1.1;

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String PAGE = "skyway: the live page is ";
    private static final double WARM_UP_SECONDS = 3;

    private final PrintStream out;
    private final int watchers;
    private final double seconds;
    private final RunFolder folder = new RunFolder();
    private final List<Program> started = new ArrayList<>();
    private final CompletableFuture<String> url = new CompletableFuture<>();
    private final MachineLoad others;

    /// What a round showed.
    ///
    /// @param page milliseconds of processor time a second of the page's threads
    /// @param rest the same of all others of the switch but its poll thread
    /// @param cycles of the poll thread for a packet
    /// @param otherCores what others had of the machine
    private record Round(double page, double rest, double cycles, double otherCores) {}

    PageCost(int watchers, double seconds, PrintStream out) {
        this.watchers = watchers;
        this.seconds = seconds;
        this.out = out;
        try {
            start(
                    "vswitchd",
                    "vswitchd",
                    "--bridge",
                    "br0",
                    "--http",
                    "127.0.0.1:0",
                    "--no-bypass",
                    "--fail-mode",
                    "standalone",
                    "--port",
                    "1:dpdkr:left",
                    "--port",
                    "2:dpdkr:right");
            start("sink", "vnf", "sink", "--port", "right");
            start("source", "vnf", "source", "--port", "left");
            others = new MachineLoad(started);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void start(String name, String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--rundir", folder.path().toString()));
        Program p = Program.skyway(name, folder.path(), this::line, words.toArray(String[]::new));
        started.add(p);
        p.await(l -> l.contains("ready"), PATIENCE, "it is ready");
    }

    private void line(String line) {
        if (line.startsWith(PAGE)) {
            url.complete(line.substring(PAGE.length()));
        }
    }

    private String url() {
        try {
            return url.get(1, TimeUnit.SECONDS); // it was said before the switch was ready
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new ExperimentException("the switch did not say where its page is", e);
        }
    }

    /// Measures.
    ///
    /// @param rounds of each kind
    /// @return the verdicts, printed already
    Verdicts run(int rounds) {
        List<Round> without = new ArrayList<>();
        List<Round> with = new ArrayList<>();
        long least = Long.MAX_VALUE;
        out.printf(
                "%-7s %9s %12s %12s %14s %8s%n",
                "round", "watchers", "page ms/s", "rest ms/s", "cycles/packet", "others");
        round(WARM_UP_SECONDS);
        for (int i = 1; i <= rounds; i++) {
            without.add(tell(i, 0, round(seconds)));
            try (Audience audience = Audience.of(url(), watchers)) {
                audience.awaitBytes(); // the first is more than an ordinary one
                long[] before = audience.sent();
                with.add(tell(i, watchers, round(seconds)));
                audience.awaitBytes();
                long[] after = audience.sent();
                for (int k = 0; k < after.length; k++) {
                    least = Math.min(least, after[k] - before[k]);
                }
            }
        }
        Verdicts verdicts = new Verdicts();
        double page = median(with, Round::page);
        double rest = median(with, Round::rest) - median(without, Round::rest);
        verdicts.judge(
                "processor time of the page's threads",
                page <= MOST_MILLIS,
                "%.1f ms a second with %d watchers (%s), at most %.0f; %.1f without"
                        .formatted(
                                page,
                                watchers,
                                range(with, Round::page),
                                MOST_MILLIS,
                                median(without, Round::page)));
        double cycles = median(with, Round::cycles);
        double quiet = median(without, Round::cycles);
        verdicts.judge(
                "cycles of the poll thread for a packet",
                cycles <= MOST_RATIO * quiet,
                "%.0f with (%s), %.0f without (%s), at most %.1f times as many"
                        .formatted(
                                cycles,
                                range(with, Round::cycles),
                                quiet,
                                range(without, Round::cycles),
                                MOST_RATIO));
        verdicts.judge(
                "watchers are told",
                least > 0,
                "each was sent %,d bytes or more a round".formatted(least));
        verdicts.print(out);
        out.printf("The switch's other threads but the poll thread: %+.1f ms a second.%n", rest);
        double busy = median(with, Round::otherCores);
        out.printf(
                "Others had %.1f of %d cores meanwhile%s.%n",
                busy,
                Runtime.getRuntime().availableProcessors(),
                busy > 0.5 ? ", so these figures say little" : "");
        return verdicts;
    }

    private Round tell(int number, int count, Round r) {
        out.printf(
                "%-7d %9d %12.1f %12.1f %14.0f %8.1f%n",
                number, count, r.page, r.rest, r.cycles, r.otherCores);
        return r;
    }

    private Round round(double length) {
        Program vswitch = started.getFirst();
        long pid = vswitch.pid();
        others.look();
        long packets = packets();
        long page = ThreadClock.sum(pid, "http");
        long poll = ThreadClock.sum(pid, "poll-");
        long all = vswitch.cpu().toNanos();
        long since = System.nanoTime();
        Pause.millis(Math.round(length * 1000));
        long pollNanos = ThreadClock.sum(pid, "poll-") - poll;
        long pageNanos = ThreadClock.sum(pid, "http") - page;
        long allNanos = vswitch.cpu().toNanos() - all;
        double wall = (System.nanoTime() - since) / 1e9;
        long moved = packets() - packets;
        if (moved <= 0) {
            throw new ExperimentException("no packet came through the switch in a round");
        }
        return new Round(
                pageNanos / 1e6 / wall,
                (allNanos - pollNanos - pageNanos) / 1e6 / wall,
                pollNanos * MachineFacts.tscMegahertz() / 1e3 / moved,
                others.look().otherCores());
    }

    private long packets() {
        try (ControlClient control = new ControlClient(folder.path())) {
            long sum = 0;
            for (JsonNode port : control.ask(ControlClient.request("stats")).get("ports")) {
                sum += port.get("rxPackets").asLong();
            }
            return sum;
        }
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> what) {
        return Spread.of(rounds.stream().mapToDouble(what)).median();
    }

    private static String range(List<Round> rounds, ToDoubleFunction<Round> what) {
        Spread s = Spread.of(rounds.stream().mapToDouble(what));
        return "%.1f to %.1f".formatted(s.min(), s.max());
    }

    @Override
    public void close() {
        started.reversed().forEach(Program::close);
        folder.close();
    }
}
