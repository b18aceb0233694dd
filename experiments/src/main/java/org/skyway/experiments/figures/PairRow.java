package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.yardstick.CProgram;

/// Two VNFs both ways with a core each, past the switch, next to two `testpmd` over `net_memif`.
final class PairRow implements FigureRow {
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final double START_SECONDS = 25;
    private static final int HUGE_PAGES = 4 * TestpmdLine.HUGE_PAGES;

    PairRow() {}

    @Override
    public String name() {
        return "pair";
    }

    private static double roundSeconds(Plan plan) {
        return 0.7 + 3 * (plan.settleSeconds() + plan.seconds() + 0.4);
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * roundSeconds(plan);
    }

    @Override
    public String missing(Plan plan) {
        if (plan.cores() < 2) {
            return "a core each needs two cores";
        }
        return CProgram.onPath(Testpmd.PROGRAM)
                ? ReservedPages.obstacle(HUGE_PAGES)
                : Testpmd.PROGRAM + " is missing; apt-get install dpdk-dev";
    }

    private static TestpmdLine line(MeasuredSession session, Fabric fabric, ReservedPages huge) {
        return TestpmdLine.connected(
                session,
                fabric,
                huge,
                line -> {
                    line.ends(FIRST, 1);
                    line.ends(SECOND, 2);
                });
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Plan plan = session.plan();
        Key memif = Ratios.key(name(), Method.CORE_EACH, Fabrics.MEMIF, "throughput", "Mpps");
        Key java = memif.of(SkywayChain.PAST);
        Key dpdk = memif.of(Fabrics.PAST);
        boolean hasDriver = DpdkDriver.missing() == null;
        try (ReservedPages huge = new ReservedPages(HUGE_PAGES);
                SkywayBed bed = new SkywayBed(session, 2);
                TestpmdLine direct = line(session, Fabrics.memif(session.scratch("memif")), huge);
                TestpmdLine past =
                        hasDriver
                                ? line(session, Fabrics.skyway(session, 2, null, true), huge)
                                : null) {
            Ends ends = bed.pair(FIRST, SECOND, "backoff");
            bed.bypass(true);
            ends.mpps(0.1, plan.quick() ? 1 : 3);
            List<Program> programs = new ArrayList<>(bed.programs());
            programs.addAll(direct.programs());
            if (hasDriver) {
                programs.addAll(past.programs());
            }
            session.advance(START_SECONDS, "bench, pair");
            SequencedMap<Key, DoubleSupplier> all = new LinkedHashMap<>();
            all.put(memif, () -> direct.mpps(plan.settleSeconds(), plan.seconds()));
            all.put(java, () -> ends.mpps(plan.settleSeconds(), plan.seconds()));
            if (hasDriver) {
                all.put(dpdk, () -> past.mpps(plan.settleSeconds(), plan.seconds()));
            }
            Turns.compare(session, "bench, pair", roundSeconds(plan), programs, List.of(), all);
        }
        String work = "two VNFs both ways, %s B, a core each, ".formatted(plan.size());
        return List.of(
                Ratios.ratio(session, "pair-java", work + "Java VNFs", java, memif, 3, false),
                hasDriver
                        ? Ratios.ratio(
                                session, "pair-dpdk", work + "testpmd", dpdk, memif, 2, false)
                        : RatioRow.missing(
                                "pair-dpdk", work + "testpmd", memif.path(), DpdkDriver.missing()));
    }
}
