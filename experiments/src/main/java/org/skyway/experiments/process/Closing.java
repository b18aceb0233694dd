package org.skyway.experiments.process;

import java.util.List;
import java.util.function.Consumer;

/// The end of all that an experiment has started.
public final class Closing {
    private Closing() {}

    /// Closes everything, the last one first, whatever becomes of the others.
    ///
    /// @param started in the order in which it was started
    /// @param complaints gets a line for each that could not be closed
    public static void lastFirst(
            List<? extends AutoCloseable> started, Consumer<String> complaints) {
        for (AutoCloseable c : started.reversed()) {
            try {
                c.close();
            } catch (Exception e) {
                complaints.accept("while ending: " + e);
            }
        }
    }
}
