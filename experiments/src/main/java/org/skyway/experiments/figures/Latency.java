package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Ratio;
import org.skyway.experiments.report.Section;

/// One-way and round-trip latency over the length of a chain, at parts of the rate at which each
/// way just loses nothing.
final class Latency implements Experiment {
    private static final List<Integer> LOADS = List.of(10, 50, 90); // % of the no-drop rate
    private static final List<Integer> QUICK_LOADS = List.of(10, 90);
    private static final double START_SECONDS = 10;

    Latency() {}

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public Set<Plan.Vnfs> vnfs() {
        return Set.of(Plan.Vnfs.JAVA, Plan.Vnfs.VM);
    }

    // Every other length will do to see where it goes.
    private static List<Integer> lengths(Plan plan) {
        if (plan.inGuests()) {
            return List.of(2);
        }
        TreeSet<Integer> lengths = new TreeSet<>();
        int from = Math.max(2, plan.chainFrom());
        for (int n = from; n <= plan.chainTo(); n += 2) {
            lengths.add(n);
        }
        lengths.add(Math.max(from, plan.chainTo()));
        return List.copyOf(lengths);
    }

    private static List<Integer> loads(Plan plan) {
        return plan.quick() ? QUICK_LOADS : LOADS;
    }

    private static int steps(Plan plan) {
        return plan.quick() ? 6 : 10;
    }

    private static double roundSeconds(Plan plan) {
        return 0.8 + 2 * (plan.seconds() + 0.3);
    }

    private static double searchSeconds(Plan plan) {
        return 2 * (2 + steps(plan) * (plan.seconds() + 0.3));
    }

    @Override
    public double seconds(Plan plan) {
        return lengths(plan).size()
                * ((plan.inGuests() ? VmPair.BOOT_SECONDS : START_SECONDS)
                        + searchSeconds(plan)
                        + plan.rounds() * 2 * loads(plan).size() * roundSeconds(plan));
    }

    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        if (plan.chainTo() < 2) {
            obstacles.add(
                    "latency has chains of 2 VNFs at least; give --chain 2..8 or a part of it");
        }
        Needs.chain(plan.chainTo(), obstacles);
        Needs.guests(plan, obstacles);
        return obstacles;
    }

    @Override
    public Section run(MeasuredSession session) {
        Plan plan = session.plan();
        Section section = new Section(name(), "Latency of a chain");
        for (int n : lengths(plan)) {
            Cores cores = Cores.assign(plan.cores(), n).awake();
            Method method = plan.inGuests() ? Method.TIME_SHARED : cores.method();
            try (MeasuredChain chain =
                    plan.inGuests()
                            ? new VmPair(session, false)
                            : new SkywayChain(session, n, cores)) {
                session.advance(
                        plan.inGuests() ? VmPair.BOOT_SECONDS : START_SECONDS,
                        "latency, %d VNFs".formatted(n));
                run(session, chain, method, n);
                section.findings().add(finding(session, method, chain.ways(), n));
            }
        }
        if (plan.inGuests()) {
            section.text()
                    .add(
                            "Each VNF is in a guest of its own, with a clock of its own, so there is no one-way latency. "
                                    + VmPair.TEXT);
        }
        for (String kind :
                plan.inGuests() ? List.of("round trip") : List.of("one-way", "round trip")) {
            for (String percentile : List.of("median", "p99.9")) {
                section.figures()
                        .add(
                                new Figure(
                                        "latency-%s-%s"
                                                .formatted(kind.replace(' ', '-'), percentile),
                                        name(),
                                        kind + ", " + percentile,
                                        "Latency of a chain, %s, %s".formatted(kind, percentile),
                                        "VNFs in the chain",
                                        "latency [µs]",
                                        false,
                                        true));
            }
        }
        section.text()
                .add(
                        "Loads are parts of each way's own no-drop rate (RFC 2544, by halving; a rate that the senders could not keep"
                                + " up with counts as too high), so the faster way is measured under more packets. Latency is that of the"
                                + " first packet of each burst, by the clock that both ends share; for the round trip the far end sends"
                                + " everything back. Nobody sleeps in this experiment.");
        section.text()
                .add(
                        "The paper says that at 8 VNFs latency is 80 % less than with its Open vSwitch; it does not say at which load.");
        return section;
    }

    private void run(MeasuredSession session, MeasuredChain chain, Method method, int n) {
        Plan plan = session.plan();
        String x = Integer.toString(n);
        Map<Way, Double> noDrop = new LinkedHashMap<>();
        for (Way way : chain.ways()) {
            way.select();
            double flatOut = way.mpps(0.1, plan.quick() ? 1 : 3);
            double rate =
                    NoDrop.search(
                            flatOut,
                            steps(plan),
                            plan.seconds(),
                            mpps -> chain.ends().oneWay(mpps, plan.seconds()));
            noDrop.put(way, rate);
            session.keep(
                    new Key(name(), method, way.path(), x, "no-drop rate", "Mpps"),
                    1,
                    rate,
                    Conditions.UNKNOWN);
            session.advance(searchSeconds(plan) / 2, "latency, %d VNFs, no-drop rate".formatted(n));
        }
        for (int round = 1; round <= plan.rounds(); round++) {
            for (int load : loads(plan)) {
                for (var entry : noDrop.entrySet()) {
                    Way way = entry.getKey();
                    way.select();
                    round(
                            session,
                            chain,
                            way,
                            entry.getValue() * load / 100,
                            load,
                            method,
                            x,
                            round);
                    session.advance(
                            roundSeconds(plan),
                            "latency, %s VNFs, round %d of %d".formatted(x, round, plan.rounds()));
                }
            }
        }
    }

    private void round(
            MeasuredSession session,
            MeasuredChain chain,
            Way way,
            double mpps,
            int load,
            Method method,
            String x,
            int round) {
        double seconds = session.plan().seconds();
        var framed =
                session.framed(
                        way.programs(),
                        way.pollers(),
                        () -> {
                            Map<String, Ends.Trial> trials = new LinkedHashMap<>();
                            if (chain.sharesClock()) {
                                trials.put("one-way", chain.ends().oneWay(mpps, seconds));
                            }
                            trials.put("round trip", chain.ends().roundTrip(mpps, seconds));
                            return trials;
                        });
        Point point =
                new Point(
                        session,
                        name(),
                        method,
                        path(way.path(), load),
                        x,
                        round,
                        framed.conditions());
        framed.value()
                .forEach((kind, trial) -> {
                    point.keep(kind + ", median", "µs", trial.report().p50() / 1e3);
                    point.keep(kind + ", p90", "µs", trial.report().p90() / 1e3);
                    point.keep(kind + ", p99", "µs", trial.report().p99() / 1e3);
                    point.keep(kind + ", p99.9", "µs", trial.report().p999() / 1e3);
                });
    }

    private static String path(String way, int load) {
        return way + ", " + load + " % load";
    }

    private String finding(MeasuredSession session, Method method, List<Way> ways, int n) {
        Key past =
                new Key(
                        name(),
                        method,
                        path(ways.getLast().path(), LOADS.getFirst()),
                        Integer.toString(n),
                        "round trip, median",
                        "µs");
        Ratio ratio =
                Ratio.of(
                        session.results().of(past),
                        session.results()
                                .of(past.of(path(ways.getFirst().path(), LOADS.getFirst()))));
        return "%d VNFs, median round trip at 10 %% load: past the switch by through it %s."
                .formatted(n, ratio == null ? "not measured" : ratio.text());
    }
}
