package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.Program;

/// The stages of a chain of Java VNFs: three switches, one for each stage, all up at the same time
/// and at rest but for one.
final class JavaStages implements AutoCloseable {
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final double START_SECONDS = 20;

    private final MeasuredSession session;
    private final List<SkywayBed> beds = new ArrayList<>();
    private final List<Program> programs = new ArrayList<>();
    private final Ends pair;
    private final Ends forward;
    private final Ends through;

    JavaStages(MeasuredSession session) {
        this.session = session;
        try {
            SkywayBed a = bed(2);
            pair = a.pair(FIRST, SECOND, "backoff");
            a.bypass(true);
            SkywayBed b = bed(4);
            b.forward(2, 3, FIRST, "backoff");
            forward = Ends.of(b.tester(SECOND, "backoff", 1, 4), size());
            b.connect(new int[] {1, 2}, new int[] {3, 4});
            b.bypass(true);
            SkywayBed c = bed(2);
            through = Ends.of(c.tester(SECOND, "backoff", 1, 2), size());
            c.connect(new int[] {1, 2});
            c.bypass(false);
            beds.forEach(bed -> programs.addAll(bed.programs()));
            session.advance(START_SECONDS, "stages");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private SkywayBed bed(int ports) {
        SkywayBed bed = new SkywayBed(session, ports, "--cores", Integer.toString(FIRST));
        beds.add(bed);
        return bed;
    }

    private String size() {
        return session.plan().size();
    }

    /// How long it takes.
    static double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * roundSeconds(plan) + 3 * warmUpSeconds(plan);
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + 3 * (plan.settleSeconds() + plan.seconds() + 0.2);
    }

    private static double warmUpSeconds(Plan plan) {
        return plan.quick() ? 1 : 3;
    }

    /// Measures, and keeps stages and bounds.
    ///
    /// @param experiment whose
    void run(String experiment) {
        Plan plan = session.plan();
        for (Ends ends : List.of(pair, forward, through)) {
            ends.mpps(0.1, warmUpSeconds(plan));
            session.advance(warmUpSeconds(plan), experiment + ": stages, warming up");
        }
        for (int round = 1; round <= plan.rounds(); round++) {
            var framed =
                    session.framed(
                            programs,
                            List.of(),
                            () -> new double[] {mpps(pair), mpps(forward), mpps(through)});
            double[] mpps = framed.value();
            new StageRates("Skyway, Java VNFs", mpps[0], mpps[1], mpps[2], framed.conditions())
                    .keep(session, experiment, round, SkywayChain.THROUGH, SkywayChain.PAST);
            session.advance(
                    roundSeconds(plan),
                    "%s: stages, round %d of %d".formatted(experiment, round, plan.rounds()));
        }
    }

    private double mpps(Ends ends) {
        return ends.mpps(session.plan().settleSeconds(), session.plan().seconds());
    }

    @Override
    public void close() {
        beds.reversed().forEach(SkywayBed::close);
    }
}
