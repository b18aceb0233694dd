package org.skyway.experiments.report;

/// What was measured. Values of one key differ by their round only.
///
/// @param experiment for instance `fig3a`
/// @param method how cores were assigned, see [Method]; never mixed
/// @param path whose figure it is, for instance `bypass`
/// @param x where on the horizontal axis, for instance the number of VNFs; a number if it is
///   plotted
/// @param metric for instance `throughput`
/// @param unit of the value
public record Key(
        String experiment, Method method, String path, String x, String metric, String unit)
        implements Comparable<Key> {
    /// The same of another path.
    ///
    /// @param other whose
    /// @return a key
    public Key of(String other) {
        return new Key(experiment, method, other, x, metric, unit);
    }

    /// The place on a numerical axis.
    ///
    /// @return not a number if it is none
    public double place() {
        try {
            return Double.parseDouble(x);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    @Override
    public int compareTo(Key other) {
        int order = experiment.compareTo(other.experiment);
        order = order != 0 ? order : metric.compareTo(other.metric);
        order = order != 0 ? order : method.compareTo(other.method);
        order = order != 0 ? order : path.compareTo(other.path);
        order = order != 0 ? order : Double.compare(place(), other.place());
        order = order != 0 ? order : x.compareTo(other.x);
        return order != 0 ? order : unit.compareTo(other.unit);
    }
}
