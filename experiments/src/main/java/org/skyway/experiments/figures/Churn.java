package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Section;

/// Throughput and latency while rules change that packets have nothing to do with.
final class Churn implements Experiment {
    private static final List<Integer> RATES = List.of(0, 10, 100, 1000, 3000, 10_000);
    private static final List<Integer> QUICK_RATES = List.of(0, 10_000);
    private static final double LATENCY_MPPS = 0.2;
    private static final double START_SECONDS = 12;

    Churn() {}

    @Override
    public String name() {
        return "churn";
    }

    private static List<Integer> rates(Plan plan) {
        return plan.quick() ? QUICK_RATES : RATES;
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + plan.settleSeconds() + 2 * plan.seconds() + 0.6;
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + rates(plan).size() * 2 * plan.rounds() * roundSeconds(plan);
    }

    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        Needs.chain(2, obstacles);
        return obstacles;
    }

    @Override
    public Section run(MeasuredSession session) {
        Plan plan = session.plan();
        Section section = new Section(name(), "While rules change");
        Cores cores = Cores.assign(plan.cores(), 2);
        try (SkywayChain chain = new SkywayChain(session, 2, cores);
                Controller controller =
                        new Controller("churn", chain.bed().path(), SkywayBed.BRIDGE)) {
            session.advance(START_SECONDS, "churn");
            for (Way way : chain.ways()) {
                way.select();
                way.mpps(0.1, plan.quick() ? 1 : 3);
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                for (int rate : rates(plan)) {
                    for (Way way : chain.ways()) {
                        way.select();
                        round(session, chain, way, controller, rate, cores.method(), round);
                        session.advance(
                                roundSeconds(plan),
                                "churn, %d a second, round %d of %d"
                                        .formatted(rate, round, plan.rounds()));
                    }
                }
            }
            if (controller.errors() > 0) {
                section.findings()
                        .add(
                                "The switch refused %d flow-mods, the last with %s."
                                        .formatted(controller.errors(), controller.lastError()));
            }
        }
        figure(section, "throughput", "throughput each way [Mpps]", false);
        figure(section, "latency, median", "one-way latency [µs]", true);
        figure(section, "latency, p99.9", "one-way latency [µs]", true);
        section.text()
                .add(
                        ("Entries for another port are added and deleted one by one over one connection. Throughput is flat out;"
                                        + " latency is measured at %.1f Mpps each way. How many flow-mods a second were sent is in the table.")
                                .formatted(LATENCY_MPPS));
        return section;
    }

    private void figure(Section section, String metric, String axis, boolean logarithmic) {
        section.figures()
                .add(
                        new Figure(
                                "churn-" + metric.replaceAll("[^a-z0-9.]+", "-"),
                                name(),
                                metric,
                                "While rules change: " + metric,
                                "flow-mods a second",
                                axis,
                                false,
                                logarithmic));
    }

    private void round(
            MeasuredSession session,
            SkywayChain chain,
            Way way,
            Controller controller,
            int rate,
            Method method,
            int round) {
        Plan plan = session.plan();
        record Seen(double mpps, Ends.Trial trial, double sent) {}
        var framed =
                session.framed(
                        way.programs(),
                        way.pollers(),
                        () -> {
                            try (Changes changes = new Changes(controller, rate)) {
                                double mpps = way.mpps(plan.settleSeconds(), plan.seconds());
                                Ends.Trial trial =
                                        chain.ends().oneWay(LATENCY_MPPS, plan.seconds());
                                return new Seen(mpps, trial, changes.perSecond());
                            }
                        });
        Seen seen = framed.value();
        String x = Integer.toString(rate);
        Point point = new Point(session, name(), method, way.path(), x, round, framed.conditions());
        point.keep(seen.mpps, seen.trial.report());
        point.keep("flow-mods sent", "1/s", seen.sent);
    }
}
