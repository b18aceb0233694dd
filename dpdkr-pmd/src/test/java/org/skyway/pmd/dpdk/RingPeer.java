package org.skyway.pmd.dpdk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Both ends of a ring in C, in a process of their own.
final class RingPeer implements AutoCloseable {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    RingPeer(Path program, Path file, long offset, long roomBytes) throws IOException {
        process =
                new ProcessBuilder(
                                program.toString(),
                                file.toString(),
                                Long.toString(offset),
                                Long.toString(roomBytes))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        in = process.outputWriter(StandardCharsets.UTF_8);
        out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    String ask(String line) throws IOException {
        in.write(line + "\n");
        in.flush();
        String answer = out.readLine();
        if (answer == null) {
            throw new IOException("the program in C ended at: " + line);
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("the program in C ended with status " + status);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
