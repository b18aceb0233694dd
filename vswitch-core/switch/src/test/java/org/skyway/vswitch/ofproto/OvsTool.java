package org.skyway.vswitch.ofproto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Runs a program of Open vSwitch's against a run directory.
final class OvsTool {
    /// What a program did.
    record Result(int status, String output) {}

    private OvsTool() {}

    /// Whether a program can be run.
    static boolean installed(String program) {
        for (String dir : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            if (Files.isExecutable(Path.of(dir, program))) {
                return true;
            }
        }
        return false;
    }

    /// Runs a program to its end, or ends it.
    ///
    /// @param seconds how long it may take; it is ended then, which is no error
    static Result run(Path runDirectory, int seconds, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("skyway-tool", ".out");
        try {
            Process p = builder(runDirectory, command).redirectOutput(out.toFile()).start();
            p.getOutputStream().close();
            int status = -1;
            if (p.waitFor(seconds, TimeUnit.SECONDS)) {
                status = p.exitValue();
            } else {
                p.destroy();
                p.waitFor();
            }
            return new Result(status, Files.readString(out, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
        }
    }

    /// A program that goes on until it is told to end.
    static final class Running implements AutoCloseable {
        private final Path out;
        private final Process process;

        /// Starts it.
        Running(Path runDirectory, String... command) throws IOException {
            out = Files.createTempFile("skyway-tool", ".out");
            process = builder(runDirectory, command).redirectOutput(out.toFile()).start();
            process.getOutputStream().close();
        }

        /// Waits until it has said something.
        ///
        /// @return whatever it has said by then, or within half a minute
        String await(Pattern what) throws IOException, InterruptedException {
            return await(what, () -> {});
        }

        /// The same, doing something again and again meanwhile.
        String await(Pattern what, Runnable meanwhile) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            String said = Files.readString(out, StandardCharsets.UTF_8);
            while (!what.matcher(said).find() && System.nanoTime() < deadline) {
                meanwhile.run();
                Thread.sleep(10);
                said = Files.readString(out, StandardCharsets.UTF_8);
            }
            return said;
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            process.onExit().join();
            Files.delete(out);
        }
    }

    private static ProcessBuilder builder(Path runDirectory, String... command) {
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
        b.environment().put("OVS_RUNDIR", runDirectory.toString());
        b.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        return b;
    }

    /// Runs `ovs-ofctl` with a version.
    static Result ofctl(Path runDirectory, String version, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl", "-O", version));
        command.addAll(List.of(arguments));
        return run(runDirectory, 60, command.toArray(String[]::new));
    }
}
