package org.skyway.pmd.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Builds the test programs of the driver's core in C, and runs them.
final class CCore {
    private static final Path SOURCES = Path.of("dpdk");

    /// How a program is built.
    enum Build {
        PLAIN("", "-O2 -g"),
        ADDRESS("address,undefined", "-O1 -g -fno-sanitize-recover=all"),
        THREAD("thread", "-O0 -g"); // optimised, gcc leaves copies of constant length out

        private final String check;
        private final String flags;

        Build(String check, String flags) {
            this.check = check;
            this.flags = flags;
        }

        private String out() {
            return "../target/dpdk-test-" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private CCore() {}

    /// Builds what is stale.
    ///
    /// @return the program
    static Path program(Build build, String name) throws IOException, InterruptedException {
        assumeTrue(
                has("cc") && has("make"),
                "there is no C compiler or no make; apt-get install gcc libc6-dev make");
        make("OUT=" + build.out(), "CHECK=" + build.check, "CFLAGS=" + build.flags, "tests");
        return SOURCES.resolve(build.out()).resolve(name).normalize();
    }

    static String make(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("make", "-s", "-C", SOURCES.toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /// Runs a program to its end.
    ///
    /// @return what it printed
    static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("ccore", ".log");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().put("TSAN_OPTIONS", "halt_on_error=1");
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(300, TimeUnit.SECONDS);
            process.destroyForcibly();
            String said = Files.readString(output, StandardCharsets.UTF_8);
            assertTrue(ended, () -> command + " did not end: " + said);
            assertEquals(0, process.waitFor(), () -> command + ": " + said);
            return said;
        } finally {
            Files.delete(output);
        }
    }

    private static boolean has(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
