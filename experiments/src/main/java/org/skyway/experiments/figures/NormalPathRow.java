package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// One rule each way through the switch, with the same stock `testpmd` that owns both ports.
final class NormalPathRow implements FigureRow {
    private static final int SWITCH = 0;
    private static final int FEEDER = 1;
    private static final double START_SECONDS = 20;
    private static final int HUGE_PAGES = 2 * TestpmdLine.HUGE_PAGES + OvsDpdk.HUGE_PAGES;

    NormalPathRow() {}

    @Override
    public String name() {
        return "normal-path";
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + 2 * (plan.settleSeconds() + plan.seconds() + 0.3);
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * roundSeconds(plan);
    }

    @Override
    public String missing(Plan plan) {
        return missing(plan, HUGE_PAGES);
    }

    /// What is missing for the same feeder on both switches.
    static String missing(Plan plan, int pages) {
        if (plan.cores() < 2) {
            return "a switch and its feeder need two cores";
        }
        if (DpdkDriver.missing() != null) {
            return DpdkDriver.missing();
        }
        return OvsDpdk.obstacle() != null ? OvsDpdk.obstacle() : ReservedPages.obstacle(pages);
    }

    private static TestpmdLine line(MeasuredSession session, Fabric fabric, ReservedPages huge) {
        return TestpmdLine.connected(session, fabric, huge, line -> line.ends(FEEDER, 1, 2));
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Plan plan = session.plan();
        Key ovs = Ratios.key(name(), Method.CORE_EACH, Fabrics.OVS, "throughput", "Mpps");
        Key skyway = ovs.of(Fabrics.THROUGH);
        try (ReservedPages huge = new ReservedPages(HUGE_PAGES);
                TestpmdLine a = line(session, Fabrics.skyway(session, 2, SWITCH, false), huge);
                TestpmdLine b = line(session, Fabrics.ovs(session, huge, List.of(SWITCH)), huge)) {
            List<Program> programs = new ArrayList<>(a.programs());
            programs.addAll(b.programs());
            a.mpps(0.1, plan.quick() ? 1 : 3);
            b.mpps(0.1, 0.5);
            session.advance(START_SECONDS, "bench, normal path");
            SequencedMap<Key, DoubleSupplier> both = new LinkedHashMap<>();
            both.put(skyway, () -> a.mpps(plan.settleSeconds(), plan.seconds()));
            both.put(ovs, () -> b.mpps(plan.settleSeconds(), plan.seconds()));
            Turns.compare(
                    session, "bench, normal path", roundSeconds(plan), programs, List.of(), both);
        }
        return List.of(
                Ratios.ratio(
                        session,
                        name(),
                        "through the switch, one poll thread, one in-port rule each way",
                        skyway,
                        ovs,
                        2.5,
                        false));
    }
}
