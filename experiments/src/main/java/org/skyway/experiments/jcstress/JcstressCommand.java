package org.skyway.experiments.jcstress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `skyway experiment jcstress`: runs the jcstress tests with jcstress' own options.
@Command(
        name = "jcstress",
        description = {
            "Runs jcstress tests of what one thread hands another; takes jcstress' own options, for",
            "instance -t Ring -m stress. Those of the package broken must fail."
        })
public final class JcstressCommand implements Callable<Integer> {
    /// Few states at a time, because each has memory of its own: see [Slab].
    private static final List<String> FEW_STATES =
            List.of("-strideSize", "16", "-strideCount", "16");

    private static final String JVM_OPTIONS =
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"
                    + " --enable-native-access=ALL-UNNAMED"
                    + " --sun-misc-unsafe-memory-access=allow";

    /// Tests that must pass.
    static final String SOUND = "experiments\\.jcstress\\.[A-Z]";

    /// Tests that must fail.
    static final String BROKEN = "experiments\\.jcstress\\.broken\\.";

    // Taken as they are: they are for jcstress to understand.
    @Unmatched private List<String> options = new ArrayList<>();

    /// For picocli.
    public JcstressCommand() {}

    @Override
    public Integer call() throws Exception {
        List<String> all = new ArrayList<>();
        if (!options.contains("-t")) {
            all.addAll(List.of("-t", SOUND));
        }
        all.addAll(options);
        Path results = Files.createTempDirectory("skyway-jcstress-");
        return run(all, results, Long.MAX_VALUE).exitCode();
    }

    /// A run's end.
    ///
    /// @param exitCode 0 if no forbidden outcome was seen
    /// @param output what it printed
    record Result(int exitCode, String output) {}

    /// Runs jcstress in a JVM of its own: it wants a folder of its own to work in.
    ///
    /// @param results the folder
    /// @throws IOException if it can't be run or does not end
    static Result run(List<String> options, Path results, long seconds)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.openjdk.jcstress.Main",
                        "-r",
                        results.resolve("results").toString(),
                        "-jvmArgsPrepend",
                        JVM_OPTIONS));
        command.addAll(FEW_STATES);
        command.addAll(options);
        Path log = results.resolve("jcstress.log");
        var builder = new ProcessBuilder(command).directory(results.toFile());
        builder.redirectErrorStream(true);
        boolean bounded = seconds != Long.MAX_VALUE;
        Process process =
                (bounded ? builder.redirectOutput(log.toFile()) : builder.inheritIO()).start();
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new IOException(
                        "jcstress did not end within %d s: %s"
                                .formatted(seconds, Files.readString(log)));
            }
            return new Result(process.exitValue(), bounded ? Files.readString(log) : "");
        } finally {
            process.destroyForcibly();
        }
    }
}
