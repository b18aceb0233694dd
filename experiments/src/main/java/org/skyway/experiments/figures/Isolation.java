package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Section;
import org.skyway.experiments.tester.Tester;

/// What one flow that goes through the switch has of other links being bypassed.
final class Isolation implements Experiment {
    private static final double OTHERS_MPPS = 0.2; // of each end of each other link
    private static final double OURS_MPPS = 0.2; // while latency is measured
    private static final double START_SECONDS = 15;
    private static final String THROUGH = "others through the switch";
    private static final String PAST = "others past the switch";

    Isolation() {}

    @Override
    public String name() {
        return "isolation";
    }

    private static int most(Plan plan) {
        return plan.quick() ? 1 : 4;
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + plan.settleSeconds() + 2 * plan.seconds() + 1;
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + (most(plan) + 1) * 2 * plan.rounds() * roundSeconds(plan);
    }

    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        Needs.chain(2 + most(plan), obstacles);
        return obstacles;
    }

    @Override
    public Section run(MeasuredSession session) {
        Plan plan = session.plan();
        Section section = new Section(name(), "A flow through the switch beside links past it");
        int most = most(plan);
        try (SkywayBed bed = new SkywayBed(session, 2 + 2 * most)) {
            Tester left = bed.tester(null, "backoff", 1);
            Tester right = bed.tester(null, "backoff", 2);
            int[] numbers = IntStream.rangeClosed(3, 2 + 2 * most).toArray();
            Tester others = bed.tester(null, "backoff", numbers);
            bed.connectNeighbours(3, 2 + 2 * most);
            // Not everything from these ports goes to the other, so they are no link.
            bed.addFlows(
                    List.of(
                            "priority=100,in_port=1,actions=output:2",
                            "priority=100,in_port=2,actions=output:1",
                            "priority=200,in_port=1,udp,tp_dst=9,actions=drop",
                            "priority=200,in_port=2,udp,tp_dst=9,actions=drop"));
            Ends ours = Ends.of(left, right, plan.size());
            ours.mpps(0.1, plan.quick() ? 1 : 3);
            session.advance(START_SECONDS, "isolation");
            for (int round = 1; round <= plan.rounds(); round++) {
                for (int n = 0; n <= most; n++) {
                    for (boolean past : new boolean[] {false, true}) {
                        bed.bypass(past);
                        round(session, bed, ours, others, n, past, round);
                        session.advance(
                                roundSeconds(plan),
                                "isolation, %d other links, round %d of %d"
                                        .formatted(n, round, plan.rounds()));
                    }
                }
            }
        }
        figure(section, "throughput", "throughput each way [Mpps]", false);
        figure(section, "latency, median", "one-way latency [µs]", true);
        figure(section, "latency, p99.9", "one-way latency [µs]", true);
        section.text()
                .add(
                        ("Each other link carries %.1f Mpps both ways, all of them moved by one program. The flow that is looked at"
                                        + " goes through the switch always; its latency is measured at %.1f Mpps.")
                                .formatted(OTHERS_MPPS, OURS_MPPS));
        return section;
    }

    private void figure(Section section, String metric, String axis, boolean logarithmic) {
        section.figures()
                .add(
                        new Figure(
                                "isolation-" + metric.replaceAll("[^a-z0-9.]+", "-"),
                                name(),
                                metric,
                                "One flow through the switch, beside other links: " + metric,
                                "other links",
                                axis,
                                false,
                                logarithmic));
    }

    private void round(
            MeasuredSession session,
            SkywayBed bed,
            Ends ours,
            Tester others,
            int n,
            boolean past,
            int round) {
        Plan plan = session.plan();
        record Seen(double mpps, Ends.Trial trial) {}
        var framed =
                session.framed(
                        bed.programs(),
                        List.of(),
                        () -> {
                            for (int port = 0; port < 2 * n; port++) {
                                others.exchange(port, OTHERS_MPPS * 1e6, 1, plan.size());
                            }
                            others.go();
                            double mpps = ours.mpps(plan.settleSeconds(), plan.seconds());
                            Ends.Trial trial = ours.oneWay(OURS_MPPS, plan.seconds());
                            others.stop();
                            others.report();
                            return new Seen(mpps, trial);
                        });
        new Point(
                        session,
                        name(),
                        Method.TIME_SHARED,
                        past ? PAST : THROUGH,
                        Integer.toString(n),
                        round,
                        framed.conditions())
                .keep(framed.value().mpps, framed.value().trial.report());
    }
}
