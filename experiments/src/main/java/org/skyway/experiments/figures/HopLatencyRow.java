package org.skyway.experiments.figures;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.dpdk.Feeder;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// Latency of one hop at a tenth of what each way does: our feeder on Skyway past the switch, on
/// memif and on Open vSwitch. The same program, thread and frames on all.
final class HopLatencyRow implements FigureRow {
    private static final int SWITCH = 0;
    private static final int FEEDER = 1;
    private static final double START_SECONDS = 25;
    private static final int PAGES = 3 * FeederLine.HUGE_PAGES + OvsDpdk.HUGE_PAGES;

    HopLatencyRow() {}

    @Override
    public String name() {
        return "hop-latency";
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + 3 * (plan.settleSeconds() + plan.seconds() + 0.1);
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * roundSeconds(plan);
    }

    @Override
    public String missing(Plan plan) {
        return Feeder.missing() != null ? Feeder.missing() : NormalPathRow.missing(plan, PAGES);
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Plan plan = session.plan();
        Path program = Feeder.build(session.scratch());
        Path frames = session.scratch().resolve("one-flow");
        MeasuredTraffic.oneFlow(frames, 64);
        List<FeederLine> lines = new ArrayList<>();
        try (ReservedPages huge = new ReservedPages(PAGES)) {
            try {
                lines.add(line(session, program, Fabrics.skyway(session, 2, SWITCH, true), huge));
                lines.add(line(session, program, Fabrics.memif(session.scratch("memif")), huge));
                lines.add(
                        line(session, program, Fabrics.ovs(session, huge, List.of(SWITCH)), huge));
                measure(session, plan, lines, frames);
            } finally {
                lines.reversed().forEach(FeederLine::close);
            }
        }
        Key ours = key(Fabrics.PAST, "p50");
        // spotless:off
        return List.of(
                Ratios.ratio(session, "hop-latency-memif", "latency of one hop at 10 % load, p50", ours, key(Fabrics.MEMIF, "p50"), 1, true),
                Ratios.ratio(session, "hop-latency-ovs", "latency of one hop at 10 % load, p50", ours, key(Fabrics.OVS, "p50"), 0.5, true),
                Ratios.ratio(session, "hop-latency-p99.9", "latency of one hop at 10 % load, p99.9 (shown)", key(Fabrics.PAST, "p99.9"), key(Fabrics.OVS, "p99.9"), Double.NaN, true));
        // spotless:on
    }

    private void measure(MeasuredSession session, Plan plan, List<FeederLine> lines, Path frames) {
        List<Program> programs = new ArrayList<>();
        double[] tenth = new double[lines.size()];
        for (int i = 0; i < tenth.length; i++) {
            lines.get(i).frames(frames);
            programs.addAll(lines.get(i).programs());
            tenth[i] = lines.get(i).run(0, plan, true).mpps() / 10;
        }
        session.advance(START_SECONDS, "bench, latency of a hop");
        for (int round = 1; round <= plan.rounds(); round++) {
            var framed =
                    session.framed(
                            programs,
                            List.of(),
                            () -> {
                                List<Feeder.Run> runs = new ArrayList<>();
                                for (int i = 0; i < tenth.length; i++) {
                                    runs.add(lines.get(i).run(tenth[i], plan, true));
                                }
                                return runs;
                            });
            for (int i = 0; i < tenth.length; i++) {
                Feeder.Run run = framed.value().get(i);
                String path = lines.get(i).fabric().path();
                session.keep(key(path, "p50"), round, run.p50() / 1e3, framed.conditions());
                session.keep(key(path, "p99"), round, run.p99() / 1e3, framed.conditions());
                session.keep(key(path, "p99.9"), round, run.p999() / 1e3, framed.conditions());
            }
            session.advance(roundSeconds(plan), "bench, latency of a hop, round " + round);
        }
    }

    private Key key(String path, String percentile) {
        return Ratios.key(name(), Method.CORE_EACH, path, "latency, " + percentile, "µs");
    }

    private static FeederLine line(
            MeasuredSession session, Path program, Fabric fabric, ReservedPages huge) {
        FeederLine line = new FeederLine(session, program, fabric, huge, FEEDER);
        try {
            fabric.connect();
            fabric.active(false);
            return line;
        } catch (RuntimeException e) {
            line.close();
            throw e;
        }
    }
}
