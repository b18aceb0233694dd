package org.skyway.experiments.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.report.Summary.Placement;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `skyway experiment compare`: two result folders side by side.
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Holds two result folders side by side: medians and quartiles of what both have, B by A, and",
            "by the yardstick, so that different hours and machines can be compared."
        })
public final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "a folder that an experiment wrote")
    private Path a;

    @Parameters(index = "1", paramLabel = "B", description = "another")
    private Path b;

    /// For picocli.
    public CompareCommand() {}

    @Override
    public Integer call() {
        try {
            return compare(Results.read(a), Results.read(b));
        } catch (IOException e) {
            throw new ExperimentException(e.getMessage(), e);
        }
    }

    private int compare(Results left, Results right) {
        Map<Key, Summary> lefts = byKey(left);
        Map<Key, Summary> rights = byKey(right);
        System.out.printf("A: %s, yardstick at best %s Mpps%n", a, best(left));
        System.out.printf("B: %s, yardstick at best %s Mpps%n%n", b, best(right));
        System.out.printf("%-62s %26s %26s %7s %7s%n", "what", "A", "B", "B by A", "scaled");
        int common = 0;
        for (var entry : lefts.entrySet()) {
            Summary other = rights.get(entry.getKey());
            if (other != null) {
                print(entry.getValue(), other);
                common++;
            }
        }
        if (common == 0) {
            throw new ExperimentException(
                    "%s and %s have nothing in common; compare folders of the same experiment"
                            .formatted(a, b));
        }
        System.out.printf(
                "%n%d rows; %d are only in A, %d only in B. Scaled: B by A, each by the yardstick of its own rounds.%n",
                common, lefts.size() - common, rights.size() - common);
        return 0;
    }

    private static String best(Results results) {
        double best = results.bestYardstick();
        return Double.isNaN(best) ? "not run, -" : HtmlReport.number(best);
    }

    private static Map<Key, Summary> byKey(Results results) {
        Map<Key, Summary> map = new TreeMap<>();
        results.summaries(_ -> true).stream()
                .filter(s -> s.placement() == Placement.ALL)
                .forEach(s -> map.put(s.key(), s));
        return map;
    }

    private static void print(Summary a, Summary b) {
        Key k = a.key();
        System.out.printf(
                "%-62s %26s %26s %7s %7s%n",
                "%s %s %s, %s at %s, %s"
                        .formatted(
                                k.experiment(),
                                k.method().title().substring(0, 3),
                                k.path(),
                                k.metric(),
                                k.x(),
                                k.unit()),
                spread(a),
                spread(b),
                quotient(b.spread().median(), a.spread().median()),
                quotient(b.toYardstick(), a.toYardstick()));
    }

    private static String spread(Summary s) {
        return "%s (%s to %s)"
                .formatted(
                        HtmlReport.number(s.spread().median()),
                        HtmlReport.number(s.spread().lowerQuartile()),
                        HtmlReport.number(s.spread().upperQuartile()));
    }

    private static String quotient(double of, double by) {
        return Double.isNaN(of) || Double.isNaN(by) || by == 0 ? "-" : HtmlReport.number(of / by);
    }
}
