package org.skyway.experiments.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.model.SwitchOverState.Bounds;

/// The sender and the receiver of the driver in C do in every step what those of the model do.
@Timeout(300)
class TraceReplayTest {
    private static final int WAYS = 400; // and on until all steps have come
    private static final int MOST_WAYS = 20 * WAYS;

    /// Links that come, go and move, with all that may go wrong.
    private static final Bounds BOUNDS =
            new Bounds(List.of(0, -1, 0, 1, 0, -1, 1, 0), 20, 3, 1, 1, 2, 2, Set.of());

    private static final Set<String> STEPS =
            Set.of(
                    "s ABANDON",
                    "s ACKNOWLEDGE",
                    "s END",
                    "s SEND_AGAIN",
                    "s TO_BYPASS",
                    "s TO_NORMAL",
                    "r AT_LIMIT",
                    "r BEGIN",
                    "r ENDED",
                    "r PACKET",
                    "r TAKE",
                    "r WAIT");

    @TempDir Path folder;

    @Test
    void driverInCDoesWhatTheModelDoes() throws Exception {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("TraceReplayTest seed " + seed + " (-Dskyway.seed=…)");
        List<String> lines = new ArrayList<>();
        Random random = new Random(seed);
        Map<String, Integer> steps = new TreeMap<>();
        int ways = 0;
        while (ways < WAYS || !steps.keySet().containsAll(STEPS) && ways < MOST_WAYS) {
            List<String> way = Traces.draw(BOUNDS, random);
            for (String line : way) {
                int at = line.indexOf('#');
                if (at >= 0) {
                    steps.merge(line.charAt(0) + line.substring(at + 1), 1, Integer::sum);
                }
            }
            lines.addAll(way);
            ways++;
        }
        System.out.println("TraceReplayTest: " + steps);
        assertTrue(steps.keySet().containsAll(STEPS), () -> "steps that never came: " + steps);
        String said = replay(lines);
        assertEquals("%d ways, %d lines".formatted(ways, lines.size()), said.strip());
    }

    private String replay(List<String> lines) throws IOException, InterruptedException {
        Path sources = Path.of(System.getProperty("skyway.home", ".."), "dpdkr-pmd", "dpdk");
        Path out = sources.resolveSibling("target").resolve("dpdk-test-address").normalize();
        Path program = out.resolve("trace_replay");
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/cc"))
                        && Files.isExecutable(Path.of("/usr/bin/make")),
                "there is no C compiler or no make; apt-get install gcc libc6-dev make");
        run(
                null,
                "make",
                "-s",
                "-C",
                sources.toString(),
                "OUT=../target/dpdk-test-address",
                "CHECK=address,undefined",
                "CFLAGS=-O1 -g -fno-sanitize-recover=all",
                "../target/dpdk-test-address/trace_replay");
        Path trace = folder.resolve("trace");
        Files.write(trace, lines);
        return run(trace, program.toString());
    }

    private String run(Path input, String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        Process process = builder.start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output);
        assertTrue(ended, () -> List.of(command) + " did not end: " + said);
        assertEquals(0, process.waitFor(), () -> List.of(command) + ": " + said);
        return said;
    }
}
