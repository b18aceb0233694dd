package org.skyway.experiments.figures;

import java.util.List;
import java.util.Locale;
import org.skyway.experiments.bed.Spread;
import org.skyway.experiments.report.HtmlReport;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Measurement;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Ratio;
import org.skyway.experiments.report.RatioRow;

/// Makes rows of the table of what rounds have measured.
final class Ratios {
    static final String EXPERIMENT = "bench";

    private Ratios() {}

    static Key key(String row, Method method, String path, String metric, String unit) {
        return new Key(EXPERIMENT, method, path, row, metric, unit);
    }

    /// A ratio, round by round.
    ///
    /// @param session whose
    /// @param name of the row
    /// @param work what was done
    /// @param ours what Skyway did
    /// @param theirs what the other did
    /// @param goal of ours by theirs
    /// @param atMost whether less is better
    static RatioRow ratio(
            MeasuredSession session,
            String name,
            String work,
            Key ours,
            Key theirs,
            double goal,
            boolean atMost) {
        List<Measurement> a = session.results().of(ours);
        List<Measurement> b = session.results().of(theirs);
        Ratio ratio = Ratio.of(a, b);
        if (ratio == null) {
            return RatioRow.missing(name, work, theirs.path(), "no round came to an end");
        }
        Spread s = ratio.spread();
        return new RatioRow(
                name,
                work,
                theirs.path(),
                value(a),
                value(b),
                s.median(),
                "×",
                String.format(
                        Locale.ROOT,
                        "%.2f to %.2f, %d rounds",
                        s.lowerQuartile(),
                        s.upperQuartile(),
                        ratio.rounds()),
                goal,
                atMost,
                isClear(s, goal));
    }

    // A ratio counts if its quartiles lie on one side of the goal or of 1: then the rounds agree
    // about
    // something.
    private static boolean isClear(Spread s, double goal) {
        boolean sideOfGoal = s.lowerQuartile() >= goal || s.upperQuartile() <= goal;
        boolean sideOfOne = s.lowerQuartile() > 1 || s.upperQuartile() < 1;
        return sideOfGoal || sideOfOne;
    }

    /// A figure of Skyway's alone.
    static RatioRow figure(
            MeasuredSession session,
            String name,
            String work,
            Key ours,
            double goal,
            boolean atMost) {
        List<Measurement> a = session.results().of(ours);
        if (a.isEmpty()) {
            return RatioRow.missing(name, work, "-", "no round came to an end");
        }
        Spread s = Spread.of(a.stream().mapToDouble(Measurement::value));
        return new RatioRow(
                name,
                work,
                "-",
                value(a),
                "-",
                s.median(),
                ours.unit(),
                "%s to %s, %d rounds"
                        .formatted(
                                HtmlReport.number(s.lowerQuartile()),
                                HtmlReport.number(s.upperQuartile()),
                                a.size()),
                goal,
                atMost,
                true);
    }

    private static String value(List<Measurement> rounds) {
        Spread s = Spread.of(rounds.stream().mapToDouble(Measurement::value));
        return HtmlReport.number(s.median()) + " " + rounds.getFirst().key().unit();
    }
}
