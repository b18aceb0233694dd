package org.skyway.experiments.conformance.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import org.skyway.experiments.process.ExperimentException;

/// Cleans up after this process, even if it is killed: a shell that is told what is to be undone,
/// and undoes it, last things first, when this process ends or says so.
public final class Undertaker implements AutoCloseable {
    private static final String SCRIPT =
            """
            trap '' INT TERM HUP
            undo=
            while IFS= read -r line; do undo="$line
            $undo"; done
            eval "$undo"
            """;

    private final Process shell;
    private final BufferedWriter commands;

    /// Starts one.
    public Undertaker() {
        try {
            shell =
                    new ProcessBuilder("bash", "-c", SCRIPT)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            commands = shell.outputWriter();
        } catch (IOException e) {
            throw new ExperimentException("can't start bash: " + e.getMessage(), e);
        }
    }

    /// Has a command run at the end.
    ///
    /// @param command one line of shell
    public void atEnd(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new ExperimentException("the clean-up shell ended: " + e.getMessage(), e);
        }
    }

    /// Has a process ended at the end, if it still is the one that was meant.
    ///
    /// @param pid its id
    /// @param argument a part of its command line that no other process has
    public void endProcess(long pid, String argument) {
        atEnd("grep -qsa '%s' /proc/%d/cmdline && kill -9 %d".formatted(argument, pid, pid));
    }

    @Override
    public void close() {
        try {
            commands.close();
            shell.waitFor();
        } catch (IOException e) {
            throw new ExperimentException("the clean-up shell ended: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
