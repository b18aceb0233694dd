package org.skyway.experiments.figures;

import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.tester.Tester;

/// Where one round's values stand in an experiment's figures.
///
/// @param session that keeps them
/// @param experiment its name
/// @param method how cores were assigned
/// @param path whose values
/// @param x where on the horizontal axis
/// @param round from 1
/// @param conditions what the machine was like meanwhile
record Point(
        MeasuredSession session,
        String experiment,
        Method method,
        String path,
        String x,
        int round,
        Conditions conditions) {
    /// Keeps a value.
    void keep(String metric, String unit, double value) {
        session.keep(new Key(experiment, method, path, x, metric, unit), round, value, conditions);
    }

    /// Keeps a rate each way and what latency was.
    void keep(double mpps, Tester.Report latency) {
        keep("throughput", "Mpps", mpps);
        keep("latency, median", "µs", latency.p50() / 1e3);
        keep("latency, p99.9", "µs", latency.p999() / 1e3);
    }
}
