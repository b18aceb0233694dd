package org.skyway.experiments.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A process of an experiment: `skyway` with a verb, or another program. Its output is read line by
/// line on a thread of its own; it is ended with this process if not before.
public final class Program implements AutoCloseable {
    private static final int REMEMBERED_LINES = 20;

    private final String name;
    private final Process process;
    private final Thread reader;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Consumer<String> onLine;
    private final Runnable atExit = this::end;
    private volatile boolean paused;
    private boolean sawLine;
    private boolean hasSaidAll; // whoever had its end of the pipe is gone
    private Predicate<String> awaited = line -> false;

    private Program(String name, Process process, Consumer<String> onLine) {
        this.name = name;
        this.process = process;
        this.onLine = onLine;
        reader = Thread.ofPlatform().daemon().name("read-" + name).start(this::read);
        AtExit.add(atExit);
    }

    /// Starts `skyway` with a verb.
    ///
    /// @param name for messages
    /// @param runDirectory what its SKYWAY_RUNDIR is
    /// @param onLine gets each line of its output, on a thread of the program's
    /// @param arguments verb and arguments
    /// @return the running program
    public static Program skyway(
            String name, Path runDirectory, Consumer<String> onLine, String... arguments) {
        List<String> command = new java.util.ArrayList<>();
        command.add(launcher().toString());
        command.addAll(List.of(arguments));
        return start(name, runDirectory, onLine, command);
    }

    /// Starts a program.
    ///
    /// @param name for messages
    /// @param runDirectory what its SKYWAY_RUNDIR is
    /// @param onLine gets each line of its output, on a thread of the program's
    /// @param command program and arguments
    /// @return the running program
    public static Program start(
            String name, Path runDirectory, Consumer<String> onLine, List<String> command) {
        return start(name, runDirectory, onLine, command, Map.of());
    }

    /// Starts a program.
    ///
    /// @param name for messages
    /// @param runDirectory what its SKYWAY_RUNDIR is
    /// @param onLine gets each line of its output, on a thread of the program's
    /// @param command program and arguments
    /// @param environment more variables for it
    /// @return the running program
    public static Program start(
            String name,
            Path runDirectory,
            Consumer<String> onLine,
            List<String> command,
            Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("SKYWAY_RUNDIR", runDirectory.toString());
        builder.environment().put("OVS_RUNDIR", runDirectory.toString());
        builder.environment().put("SKYWAY_BUILT", "yes");
        try {
            return new Program(name, builder.start(), onLine);
        } catch (IOException e) {
            throw new ExperimentException("can't start " + name + ": " + e.getMessage(), e);
        }
    }

    /// Runs a program to its end.
    ///
    /// @param runDirectory what its SKYWAY_RUNDIR and OVS_RUNDIR are
    /// @param command program and arguments
    /// @return what it printed
    /// @throws ExperimentException if it does not end with status 0 within 30 s
    public static String output(Path runDirectory, String... command) {
        StringBuilder text = new StringBuilder();
        try (Program p =
                start(
                        command[0],
                        runDirectory,
                        l -> text.append(l).append('\n'),
                        List.of(command))) {
            int status = p.waitFor(Duration.ofSeconds(30));
            if (status != 0) {
                throw new ExperimentException(
                        "`%s` ended with status %d: %s"
                                .formatted(String.join(" ", command), status, text));
            }
        }
        return text.toString();
    }

    /// The launcher of this checkout.
    ///
    /// @return its path
    public static Path launcher() {
        Path launcher = Path.of(System.getProperty("skyway.home", "."), "skyway");
        if (!Files.isExecutable(launcher)) {
            throw new ExperimentException(
                    launcher + " is not there; run this by the launcher ./skyway");
        }
        return launcher;
    }

    /// Waits for a line of output.
    ///
    /// @param line what it must satisfy; lines before the call do not count
    /// @param timeout how long to wait
    /// @param what for the message if it does not come
    public synchronized void await(Predicate<String> line, Duration timeout, String what) {
        awaited = line;
        sawLine = lastLines.stream().anyMatch(line);
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!sawLine) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0 || hasSaidAll) {
                throw new ExperimentException(
                        "%s %s; its last words:%n%s"
                                .formatted(
                                        name,
                                        hasSaidAll ? "ended" : "did not say that " + what,
                                        String.join("\n", lastLines)));
            }
            try {
                wait(Math.min(left, 100));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ExperimentException("interrupted while waiting for " + name, e);
            }
        }
    }

    /// Says something to it, if it listens on its standard input.
    ///
    /// @param line without its line feed
    public void say(String line) {
        try {
            process.outputWriter().write(line + "\n");
            process.outputWriter().flush();
        } catch (IOException e) {
            throw new ExperimentException("%s does not listen: %s".formatted(name, e), e);
        }
    }

    /// Stops it where it is (SIGSTOP), for a program that polls all the time, until [#resume].
    public void pause() {
        paused = true;
        signal("-STOP");
    }

    /// Lets it go on (SIGCONT).
    public void resume() {
        signal("-CONT");
        paused = false;
    }

    private void signal(String which) {
        try {
            new ProcessBuilder("kill", which, Long.toString(process.pid())).start().waitFor();
        } catch (IOException e) {
            throw new ExperimentException("can't signal " + name + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted while signalling " + name, e);
        }
    }

    /// Its process id.
    ///
    /// @return the id
    public long pid() {
        return process.pid();
    }

    /// Whether it runs.
    ///
    /// @return true if so
    public boolean isAlive() {
        return process.isAlive();
    }

    /// Processor time that it has taken so far.
    ///
    /// @return the time; zero if that is not known
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /// Asks it to end (SIGTERM), without waiting. What it still says is read.
    public void terminate() {
        process.toHandle().destroy(); // unlike Process.destroy, leaves the pipes open
    }

    /// Kills it (SIGKILL), and waits for its end.
    public void kill() {
        process.destroyForcibly();
        waitFor(Duration.ofSeconds(10));
    }

    /// Waits for its end.
    ///
    /// @param timeout how long
    /// @return its exit status
    public int waitFor(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new ExperimentException(name + " did not end within " + timeout);
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted while waiting for " + name, e);
        }
    }

    private void read() {
        try (BufferedReader in = process.inputReader()) {
            for (String line; (line = in.readLine()) != null; ) {
                onLine.accept(line); // before those who wait for it go on
                synchronized (this) {
                    lastLines.addLast(line);
                    if (lastLines.size() > REMEMBERED_LINES) {
                        lastLines.removeFirst();
                    }
                    sawLine |= awaited.test(line);
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // The pipe broke because the process was killed: what it said is all there is.
            onLine.accept(name + ": " + e.getMessage());
        } finally {
            synchronized (this) {
                hasSaidAll = true;
                notifyAll();
            }
        }
    }

    @Override
    public void close() {
        AtExit.remove(atExit);
        end();
    }

    // With SIGTERM first: a switch that is killed leaves its regions behind.
    private void end() {
        if (process.isAlive()) {
            if (paused) {
                resume(); // or it would not take notice
            }
            process.destroy();
            try {
                if (!process.waitFor(15, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    process.waitFor(15, TimeUnit.SECONDS); // its files are removed next
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
