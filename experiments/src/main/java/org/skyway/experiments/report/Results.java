package org.skyway.experiments.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.skyway.experiments.bed.Spread;
import org.skyway.experiments.report.Summary.Placement;

/// All values of a run. One thread.
public final class Results {
    /// What `raw.csv` is called.
    public static final String RAW = "raw.csv";

    /// What `summary.csv` is called.
    public static final String SUMMARY = "summary.csv";

    private static final double NEAR = 0.5; // of the best yardstick of the run

    private static final List<String> RAW_COLUMNS =
            List.of(
                    "experiment",
                    "method",
                    "path",
                    "x",
                    "metric",
                    "unit",
                    "round",
                    "value",
                    "yardstick_mpps",
                    "other_cores",
                    "steal_share",
                    "run_queue");
    private static final List<String> SUMMARY_COLUMNS =
            List.of(
                    "experiment",
                    "method",
                    "path",
                    "x",
                    "metric",
                    "unit",
                    "placement",
                    "rounds",
                    "min",
                    "lower_quartile",
                    "median",
                    "upper_quartile",
                    "max",
                    "to_yardstick");

    private final List<Measurement> all = new ArrayList<>();

    /// Nothing yet.
    public Results() {}

    /// One more.
    ///
    /// @param measurement a value
    public void add(Measurement measurement) {
        all.add(measurement);
    }

    /// All of them.
    ///
    /// @return in the order of [#add]
    public List<Measurement> all() {
        return List.copyOf(all);
    }

    /// The rounds of a key.
    ///
    /// @param key what
    /// @return its measurements; none if it was not measured
    public List<Measurement> of(Key key) {
        return all.stream().filter(m -> m.key().equals(key)).toList();
    }

    /// Sums up.
    ///
    /// @param which keys
    /// @return a row for each, and two more where cores were both near and far
    public List<Summary> summaries(Predicate<Key> which) {
        Map<Key, List<Measurement>> byKey = new TreeMap<>();
        for (Measurement m : all) {
            if (which.test(m.key()) && !Double.isNaN(m.value())) {
                byKey.computeIfAbsent(m.key(), _ -> new ArrayList<>()).add(m);
            }
        }
        double best = bestYardstick();
        List<Summary> rows = new ArrayList<>();
        byKey.forEach((key, values) -> {
            rows.add(summary(key, Placement.ALL, values));
            var near = values.stream().filter(m -> isNear(m, best)).toList();
            var far = values.stream().filter(m -> isFar(m, best)).toList();
            if (!near.isEmpty() && !far.isEmpty()) {
                rows.add(summary(key, Placement.NEAR, near));
                rows.add(summary(key, Placement.FAR, far));
            }
        });
        return rows;
    }

    /// The best that the yardstick did in this run.
    ///
    /// @return Mpps; not a number if it was not run
    public double bestYardstick() {
        return all.stream()
                .mapToDouble(m -> m.conditions().yardstickMpps())
                .filter(y -> !Double.isNaN(y))
                .max()
                .orElse(Double.NaN);
    }

    private static boolean isNear(Measurement m, double best) {
        return m.conditions().yardstickMpps() >= NEAR * best;
    }

    private static boolean isFar(Measurement m, double best) {
        return m.conditions().yardstickMpps() < NEAR * best;
    }

    private static Summary summary(Key key, Placement placement, List<Measurement> values) {
        double toYardstick = Double.NaN;
        if (key.unit().equals("Mpps")) {
            double[] quotients =
                    values.stream()
                            .filter(m -> m.conditions().yardstickMpps() > 0)
                            .mapToDouble(m -> m.value() / m.conditions().yardstickMpps())
                            .toArray();
            if (quotients.length > 0) {
                toYardstick = Spread.of(java.util.Arrays.stream(quotients)).median();
            }
        }
        Spread spread = Spread.of(values.stream().mapToDouble(Measurement::value));
        return new Summary(key, placement, values.size(), spread, toYardstick);
    }

    /// Writes both tables.
    ///
    /// @param folder where
    /// @throws IOException if it can't be written
    public void write(Path folder) throws IOException {
        Csv.write(folder.resolve(RAW), RAW_COLUMNS, all.stream().map(Results::row).toList());
        Csv.write(
                folder.resolve(SUMMARY),
                SUMMARY_COLUMNS,
                summaries(_ -> true).stream().map(Results::row).toList());
    }

    private static List<String> row(Measurement m) {
        List<String> row = new ArrayList<>(row(m.key()));
        row.add(Integer.toString(m.round()));
        row.add(Csv.number(m.value()));
        row.add(Csv.number(m.conditions().yardstickMpps()));
        row.add(Csv.number(m.conditions().otherCores()));
        row.add(Csv.number(m.conditions().stealShare()));
        row.add(Csv.number(m.conditions().runQueue()));
        return row;
    }

    private static List<String> row(Summary s) {
        List<String> row = new ArrayList<>(row(s.key()));
        row.add(s.placement().name());
        row.add(Integer.toString(s.rounds()));
        row.add(Csv.number(s.spread().min()));
        row.add(Csv.number(s.spread().lowerQuartile()));
        row.add(Csv.number(s.spread().median()));
        row.add(Csv.number(s.spread().upperQuartile()));
        row.add(Csv.number(s.spread().max()));
        row.add(Csv.number(s.toYardstick()));
        return row;
    }

    private static List<String> row(Key k) {
        return List.of(k.experiment(), k.method().name(), k.path(), k.x(), k.metric(), k.unit());
    }

    /// Reads what [#write] has written.
    ///
    /// @param folder where
    /// @return the measurements
    /// @throws IOException if there is no such table in it, or it is not one
    public static Results read(Path folder) throws IOException {
        Path file = folder.resolve(RAW);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    folder + " has no " + RAW + "; name a folder that an experiment has written");
        }
        Results results = new Results();
        try {
            for (Map<String, String> row : Csv.read(file)) {
                results.add(measurement(row));
            }
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new IOException(file + " is no table of an experiment: " + e.getMessage(), e);
        }
        return results;
    }

    private static Measurement measurement(Map<String, String> row) {
        Key key =
                new Key(
                        row.get("experiment"),
                        Method.valueOf(row.get("method")),
                        row.get("path"),
                        row.get("x"),
                        row.get("metric"),
                        row.get("unit"));
        Conditions conditions =
                new Conditions(
                        Csv.number(row.get("yardstick_mpps")),
                        Csv.number(row.get("other_cores")),
                        Csv.number(row.get("steal_share")),
                        Csv.number(row.get("run_queue")));
        return new Measurement(
                key, Integer.parseInt(row.get("round")), Csv.number(row.get("value")), conditions);
    }
}
