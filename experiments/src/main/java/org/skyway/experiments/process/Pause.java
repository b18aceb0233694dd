package org.skyway.experiments.process;

/// Waiting of a thread that nobody interrupts but to end the experiment.
public final class Pause {
    private Pause() {}

    /// Waits.
    ///
    /// @param millis how long
    /// @throws ExperimentException if interrupted; the thread stays so
    public static void millis(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }
}
