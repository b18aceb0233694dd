package org.skyway.experiments.figures;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.dpdk.Feeder;
import org.skyway.experiments.figures.MeasuredTraffic.Kind;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// The normal path over rules of three kinds and flows, cell by cell, next to Open vSwitch with the
/// same rules, feeder and frames.
final class CellsRow implements FigureRow {
    private static final int SWITCH = 0;
    private static final int FEEDER = 1;
    private static final double START_SECONDS = 25;
    private static final double GOAL = 1.5;
    private static final double MATCHER_GOAL = 3;
    private static final int PAGES = 2 * FeederLine.HUGE_PAGES + OvsDpdk.HUGE_PAGES;

    /// A cell of the table.
    private record Cell(Kind kind, int rules, int flows, boolean zipf) {
        String name() {
            return "%s, %,d rules, %,d flows%s".formatted(kind, rules, flows, zipf ? ", Zipf" : "");
        }

        // Where flows are as many as rules, or a table is one hash or one tree.
        double goal() {
            return kind != Kind.ACL && rules > 1 ? MATCHER_GOAL : GOAL;
        }
    }

    CellsRow() {}

    @Override
    public String name() {
        return "cells";
    }

    private static List<Cell> cells(Plan plan) {
        List<Cell> cells = new ArrayList<>();
        if (plan.quick()) {
            for (Kind kind : Kind.values()) {
                cells.add(new Cell(kind, 1000, 1, false));
                cells.add(new Cell(kind, 1000, 1000, false));
            }
            return cells;
        }
        int[] rules = {1, 100, 10_000, 100_000};
        int[] flows = {1, 1000, 100_000};
        for (Kind kind : Kind.values()) {
            for (int r : rules) {
                for (int f : flows) {
                    cells.add(new Cell(kind, r, f, false));
                    if (f > 1) {
                        cells.add(new Cell(kind, r, f, true));
                    }
                }
            }
        }
        return cells;
    }

    private static double cellSeconds(Plan plan, Cell cell) {
        return 1
                + cell.rules / 100_000.0 * 14
                + plan.rounds() * (0.7 + 2 * (plan.settleSeconds() + plan.seconds() + 0.1));
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + cells(plan).stream().mapToDouble(c -> cellSeconds(plan, c)).sum();
    }

    @Override
    public String missing(Plan plan) {
        return Feeder.missing() != null ? Feeder.missing() : NormalPathRow.missing(plan, PAGES);
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Path program = Feeder.build(session.scratch());
        Path frames = session.scratch().resolve("frames");
        List<RatioRow> verdicts = new ArrayList<>();
        List<FeederLine> lines = new ArrayList<>();
        try (ReservedPages huge = new ReservedPages(PAGES)) {
            try {
                lines.add(
                        new FeederLine(
                                session,
                                program,
                                Fabrics.skyway(session, 2, SWITCH, false),
                                huge,
                                FEEDER));
                lines.add(
                        new FeederLine(
                                session,
                                program,
                                Fabrics.ovs(session, huge, List.of(SWITCH)),
                                huge,
                                FEEDER));
                lines.getFirst().fabric().connect(); // forbids bypasses; its rules are replaced
                session.advance(START_SECONDS, "bench, cells");
                for (Cell cell : cells(session.plan())) {
                    MeasuredTraffic.frames(
                            frames, cell.rules, cell.flows, cell.zipf, session.plan().seed());
                    List<String> rules = MeasuredTraffic.rules(cell.kind, cell.rules);
                    for (FeederLine line : lines) {
                        line.fabric().active(true);
                        line.fabric().replaceRules(rules);
                        line.fabric().active(false);
                        line.frames(frames);
                    }
                    verdicts.add(measure(session, lines, cell));
                    session.advance(
                            cellSeconds(session.plan(), cell), "bench, cells, " + cell.name());
                }
            } finally {
                lines.reversed().forEach(FeederLine::close);
            }
        }
        return verdicts;
    }

    private RatioRow measure(MeasuredSession session, List<FeederLine> lines, Cell cell) {
        Plan plan = session.plan();
        String row = "cell: " + cell.name();
        Key skyway = Ratios.key(row, Method.CORE_EACH, Fabrics.THROUGH, "throughput", "Mpps");
        Key ovs = skyway.of(Fabrics.OVS);
        List<Program> programs = new ArrayList<>();
        lines.forEach(l -> programs.addAll(l.programs()));
        lines.forEach(l -> l.run(0, plan, false)); // caches
        for (int round = 1; round <= plan.rounds(); round++) {
            var framed =
                    session.framed(
                            programs,
                            List.of(),
                            () ->
                                    new double[] {
                                        lines.get(0).run(0, plan, false).mpps(),
                                        lines.get(1).run(0, plan, false).mpps()
                                    });
            session.keep(skyway, round, framed.value()[0], framed.conditions());
            session.keep(ovs, round, framed.value()[1], framed.conditions());
        }
        return Ratios.ratio(
                session,
                row,
                "through the switch: " + cell.name(),
                skyway,
                ovs,
                cell.goal(),
                false);
    }
}
