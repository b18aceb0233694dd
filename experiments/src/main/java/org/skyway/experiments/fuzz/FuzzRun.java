package org.skyway.experiments.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One run of Jazzer, in a JVM of its own: it instruments what is fuzzed.
///
/// @param target what
/// @param folder gets the corpus and, if something is found, the input that did it
/// @param seconds how long
/// @param seed where its random numbers begin; 0 for somewhere else each time
record FuzzRun(FuzzTarget target, Path folder, long seconds, int seed) {
    private static final long START_AND_END_SECONDS = 240;

    /// Runs it.
    ///
    /// @return whether nothing was found
    /// @throws IOException if it can't be run
    boolean run() throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve(target.toString()));
        plant(corpus);
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+EnableDynamicAgentLoading",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.entry.getName(),
                        "--instrumentation_includes=" + target.instrumented,
                        "--custom_hook_excludes=**",
                        "-seed=" + seed,
                        "-max_total_time=" + seconds,
                        "-max_len=" + target.longestInput,
                        "-timeout=60",
                        "-rss_limit_mb=4096",
                        corpus.toAbsolutePath().toString()));
        Path log = folder.resolve(target + ".log");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!process.waitFor(seconds + START_AND_END_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        "fuzzing %s did not end after %d s".formatted(target, seconds));
            }
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        String last =
                lines.reversed().stream()
                        .filter(l -> l.matches("#\\d+\\s.*"))
                        .findFirst()
                        .orElse("");
        System.out.printf("fuzz %s: %s%n", target, last);
        if (process.exitValue() != 0) {
            lines.stream()
                    .filter(l -> !l.startsWith("#") && !l.startsWith("INFO"))
                    .forEach(System.out::println);
        }
        return process.exitValue() == 0;
    }

    private void plant(Path corpus) throws IOException {
        int count = 0;
        for (byte[] seed : FuzzSeeds.read(target.seeds())) {
            Files.write(corpus.resolve("seed-%03d".formatted(count++)), seed);
        }
    }
}
