package org.skyway.experiments.figures;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.MachineLoad;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Measurement;
import org.skyway.experiments.report.Progress;
import org.skyway.experiments.report.Results;
import org.skyway.experiments.yardstick.Yardstick;

/// A run of one or more experiments: what they share. One thread.
final class MeasuredSession implements AutoCloseable {
    /// For so long the look after one round is also the look before the next.
    private static final long FRESH_NANOS = 1_000_000_000L;

    private Plan plan;
    private final Progress progress;
    private final Results results = new Results();
    private final RunFolder folder = new RunFolder();
    private final Chronicle chronicle;
    private final Yardstick yardstick; // null where there is one core only
    private final List<String> notes = new ArrayList<>();
    private double lastRing = Double.NaN; // Mpps
    private long lastRingNanos;

    /// A value and what the machine was like meanwhile.
    record Framed<T>(T value, Conditions conditions) {}

    /// @param plan what to do
    /// @param out where results go; there already
    /// @param progress told of every step
    MeasuredSession(Plan plan, Path out, Progress progress) {
        this.plan = plan;
        this.progress = progress;
        try {
            chronicle = new Chronicle(out.resolve("log.txt"));
            yardstick = plan.cores() < 2 ? null : new Yardstick(folder.path(), 0, 1);
        } catch (IOException e) {
            folder.close();
            throw new ExperimentException("can't write to " + out + ": " + e, e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    Plan plan() {
        return plan;
    }

    /// Goes on with another plan.
    void plan(Plan next) {
        plan = next;
    }

    Results results() {
        return results;
    }

    /// What its programs say goes here.
    Chronicle chronicle() {
        return chronicle;
    }

    /// The same for something that prints.
    ///
    /// @param who prints
    PrintStream log(String who) {
        Consumer<String> lines = chronicle.of(who);
        return new PrintStream(
                new OutputStream() {
                    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

                    @Override
                    public void write(int b) {
                        if (b == '\n') {
                            lines.accept(line.toString(StandardCharsets.UTF_8));
                            line.reset();
                        } else {
                            line.write(b);
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    /// A folder that is gone afterwards.
    Path scratch() {
        return folder.path();
    }

    /// A new folder within it.
    ///
    /// @param prefix of its name
    Path scratch(String prefix) {
        try {
            return Files.createTempDirectory(scratch(), prefix);
        } catch (IOException e) {
            throw new ExperimentException("can't make a folder: " + e, e);
        }
    }

    /// The reference in C.
    ///
    /// @return null where there is one core only
    Yardstick yardstick() {
        return yardstick;
    }

    /// How programs were started, for the report.
    void note(String command) {
        if (!notes.contains(command)) {
            notes.add(command);
        }
    }

    List<String> notes() {
        return notes;
    }

    /// Measures between two looks at the yardstick.
    ///
    /// @param ours programs whose load is not that of others
    /// @param pollers those of them that poll though nothing comes; they rest meanwhile
    /// @param measure what to do
    <T> Framed<T> framed(List<Program> ours, List<Program> pollers, Supplier<T> measure) {
        boolean fresh = System.nanoTime() - lastRingNanos < FRESH_NANOS;
        double before = fresh ? lastRing : ring(pollers);
        MachineLoad load = new MachineLoad(ours);
        T value = measure.get();
        MachineLoad.Look look = load.look();
        double after = ring(pollers);
        return new Framed<>(
                value,
                new Conditions(
                        (before + after) / 2,
                        look.otherCores(),
                        look.stealShare(),
                        look.runQueue()));
    }

    private double ring(List<Program> pollers) {
        if (yardstick == null) {
            return Double.NaN;
        }
        pollers.forEach(Program::pause);
        try {
            lastRing = yardstick.ring();
            lastRingNanos = System.nanoTime();
            return lastRing;
        } finally {
            pollers.forEach(Program::resume);
        }
    }

    /// Keeps a value.
    void keep(Key key, int round, double value, Conditions conditions) {
        results.add(new Measurement(key, round, value, conditions));
    }

    /// Something is done.
    ///
    /// @param seconds that were planned for it
    /// @param next what comes now
    void advance(double seconds, String next) {
        progress.advance(seconds, next);
    }

    @Override
    public void close() {
        if (yardstick != null) {
            yardstick.close();
        }
        folder.close();
        chronicle.close();
    }
}
