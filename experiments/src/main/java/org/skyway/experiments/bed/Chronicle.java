package org.skyway.experiments.bed;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A file in which every line of every process of an experiment stands, with the time since the
/// beginning. Any thread.
public final class Chronicle implements AutoCloseable {
    private final PrintStream out;
    private final long startNanos = System.nanoTime();

    /// Begins one.
    ///
    /// @param file where; overwritten
    /// @throws IOException if that can't be
    public Chronicle(Path file) throws IOException {
        out = new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
    }

    /// Writes a line.
    ///
    /// @param who speaks
    /// @param what it says
    public void write(String who, String what) {
        out.printf("%10.3f %s: %s%n", (System.nanoTime() - startNanos) / 1e9, who, what);
    }

    /// For the lines of a program.
    ///
    /// @param who it is
    /// @return what takes its lines
    public Consumer<String> of(String who) {
        return line -> write(who, line);
    }

    @Override
    public void close() {
        out.close();
    }
}
