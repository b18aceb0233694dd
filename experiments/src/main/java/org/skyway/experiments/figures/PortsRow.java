package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.yardstick.CProgram;

/// What it costs to connect two stock VNFs: memif and vhost-user, by a link and by rules for their
/// flows, next to a loop in C and to Open vSwitch with DPDK. One stock `testpmd` owns both VNFs'
/// ports and sends on both, on the other core.
final class PortsRow implements FigureRow {
    private static final int SWITCH = 0;
    private static final int FEEDER = 1;
    private static final List<Integer> SIZES = List.of(64, 256, 1518);
    private static final double START_SECONDS = 25;
    private static final int HUGE_PAGES = 4 * TestpmdLine.HUGE_PAGES + OvsDpdk.HUGE_PAGES;
    private static final String NAME = "ports";
    private static final String CYCLES = "cycles per packet";
    private static final String LINK = ", whatever comes from a port";
    private static final String RULES = ", 5-tuple rules";

    PortsRow() {}

    @Override
    public String name() {
        return NAME;
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + plan.settleSeconds() + plan.seconds() + 0.5;
    }

    @Override
    public double seconds(Plan plan) {
        int ways = 3 + 5; // of memif and of vhost-user
        return 2 * START_SECONDS + SIZES.size() * plan.rounds() * ways * roundSeconds(plan);
    }

    @Override
    public boolean isLong() {
        return true;
    }

    @Override
    public String missing(Plan plan) {
        if (plan.cores() < 2) {
            return "a switch and its feeder need two cores";
        }
        if (!CProgram.onPath(Testpmd.PROGRAM)) {
            return Testpmd.PROGRAM + " is missing; apt-get install dpdk-dev";
        }
        return OvsDpdk.obstacle() != null ? OvsDpdk.obstacle() : ReservedPages.obstacle(HUGE_PAGES);
    }

