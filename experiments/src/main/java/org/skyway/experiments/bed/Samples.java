package org.skyway.experiments.bed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/// A figure that is looked at again and again and must not grow. What is in use just then comes and
/// goes; a leak raises what is in use at the quietest time, so the lowest value of the second tenth
/// of a run is compared with the lowest of the last. One thread.
public final class Samples {
    private final String what;
    private final DoubleSupplier figure;
    private final double slack;
    private final double share;
    private final List<Double> values = new ArrayList<>();

    /// Nothing yet.
    ///
    /// @param what for people
    /// @param figure reads it
    /// @param slack by how much it may have grown
    /// @param share by what part of itself it may have grown, if that is more
    public Samples(String what, DoubleSupplier figure, double slack, double share) {
        this.what = what;
        this.figure = figure;
        this.slack = slack;
        this.share = share;
    }

    /// Looks once more.
    public void look() {
        values.add(figure.getAsDouble());
    }

    private double lowest(double from, double to) {
        int n = values.size();
        int first = Math.clamp((long) (from * n), 0, n - 1);
        int end = Math.clamp((long) Math.ceil(to * n), first + 1, n);
        return values.subList(first, end).stream().mapToDouble(d -> d).min().orElseThrow();
    }

    /// Judges whether it grew.
    ///
    /// @param verdicts where
    public void judge(Verdicts verdicts) {
        if (values.isEmpty()) {
            verdicts.judge(what, false, "was never looked at");
            return;
        }
        double before = lowest(0.1, 0.2);
        double after = lowest(0.9, 1);
        double most = values.stream().mapToDouble(d -> d).max().orElseThrow();
        verdicts.judge(
                what,
                after - before <= Math.max(slack, share * before),
                "%.0f in the second tenth, %.0f in the last, %.0f at most"
                        .formatted(before, after, most));
    }
}
