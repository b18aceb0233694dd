package org.skyway.experiments.report;

import java.util.Locale;

/// A row of the table of ratios.
///
/// @param name short, for `--only`
/// @param work what was done
/// @param against what it was compared with; a dash for nothing
/// @param ours what Skyway came to, with its unit
/// @param theirs what the other came to, with its unit; a dash for nothing
/// @param figure the ratio, or the value that the goal is about
/// @param unit of the figure: `×` for a ratio
/// @param spread where the figure's quartiles lie, for people
/// @param goal what it should be
/// @param atMost whether less is better
/// @param counts whether the spread lets it count
public record RatioRow(
        String name,
        String work,
        String against,
        String ours,
        String theirs,
        double figure,
        String unit,
        String spread,
        double goal,
        boolean atMost,
        boolean counts) {
    /// A row that could not be measured.
    ///
    /// @param name short
    /// @param work what
    /// @param against what it would be compared with
    /// @param why it could not, and what to do
    /// @return a row without a figure
    public static RatioRow missing(String name, String work, String against, String why) {
        return new RatioRow(
                name, work, against, "-", "-", Double.NaN, "", why, Double.NaN, false, false);
    }

    /// Whether there is a figure.
    ///
    /// @return false if it could not be measured
    public boolean isMeasured() {
        return !Double.isNaN(figure);
    }

    /// Whether the goal is reached.
    ///
    /// @return true if so; a figure that does not count reaches none
    public boolean good() {
        return counts && isMeasured() && (atMost ? figure <= goal : figure >= goal);
    }

    /// The figure for people.
    ///
    /// @return with its unit
    public String figureText() {
        return isMeasured() ? number(figure) + " " + unit : "-";
    }

    /// The goal for people.
    ///
    /// @return with its unit
    public String goalText() {
        return Double.isNaN(goal) ? "-" : (atMost ? "≤ " : "≥ ") + number(goal) + " " + unit;
    }

    /// A tick, or how far the goal is.
    ///
    /// @return for people
    public String gap() {
        if (!isMeasured()) {
            return "not measured: " + spread;
        }
        if (Double.isNaN(goal)) {
            return "shown";
        }
        if (good()) {
            return "✓";
        }
        if (!counts) {
            return "hidden by the spread";
        }
        return goal == 0
                ? "missed by " + figureText()
                : String.format(Locale.ROOT, "gap: %.2f of the goal", figure / goal);
    }

    static String number(double value) {
        double a = Math.abs(value);
        String pattern =
                value == Math.rint(value) || a >= 100 ? "%,.0f" : a >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, pattern, value);
    }
}
