package org.skyway.experiments.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.skyway.experiments.bed.Chronicle;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// The process of the hostile VNFs, seen from outside: it is stopped for a while, killed and
/// started anew, all by the seed.
final class Villains implements AutoCloseable {
    private final Hostile.Plan plan;
    private final Path directory;
    private final Chronicle chronicle;
    private final Map<String, Integer> attacks = new TreeMap<>();
    private final SplittableRandom random;
    private Program program;
    private int started;
    private int stopped;

    Villains(Hostile.Plan plan, Path directory, Chronicle chronicle) {
        this.plan = plan;
        this.directory = directory;
        this.chronicle = chronicle;
        random = new SplittableRandom(plan.seed());
        start();
    }

    private synchronized void start() {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "env",
                                "SKYWAY_JAVA_OPTS=-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
                                Program.launcher().toString(),
                                "experiment",
                                "villain",
                                "--rundir",
                                directory.toString(),
                                "--ports",
                                "bad5,bad6",
                                "--others",
                                "vnf1,vnf2,vnf3,vnf7,nobody",
                                "--seed",
                                Long.toString(random.nextLong()),
                                "--attack",
                                Arrays.stream(plan.attacks())
                                        .map(Attack::name)
                                        .collect(Collectors.joining(","))));
        started++;
        program = Program.start("villain", directory, this::line, command);
        program.await(l -> l.contains("ready"), Duration.ofSeconds(60), "it is ready");
    }

    private void line(String line) {
        chronicle.write("villain", line);
        String[] words = line.split(" ");
        if (words.length > 4 && words[3].equals("seed")) {
            synchronized (attacks) {
                attacks.merge(words[2], 1, Integer::sum);
            }
        }
    }

    /// Stops and kills it now and then.
    ///
    /// @param over when to end
    void guard(BooleanSupplier over) throws InterruptedException {
        while (!over.getAsBoolean()) {
            sleep(random.nextInt(2000, 9000), over);
            if (over.getAsBoolean()) {
                return;
            }
            if (random.nextInt(3) != 0) {
                signal("STOP");
                stopped++;
                sleep(random.nextInt(100, 4000), over);
                signal("CONT");
            } else {
                chronicle.write("warden", "kills the villain");
                program.kill();
                start();
            }
            if (!program.isAlive()) {
                chronicle.write("warden", "the villain ended by itself");
                start();
            }
        }
    }

    private static void sleep(int millis, BooleanSupplier over) throws InterruptedException {
        for (int left = millis; left > 0 && !over.getAsBoolean(); left -= 100) {
            Thread.sleep(Math.min(left, 100));
        }
    }

    private void signal(String name) {
        chronicle.write("warden", name);
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, "" + program.pid()).start();
            kill.waitFor();
        } catch (IOException e) {
            throw new ExperimentException("can't send SIG" + name + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What was done to the switch.
    String summary() {
        synchronized (attacks) {
            int sum = attacks.values().stream().mapToInt(i -> i).sum();
            return "%d attacks of %d kinds, %d villains, stopped %d times"
                    .formatted(sum, attacks.size(), started, stopped);
        }
    }

    @Override
    public synchronized void close() { // more than once, perhaps
        if (program.isAlive()) {
            program.kill();
        }
        program.close();
    }
}
