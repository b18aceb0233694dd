package org.skyway.experiments.figures;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.yardstick.CProgram;

/// Two ends and the switch on one core, all of them yielding: how far the cores are from each other
/// does not matter, so this is the steady figure.
final class OneCoreRow implements FigureRow {
    private static final double START_SECONDS = 15;

    OneCoreRow() {}

    @Override
    public String name() {
        return "one-core";
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + 2 * (plan.settleSeconds() + plan.seconds() + 0.5);
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * roundSeconds(plan);
    }

    @Override
    public String missing(Plan plan) {
        return CProgram.onPath("taskset") ? null : "taskset is missing; apt-get install util-linux";
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Plan plan = session.plan();
        Key past = Ratios.key(name(), Method.ONE_CORE, SkywayChain.PAST, "throughput", "Mpps");
        Key through = past.of(SkywayChain.THROUGH);
        try (SkywayBed bed =
                new SkywayBed(
                        session, List.of("taskset", "-c", "0"), 2, SkywayBed.REHEARSAL, "500")) {
            Ends ends = bed.pair(null, null, "yield");
            for (boolean bypass : new boolean[] {false, true}) {
                bed.bypass(bypass);
                ends.flood(0.1, plan.quick() ? 2 : 5);
            }
            session.advance(START_SECONDS, "bench, one core");
            SequencedMap<Key, DoubleSupplier> both = new LinkedHashMap<>();
            both.put(through, () -> mpps(bed, ends, plan, false));
            both.put(past, () -> mpps(bed, ends, plan, true));
            Turns.compare(
                    session,
                    "bench, one core",
                    roundSeconds(plan),
                    bed.programs(),
                    bed.vnfs(),
                    both);
        }
        return List.of(
                Ratios.ratio(
                        session,
                        name(),
                        "the same both ways on ONE core, ends yielding, 64 B: past the switch by through it",
                        past,
                        through,
                        2.5,
                        false));
    }

    private static double mpps(SkywayBed bed, Ends ends, Plan plan, boolean bypass) {
        bed.bypass(bypass);
        return ends.flood(plan.settleSeconds(), plan.seconds());
    }
}
