package org.skyway.experiments.switchover;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.experiments.report.Csv;

/// The gaps that receivers saw, for people and for programs. One thread.
final class GapTable {
    private static final double GOAL_P99_MICROS = 100;
    private static final double GOAL_MAX_MICROS = 1000;
    private static final int WIDEST_BAR = 50;

    private final List<List<String>> rows = new ArrayList<>();
    private final Map<Double, Long> histogram = new TreeMap<>(); // micros to count, at turns
    private final Map<Double, Long> without = new TreeMap<>(); // in windows without a turn
    private long turns;
    private double worstP99;
    private double worstMax;

    /// Takes what a receiver reports.
    ///
    /// @param who for people
    /// @param gaps its field `gaps`
    void add(String who, JsonNode gaps) {
        turns += gaps.path("turns").asLong();
        for (String kind : List.of("atTurns", "windowsWithTurns", "windowsWithout")) {
            JsonNode g = gaps.path(kind);
            rows.add(
                    List.of(
                            who,
                            kind,
                            Long.toString(g.path("count").asLong()),
                            micros(g, "p50"),
                            micros(g, "p90"),
                            micros(g, "p99"),
                            micros(g, "max")));
        }
        JsonNode quiet = gaps.path("windowsWithout");
        JsonNode turned = gaps.path("windowsWithTurns");
        worstP99 = Math.max(worstP99, difference(turned, quiet, "p99"));
        worstMax = Math.max(worstMax, difference(turned, quiet, "max"));
        sum(gaps.path("atTurns"), histogram);
        sum(quiet, without);
    }

    private static void sum(JsonNode from, Map<Double, Long> to) {
        for (JsonNode b : from.path("buckets")) {
            to.merge(b.get("toNanos").asLong() / 1e3, b.get("count").asLong(), Long::sum);
        }
    }

    private static double difference(JsonNode turned, JsonNode quiet, String what) {
        return Math.max(0, turned.path(what).asLong() - quiet.path(what).asLong()) / 1e3;
    }

    private static String micros(JsonNode g, String field) {
        return String.format(Locale.ROOT, "%.1f", g.path(field).asLong() / 1e3);
    }

    /// Switch-overs that receivers saw.
    long turns() {
        return turns;
    }

    /// Prints the table, the histogram, and what the goal is.
    void print(PrintStream out) {
        String format = "  %-24s %-17s %9s %10s %10s %10s %10s%n";
        out.printf(format, "gaps, µs", "which", "count", "p50", "p90", "p99", "max");
        for (List<String> row : rows) {
            out.printf(format, row.toArray());
        }
        print(out, "longest gap at each switch-over", histogram);
        print(out, "longest gap of each window without one", without);
        out.printf(
                Locale.ROOT,
                "  longer with a switch-over than without: p99 %.0f µs (goal ≤ %.0f: %s), max %.0f"
                        + " µs (goal ≤ %.0f: %s)%n",
                worstP99,
                GOAL_P99_MICROS,
                verdict(worstP99, GOAL_P99_MICROS),
                worstMax,
                GOAL_MAX_MICROS,
                verdict(worstMax, GOAL_MAX_MICROS));
    }

    private static String verdict(double value, double goal) {
        return value <= goal ? "reached" : "missed";
    }

    private static void print(PrintStream out, String title, Map<Double, Long> gaps) {
        long most = gaps.values().stream().mapToLong(l -> l).max().orElse(1);
        out.printf("  %s:%n", title);
        for (Map.Entry<Double, Long> e : gaps.entrySet()) {
            if (e.getValue() > 0) {
                out.printf(
                        Locale.ROOT,
                        "  ≤ %,10.0f µs %,8d %s%n",
                        e.getKey(),
                        e.getValue(),
                        "█".repeat((int) Math.ceil((double) WIDEST_BAR * e.getValue() / most)));
            }
        }
    }

    /// Writes `gaps.csv` and `gap-histogram.csv`.
    void write(Path folder) throws IOException {
        Csv.write(
                folder.resolve("gaps.csv"),
                List.of("receiver", "which", "count", "p50_us", "p90_us", "p99_us", "max_us"),
                rows);
        List<List<String>> buckets = new ArrayList<>();
        histogram.forEach((to, n) -> buckets.add(List.of("at a switch-over", text(to), n + "")));
        without.forEach((to, n) -> buckets.add(List.of("window without", text(to), n + "")));
        Csv.write(folder.resolve("gap-histogram.csv"), List.of("which", "to_us", "count"), buckets);
    }

    private static String text(double micros) {
        return String.format(Locale.ROOT, "%.1f", micros);
    }
}
