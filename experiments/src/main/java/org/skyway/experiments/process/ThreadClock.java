package org.skyway.experiments.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The processor time of one thread of a process, as the scheduler counts it. What other programs
/// take of the thread's core does not count, so a machine that others use too gives figures as
/// well.
public final class ThreadClock {
    private final Path statistics;

    private ThreadClock(Path statistics) {
        this.statistics = statistics;
    }

    /// Finds a thread.
    ///
    /// @param pid its process
    /// @param name how its name begins
    /// @return its clock
    public static ThreadClock of(long pid, String name) {
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                if (Files.readString(task.resolve("comm")).startsWith(name)) {
                    return new ThreadClock(task.resolve("schedstat"));
                }
            }
        } catch (IOException e) {
            throw new ExperimentException("can't read " + tasks + ": " + e, e);
        }
        throw new ExperimentException("process " + pid + " has no thread " + name);
    }

    /// The time so far of all threads that are there now.
    ///
    /// @param pid their process
    /// @param name how their names begin
    /// @return nanoseconds; 0 if there is none
    public static long sum(long pid, String name) {
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        long sum = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                try {
                    if (Files.readString(task.resolve("comm")).startsWith(name)) {
                        sum += read(task.resolve("schedstat"));
                    }
                } catch (IOException e) {
                    continue; // it ended while this looked
                }
            }
        } catch (IOException e) {
            throw new ExperimentException("can't read " + tasks + ": " + e, e);
        }
        return sum;
    }

    /// The time so far.
    ///
    /// @return nanoseconds
    public long nanos() {
        try {
            return read(statistics);
        } catch (IOException e) {
            throw new ExperimentException("can't read " + statistics + ": " + e, e);
        }
    }

    private static long read(Path statistics) throws IOException {
        return Long.parseLong(Files.readString(statistics).split(" ")[0]);
    }
}
