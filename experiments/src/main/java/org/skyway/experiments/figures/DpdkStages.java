package org.skyway.experiments.figures;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Testpmd;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Closing;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.yardstick.CProgram;

/// The stages of chains of stock `testpmd` on each fabric that is to be compared, all up at the
/// same time, one at work.
final class DpdkStages implements AutoCloseable {
    private static final int FIRST = 0;
    private static final int SECOND = 1;
    private static final double START_SECONDS = 30;

    private final MeasuredSession session;
    private final ReservedPages huge;
    private final List<Family> families = new ArrayList<>();
    private final List<AutoCloseable> started = new ArrayList<>();

    /// Stages of one kind of VNF's connection; a missing one is null.
    private record Family(
            String name,
            TestpmdLine pair,
            TestpmdLine forward,
            TestpmdLine through,
            String throughPath,
            String pastPath) {
        List<TestpmdLine> lines() {
            List<TestpmdLine> lines = new ArrayList<>();
            for (TestpmdLine line : new TestpmdLine[] {pair, forward, through}) {
                if (line != null) {
                    lines.add(line);
                }
            }
            return lines;
        }
    }

    DpdkStages(MeasuredSession session) {
        this.session = session;
        Plan plan = session.plan();
        huge = new ReservedPages(pages(plan));
        try {
            if (wantsSkyway(plan)) {
                families.add(
                        new Family(
                                "Skyway, testpmd",
                                pair(Fabrics.skyway(session, 2, FIRST, true)),
                                forward(Fabrics.skyway(session, 4, FIRST, true)),
                                through(Fabrics.skyway(session, 2, FIRST, false)),
                                Fabrics.THROUGH,
                                Fabrics.PAST));
            }
            if (plan.compares(Plan.Other.MEMIF)) {
                families.add(
                        new Family(
                                "memif, testpmd",
                                pair(Fabrics.memif(folder("pair"))),
                                forward(Fabrics.memif(folder("forward"))),
                                null,
                                null,
                                Fabrics.MEMIF));
            }
            if (plan.compares(Plan.Other.OVS_DPDK)) {
                families.add(
                        new Family(
                                "Open vSwitch with DPDK, testpmd",
                                null,
                                null,
                                through(Fabrics.ovs(session, huge, List.of(FIRST))),
                                Fabrics.OVS,
                                null));
            }
            session.advance(START_SECONDS, "stages of testpmd");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Whether stock `testpmd` is measured on Skyway, too: the same VNF on both sides.
    static boolean wantsSkyway(Plan plan) {
        return plan.vnfs() == Plan.Vnfs.DPDK
                || !plan.compare().isEmpty() && DpdkDriver.missing() == null;
    }

    private static int pages(Plan plan) {
        int processes = 1;
        processes += wantsSkyway(plan) ? 5 : 0;
        processes += plan.compares(Plan.Other.MEMIF) ? 4 : 0;
        return processes * TestpmdLine.HUGE_PAGES
                + (plan.compares(Plan.Other.OVS_DPDK) ? OvsDpdk.HUGE_PAGES : 0);
    }

    /// What is in the way.
    static void obstacles(Plan plan, List<String> obstacles) {
        Needs.twoCores(plan, "a stage and its feeder need a core each", obstacles);
        if (!CProgram.onPath(Testpmd.PROGRAM)) {
            obstacles.add(Testpmd.PROGRAM + " is missing; apt-get install dpdk-dev");
        }
        if (plan.vnfs() == Plan.Vnfs.DPDK && DpdkDriver.missing() != null) {
            obstacles.add(DpdkDriver.missing());
        }
        String pages = ReservedPages.obstacle(pages(plan));
        if (pages != null) {
            obstacles.add(pages);
        }
        String ovs = plan.compares(Plan.Other.OVS_DPDK) ? OvsDpdk.obstacle() : null;
        if (ovs != null) {
            obstacles.add(ovs);
        }
        if (!plan.size().matches("\\d+")) {
            obstacles.add(
                    "testpmd sends frames of one size, not %s; give --size a number"
                            .formatted(plan.size()));
        }
    }

    private Path folder(String name) {
        Path folder = session.scratch().resolve("memif-" + name);
        try {
            java.nio.file.Files.createDirectory(folder);
        } catch (java.io.IOException e) {
            throw new ExperimentException("can't make " + folder + ": " + e, e);
        }
        return folder;
    }

    private TestpmdLine line(Fabric fabric) {
        TestpmdLine line = new TestpmdLine(session, fabric, huge);
        started.add(line);
        return line;
    }

    private TestpmdLine pair(Fabric fabric) {
        TestpmdLine line = line(fabric);
        line.ends(FIRST, 1);
        line.ends(SECOND, 2);
        line.connect();
        return line;
    }

    private TestpmdLine forward(Fabric fabric) {
        TestpmdLine line = line(fabric);
        line.ends(SECOND, 1, 4);
        line.forward(FIRST, 2, 3);
        line.connect();
        return line;
    }

    private TestpmdLine through(Fabric fabric) {
        TestpmdLine line = line(fabric);
        line.ends(SECOND, 1, 2);
        line.connect();
        return line;
    }

    /// How long it takes.
    static double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * stages(plan) * (0.3 + stageSeconds(plan));
    }

    private static int stages(Plan plan) {
        return (wantsSkyway(plan) ? 3 : 0)
                + (plan.compares(Plan.Other.MEMIF) ? 2 : 0)
                + (plan.compares(Plan.Other.OVS_DPDK) ? 1 : 0);
    }

    private static double stageSeconds(Plan plan) {
        return plan.settleSeconds() + plan.seconds() + 0.3;
    }

    /// Measures, and keeps stages and bounds.
    ///
    /// @param experiment whose
    void run(String experiment) {
        Plan plan = session.plan();
        List<Program> programs = new ArrayList<>();
        families.forEach(f -> f.lines().forEach(line -> programs.addAll(line.programs())));
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Family family : families) {
                var framed =
                        session.framed(
                                programs,
                                List.of(),
                                () -> {
                                    Map<TestpmdLine, Double> mpps = new LinkedHashMap<>();
                                    for (TestpmdLine line : family.lines()) {
                                        mpps.put(
                                                line,
                                                line.mpps(plan.settleSeconds(), plan.seconds()));
                                    }
                                    return mpps;
                                });
                Map<TestpmdLine, Double> mpps = framed.value();
                new StageRates(
                                family.name,
                                mpps.getOrDefault(family.pair, Double.NaN),
                                mpps.getOrDefault(family.forward, Double.NaN),
                                mpps.getOrDefault(family.through, Double.NaN),
                                framed.conditions())
                        .keep(session, experiment, round, family.throughPath, family.pastPath);
                session.advance(
                        family.lines().size() * (0.3 + stageSeconds(plan)),
                        "%s: %s, round %d of %d"
                                .formatted(experiment, family.name, round, plan.rounds()));
            }
        }
    }

    @Override
    public void close() {
        Closing.lastFirst(started, line -> session.chronicle().write("stages", line));
        huge.close();
    }
}
