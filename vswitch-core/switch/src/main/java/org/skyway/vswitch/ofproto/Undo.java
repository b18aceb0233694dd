package org.skyway.vswitch.ofproto;

import java.util.ArrayDeque;
import java.util.Deque;

/// How to take back what a bundle has done so far. Outside a bundle nothing is noted. Ofproto
/// thread only.
final class Undo {
    private Deque<Runnable> steps;

    /// From now on notes what is done.
    void begin() {
        steps = new ArrayDeque<>();
    }

    /// Whether what is done may be taken back.
    boolean isOpen() {
        return steps != null;
    }

    /// Notes how to take back a step.
    void note(Runnable inverse) {
        if (steps != null) {
            steps.push(inverse);
        }
    }

    /// What was done stays.
    void commit() {
        steps = null;
    }

    /// Takes everything back, the last step first.
    void rollBack() {
        Deque<Runnable> all = steps;
        steps = null;
        all.forEach(Runnable::run);
    }
}
