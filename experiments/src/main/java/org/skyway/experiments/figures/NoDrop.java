package org.skyway.experiments.figures;

import java.util.function.DoubleFunction;

/// The highest rate at which nothing is lost. Source: RFC 2544, section 26.1, by halving.
final class NoDrop {
    /// Senders that wait for room lose nothing, so a rate that was not reached is too high as well.
    private static final double REACHED = 0.97;

    private NoDrop() {}

    /// Searches.
    ///
    /// @param flatOut Mpps of senders that are not held back: an upper bound
    /// @param steps trials
    /// @param seconds of a trial
    /// @param trial runs one at a rate in Mpps each way
    /// @return Mpps each way; at least what was left after so many halvings
    static double search(
            double flatOut, int steps, double seconds, DoubleFunction<Ends.Trial> trial) {
        double good = 0;
        double bad = flatOut;
        for (int step = 0; step < steps; step++) {
            double rate = (good + bad) / 2;
            if (holds(trial.apply(rate), rate, seconds)) {
                good = rate;
            } else {
                bad = rate;
            }
        }
        return good > 0 ? good : bad;
    }

    /// Whether a trial both ways lost nothing and was as fast as it should have been.
    static boolean holds(Ends.Trial trial, double mpps, double seconds) {
        return trial.isLossless() && trial.sent() >= REACHED * 2 * mpps * 1e6 * seconds;
    }
}
