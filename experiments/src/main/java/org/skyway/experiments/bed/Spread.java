package org.skyway.experiments.bed;

import java.util.stream.DoubleStream;

/// Where values of one kind lie.
///
/// @param min the lowest
/// @param lowerQuartile a quarter lies below
/// @param median half lies below
/// @param upperQuartile a quarter lies above
/// @param max the highest
public record Spread(
        double min, double lowerQuartile, double median, double upperQuartile, double max) {
    /// Orders values.
    ///
    /// @param values at least one
    /// @return where they lie; between two values that are there, in proportion
    public static Spread of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        return new Spread(
                sorted[0],
                at(sorted, 0.25),
                at(sorted, 0.5),
                at(sorted, 0.75),
                sorted[sorted.length - 1]);
    }

    private static double at(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
