package org.skyway.experiments.figures;

import java.util.List;
import java.util.Set;
import org.skyway.experiments.report.Section;

/// One of the figures.
interface Experiment {
    /// Its name on the command line and in tables.
    String name();

    /// The kinds of VNFs that it can be run with.
    default Set<Plan.Vnfs> vnfs() {
        return Set.of(Plan.Vnfs.JAVA);
    }

    /// How long it takes.
    ///
    /// @return seconds, roughly
    double seconds(Plan plan);

    /// Why it can't be run.
    ///
    /// @return each with what to do; empty if nothing is in the way
    List<String> obstacles(Plan plan);

    /// Runs it.
    ///
    /// @return what the report says of it
    Section run(MeasuredSession session);
}
