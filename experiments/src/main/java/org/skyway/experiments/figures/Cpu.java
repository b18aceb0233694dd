package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skyway.experiments.process.ThreadClock;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.MachineFacts;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Section;

/// What two VNFs' packets cost the switch, through it and past it, over the load.
final class Cpu implements Experiment {
    private static final List<Double> LOADS = List.of(0.0, 0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 4.0);
    private static final List<Double> QUICK_LOADS = List.of(0.0, 0.1, 1.0);
    private static final double START_SECONDS = 12;
    private static final double REST_SECONDS =
            1.1; // after so long without packets a poll thread rests

    Cpu() {}

    @Override
    public String name() {
        return "cpu";
    }

    private static List<Double> loads(Plan plan) {
        return plan.quick() ? QUICK_LOADS : LOADS;
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + plan.settleSeconds() + plan.seconds() + 0.3;
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS
                + 2 * loads(plan).size() * plan.rounds() * roundSeconds(plan)
                + 2 * plan.rounds() * REST_SECONDS;
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
        Section section = new Section(name(), "What a link costs the switch");
        Cores cores = Cores.assign(plan.cores(), 2);
        try (SkywayChain chain = new SkywayChain(session, 2, cores)) {
            session.advance(START_SECONDS, "cpu");
            ThreadClock clock = ThreadClock.of(pid(chain), "poll-");
            for (Way way : chain.ways()) {
                way.select();
                way.mpps(0.1, plan.quick() ? 1 : 3);
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                for (double load : loads(plan)) {
                    for (Way way : chain.ways()) {
                        way.select();
                        round(session, chain, way, clock, load, cores.method(), round);
                        session.advance(
                                roundSeconds(plan) + (load == 0 ? REST_SECONDS : 0),
                                "cpu, %.3g Mpps, round %d of %d"
                                        .formatted(load, round, plan.rounds()));
                    }
                }
            }
        }
        section.figures()
                .add(
                        new Figure(
                                "cpu-share",
                                name(),
                                "poll thread, share of a core",
                                "What two VNFs' packets cost the switch",
                                "offered each way [Mpps]",
                                "poll thread's share of a core [%]",
                                true,
                                false));
        section.figures()
                .add(
                        new Figure(
                                "cpu-cycles",
                                name(),
                                "poll thread, cycles per packet",
                                "What a packet costs the switch",
                                "offered each way [Mpps]",
                                "cycles per packet",
                                true,
                                true));
        section.text()
                .add(
                        "The poll thread's processor time is what the scheduler counted, by packets that arrived, both ways, in cycles of"
                                + " the time stamp counter (%.0f MHz here). With few packets most of it is looking for the next one. The whole"
                                        .formatted(MachineFacts.tscMegahertz())
                                + " switch is all of its threads.");
        return section;
    }

    private static long pid(SkywayChain chain) {
        return chain.bed().vswitchd().pid();
    }

    /// @param wall seconds that passed
    /// @param poll seconds of the poll thread
    /// @param all seconds of the whole switch
    /// @param packets that arrived
    private record Cost(double wall, double poll, double all, long packets) {}

    private void round(
            MeasuredSession session,
            SkywayChain chain,
            Way way,
            ThreadClock clock,
            double load,
            Method method,
            int round) {
        Plan plan = session.plan();
        var framed =
                session.framed(
                        way.programs(),
                        way.pollers(),
                        () -> {
                            if (load == 0) {
                                Waits.sleep(REST_SECONDS);
                            }
                            return cost(chain, clock, load, plan.seconds());
                        });
        Cost cost = framed.value();
        String x = String.format(Locale.ROOT, "%.3g", load);
        Point point = new Point(session, name(), method, way.path(), x, round, framed.conditions());
        point.keep("poll thread, share of a core", "%", 100 * cost.poll / cost.wall);
        point.keep("whole switch, share of a core", "%", 100 * cost.all / cost.wall);
        if (cost.packets > 0) {
            double cycles = cost.poll * MachineFacts.tscMegahertz() * 1e6 / cost.packets;
            point.keep("poll thread, cycles per packet", "cycles", cycles);
        }
    }

    private static Cost cost(SkywayChain chain, ThreadClock clock, double load, double seconds) {
        long poll = clock.nanos();
        long all = chain.bed().vswitchd().cpu().toNanos();
        long since = System.nanoTime();
        long packets = 0;
        if (load == 0) {
            Waits.sleep(seconds);
        } else {
            Ends.Trial trial = chain.ends().oneWay(load, seconds);
            packets = trial.sent() - trial.lost();
        }
        return new Cost(
                (System.nanoTime() - since) / 1e9,
                (clock.nanos() - poll) / 1e9,
                (chain.bed().vswitchd().cpu().toNanos() - all) / 1e9,
                packets);
    }
}
