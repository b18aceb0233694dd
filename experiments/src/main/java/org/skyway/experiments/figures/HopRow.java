package org.skyway.experiments.figures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import org.skyway.experiments.process.Dialogue;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.tester.HopCommand;
import org.skyway.experiments.yardstick.Yardstick;

/// One hop through the driver between two cores, next to the same in C.
final class HopRow implements FigureRow {
    private static final List<String> SIZES = List.of("64", "1518", "imix");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MILLIS = 300;
    private static final int WARM_UPS = 8;
    private static final int FIRST = 0;
    private static final int SECOND = 1;

    HopRow() {}

    @Override
    public String name() {
        return "hop";
    }

    @Override
    public double seconds(Plan plan) {
        return 5 + SIZES.size() * (plan.rounds() * 1.4 + WARM_UPS * 0.35);
    }

    @Override
    public String missing(Plan plan) {
        return plan.cores() < 2 ? "a hop needs two cores" : null;
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "env",
                                "SKYWAY_JAVA_OPTS=-XX:+UseSerialGC -Xmx256m",
                                Program.launcher().toString()));
        command.addAll(Arrays.asList(HopCommand.arguments(FIRST, SECOND)));
        List<RatioRow> verdicts = new ArrayList<>();
        try (Dialogue hop =
                new Dialogue(
                        "hop",
                        session.scratch(),
                        session.chronicle().of("hop"),
                        command,
                        Map.of(),
                        line -> line.startsWith("Mpps ") || line.startsWith("error "),
                        PATIENCE)) {
            hop.awaitReady("ready", PATIENCE);
            for (String size : SIZES) {
                verdicts.add(measure(session, hop, size));
            }
        }
        return verdicts;
    }

    private RatioRow measure(MeasuredSession session, Dialogue hop, String size) {
        String row = "hop-" + size;
        Key ours = Ratios.key(row, Method.CORE_EACH, "Skyway's driver", "hop", "Mpps");
        Key theirs = ours.of("the same in C");
        for (int i = 0; i < WARM_UPS; i++) {
            hop.ask("hop %d %s".formatted(MILLIS, size));
        }
        SequencedMap<Key, DoubleSupplier> both = new LinkedHashMap<>();
        both.put(theirs, () -> session.yardstick().hop(MILLIS, size));
        both.put(ours, () -> Yardstick.mpps(hop.ask("hop %d %s".formatted(MILLIS, size))));
        Turns.compare(
                session,
                "bench, " + row,
                1.4,
                List.of(hop.program(), session.yardstick().program()),
                List.of(),
                both);
        return Ratios.ratio(
                session,
                row,
                "one bypass hop, %s, copied in and read out, two cores"
                        .formatted(size.equals("imix") ? "IMIX" : size + " B"),
                ours,
                theirs,
                size.equals("64") ? 1 : 0.95,
                false);
    }
}
