package org.skyway.experiments.figures;

import org.skyway.experiments.process.ExperimentException;

/// Waiting.
final class Waits {
    private Waits() {}

    static void sleep(double seconds) {
        try {
            Thread.sleep((long) (seconds * 1e3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExperimentException("interrupted", e);
        }
    }
}
