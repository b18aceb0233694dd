package org.skyway.experiments.switchover;

import org.skyway.experiments.process.ExperimentException;

/// Waits for threads that were told to end.
final class Joins {
    private static final long MILLIS = 30_000;

    private Joins() {}

    /// Waits until a thread has ended.
    static void join(Thread thread) {
        try {
            thread.join(MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new ExperimentException(
                    "the thread %s does not end within %d s"
                            .formatted(thread.getName(), MILLIS / 1000));
        }
    }
}
