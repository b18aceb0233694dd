package org.skyway.experiments.figures;

import org.skyway.experiments.process.Pause;

/// Waiting.
final class Waits {
    private Waits() {}

    static void sleep(double seconds) {
        Pause.millis((long) (seconds * 1e3));
    }
}
