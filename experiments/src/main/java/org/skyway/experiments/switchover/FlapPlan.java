package org.skyway.experiments.switchover;

import java.util.ArrayList;
import java.util.List;

/// How often rules change, and how many switch-overs are to come of that.
///
/// @param steps one after the other
record FlapPlan(List<Step> steps) {
    /// Of so many, 60 come at one change a second, 600 at 10, 3,000 at 100, the rest at 1,000.
    private static final int WHOLE = 10_000;

    /// Some at one rate.
    ///
    /// @param perSecond rule changes
    /// @param switchOvers how many are to be seen
    record Step(int perSecond, int switchOvers) {}

    /// In proportion, at 1, 10, 100 and 1,000 changes a second.
    ///
    /// @param switchOvers all together
    static FlapPlan of(int switchOvers) {
        List<Step> steps = new ArrayList<>();
        int left = switchOvers;
        int[] rates = {1, 10, 100};
        int[] shares = {60, 600, 3000};
        for (int i = 0; i < rates.length; i++) {
            int n = (int) ((long) switchOvers * shares[i] / WHOLE);
            if (n > 0) {
                steps.add(new Step(rates[i], n));
                left -= n;
            }
        }
        steps.add(new Step(1000, left));
        return new FlapPlan(steps);
    }

    int switchOvers() {
        return steps.stream().mapToInt(Step::switchOvers).sum();
    }
}
