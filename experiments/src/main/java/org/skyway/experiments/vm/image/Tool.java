package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs a program of the host.
public final class Tool {
    private Tool() {}

    /// Runs a program to its end.
    ///
    /// @param directory where
    /// @param command the program and its arguments
    /// @return what it printed
    /// @throws IOException if it can't be run or fails; the message has the end of what it printed
    /// @throws InterruptedException if interrupted while it ran; it is ended
    public static String run(Path directory, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("skyway-tool", ".log");
        try {
            Process process;
            try {
                process =
                        new ProcessBuilder(command)
                                .directory(directory.toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start();
            } catch (IOException e) {
                throw new IOException(
                        "can't run %s; install the package that has it"
                                .formatted(command.getFirst()),
                        e);
            }
            process.getOutputStream().close();
            int status;
            try {
                status = process.waitFor();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                throw e;
            }
            String text =
                    new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1).strip();
            if (status != 0) {
                throw new IOException(
                        "`%s` failed with status %d: %s"
                                .formatted(String.join(" ", command), status, tail(text)));
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }

    private static String tail(String text) {
        return text.length() <= 1000 ? text : "…" + text.substring(text.length() - 1000);
    }
}