    /// A fabric with some rules.
    private record Choice(Costed fabric, TestpmdLine line, String name, List<String> rules) {}

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        List<RatioRow> verdicts = new ArrayList<>();
        for (StockFabrics.Kind kind : StockFabrics.Kind.values()) {
            measure(session, kind);
            for (int size : SIZES) {
                judge(session, kind, size, verdicts);
            }
        }
        return verdicts;
    }

    private static void measure(MeasuredSession session, StockFabrics.Kind kind) {
        Plan plan = session.plan();
        List<AutoCloseable> started = new ArrayList<>();
        List<Choice> choices = new ArrayList<>();
        try {
            ReservedPages huge = new ReservedPages(HUGE_PAGES);
            started.add(huge);
            Costed skyway = StockFabrics.skyway(session, kind, SWITCH);
            TestpmdLine first = line(session, skyway, huge, started);
            choices.add(new Choice(skyway, first, StockFabrics.SKYWAY + LINK, link()));
            choices.add(new Choice(skyway, first, StockFabrics.SKYWAY + RULES, rules()));
            Costed io = StockFabrics.io(session, huge, kind, SWITCH);
            choices.add(new Choice(io, line(session, io, huge, started), io.path(), List.of()));
            if (kind == StockFabrics.Kind.VHOST) {
                Costed ovs = Fabrics.ovs(session, huge, List.of(SWITCH));
                TestpmdLine third = line(session, ovs, huge, started);
                choices.add(new Choice(ovs, third, Fabrics.OVS + LINK, link()));
                choices.add(new Choice(ovs, third, Fabrics.OVS + RULES, rules()));
            }
            session.advance(START_SECONDS, "bench, ports, " + kind);
            List<Program> programs = new ArrayList<>();
            choices.stream()
                    .map(Choice::line)
                    .distinct()
                    .forEach(l -> programs.addAll(l.programs()));
            for (Choice choice : choices) {
                choice.fabric.replaceRules(choice.rules);
                choice.line.mpps(0.1, plan.quick() ? 1 : 3); // compilers
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                for (int size : SIZES) {
                    for (Choice choice : choices) {
                        round(session, kind, size, choice, programs, round);
                    }
                }
            }
        } finally {
            Closing.lastFirst(started, line -> session.chronicle().write(NAME, line));
        }
    }

    private static void round(
            MeasuredSession session,
            StockFabrics.Kind kind,
            int size,
            Choice choice,
            List<Program> programs,
            int round) {
        Plan plan = session.plan();
        choice.line.size(size);
        choice.fabric.replaceRules(choice.rules);
        var framed =
                session.framed(
                        programs,
                        List.of(),
                        () -> choice.line.mpps(plan.settleSeconds(), plan.seconds()));
        Conditions conditions = framed.conditions();
        session.keep(
                key(kind, size, choice.name, "throughput", "Mpps"),
                round,
                framed.value(),
                conditions);
        double cycles = choice.fabric.cyclesPerPacket();
        if (Double.isFinite(cycles)) {
            session.keep(key(kind, size, choice.name, CYCLES, "cycles"), round, cycles, conditions);
        }
        session.advance(
                roundSeconds(plan),
                "bench, ports, %s, %d B, round %d".formatted(kind, size, round));
    }

    private static Key key(
            StockFabrics.Kind kind, int size, String path, String metric, String unit) {
        return Ratios.key(row(kind, size), Method.CORE_EACH, path, metric, unit);
    }

    private static String row(StockFabrics.Kind kind, int size) {
        return "%s-%s-%d".formatted(NAME, kind.name().toLowerCase(Locale.ROOT), size);
    }

    // spotless:off
    private static void judge(
            MeasuredSession session, StockFabrics.Kind kind, int size, List<RatioRow> verdicts) {
        String row = row(kind, size);
        String what =
                "%s, %d B, "
                        .formatted(kind == StockFabrics.Kind.MEMIF ? "memif" : "vhost-user", size);
        Key link = key(kind, size, StockFabrics.SKYWAY + LINK, CYCLES, "cycles");
        Key rules = link.of(StockFabrics.SKYWAY + RULES);
        verdicts.add(Ratios.ratio(session, row + "-io", what + "a link, " + CYCLES, link, link.of(StockFabrics.IO), 1, true));
        Key rate = key(kind, size, StockFabrics.SKYWAY + LINK, "throughput", "Mpps");
        verdicts.add(Ratios.ratio(session, row + "-rate", what + "a link, packets", rate, rate.of(StockFabrics.IO), 1, false));
        if (kind == StockFabrics.Kind.VHOST) {
            verdicts.add(Ratios.ratio(session, row + "-ovs", what + "a link, " + CYCLES, link, link.of(Fabrics.OVS + LINK), 0.5, true));
            verdicts.add(Ratios.ratio(session, row + "-rules", what + "5-tuple rules, " + CYCLES, rules, link.of(Fabrics.OVS + RULES), 0.8, true));
        }
    }
    // spotless:on

    private static TestpmdLine line(
            MeasuredSession session,
            Fabric fabric,
            ReservedPages huge,
            List<AutoCloseable> started) {
        TestpmdLine line = new TestpmdLine(session, fabric, huge);
        started.add(line);
        line.ends(FEEDER, 1, 2);
        line.connect();
        return line;
    }

    private static List<String> link() {
        return List.of(
                "priority=100,in_port=1,actions=output:2",
                "priority=100,in_port=2,actions=output:1");
    }

    // One for each flow of flowgen's.
    private static List<String> rules() {
        List<String> flows = new ArrayList<>();
        for (int port = 1; port <= 2; port++) {
            for (int i = 0; i < TestpmdLine.FLOWS; i++) {
                flows.add(
                        "priority=100,in_port=%d,udp,nw_src=10.254.0.0,nw_dst=10.253.0.%d,tp_src=1000,tp_dst=1001,actions=output:%d"
                                .formatted(port, i, 3 - port));
            }
        }
        return flows;
    }
}
