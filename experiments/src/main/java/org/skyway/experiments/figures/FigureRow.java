package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.report.RatioRow;

/// A part of the table of ratios.
interface FigureRow {
    /// Its name, for `--only`.
    String name();

    /// How long it takes.
    ///
    /// @return seconds, roughly
    double seconds(Plan plan);

    /// Whether it is left out in a hurry, unless it is asked for by name.
    default boolean isLong() {
        return false;
    }

    /// Why it can't be measured here.
    ///
    /// @return null if it can, else what is missing, and what to do
    String missing(Plan plan);

    /// Measures.
    ///
    /// @return rows of the table
    List<RatioRow> measure(MeasuredSession session);
}
