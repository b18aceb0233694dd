package org.skyway.experiments.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/// What is to be cleaned up when this process is interrupted, the newest first: programs, and then
/// the run directories that they used.
public final class AtExit {
    private static final Deque<Runnable> TASKS = new ArrayDeque<>();
    private static boolean exiting;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtExit::run, "clean-up"));
    }

    private AtExit() {}

    /// From now on a task is to be done when this process ends.
    ///
    /// @param task done once at most, on another thread
    /// @throws ExperimentException if this process is ending already
    public static synchronized void add(Runnable task) {
        if (exiting) {
            throw new ExperimentException("interrupted");
        }
        TASKS.push(task);
    }

    /// A task need not be done any more.
    ///
    /// @param task the same object as was added
    public static synchronized void remove(Runnable task) {
        TASKS.remove(task);
    }

    /// Does not return if this process is ending: what its programs say from now on is of no
    /// interest.
    public static void stopHere() {
        while (isExiting()) {
            LockSupport.park();
        }
    }

    private static synchronized boolean isExiting() {
        return exiting;
    }

    private static synchronized Runnable next() {
        exiting = true;
        return TASKS.poll();
    }

    private static void run() {
        for (Runnable task; (task = next()) != null; ) {
            try {
                task.run();
            } catch (RuntimeException e) {
                System.err.println("while ending: " + e.getMessage());
            }
        }
    }
}
