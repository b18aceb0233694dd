package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.peers.OvsDpdk;
import org.skyway.experiments.peers.ReservedPages;

/// Chains of stock `testpmd`, one on each fabric, all up at the same time with a core for each VNF
/// and one for the switch; one at work.
final class TestpmdChains implements AutoCloseable {
    private static final double START_SECONDS_PER_VNF = 2;
    private static final int SWITCH_CORE = 0;

    private final MeasuredSession session;
    private final ReservedPages huge;
    private final List<TestpmdLine> lines = new ArrayList<>();

    /// @param session whose
    /// @param vnfs in each chain; fewer than there are cores
    TestpmdChains(MeasuredSession session, int vnfs) {
        this.session = session;
        Plan plan = session.plan();
        huge = new ReservedPages(4 * vnfs * TestpmdLine.HUGE_PAGES + OvsDpdk.HUGE_PAGES);
        int ports = 2 * (vnfs - 1);
        try {
            if (DpdkStages.wantsSkyway(plan)) {
                add(vnfs, Fabrics.skyway(session, ports, SWITCH_CORE, false));
                add(vnfs, Fabrics.skyway(session, ports, SWITCH_CORE, true));
            }
            if (plan.compares(Plan.Other.MEMIF)) {
                add(vnfs, Fabrics.memif(session.scratch("memif")));
            }
            if (plan.compares(Plan.Other.OVS_DPDK)) {
                add(vnfs, Fabrics.ovs(session, huge, List.of(SWITCH_CORE)));
            }
            session.advance(lines.size() * vnfs * START_SECONDS_PER_VNF, "%d VNFs".formatted(vnfs));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void add(int vnfs, Fabric fabric) {
        TestpmdLine line = new TestpmdLine(session, fabric, huge);
        lines.add(line);
        line.ends(1, 1);
        for (int i = 1; i < vnfs - 1; i++) {
            line.forward(1 + i, 2 * i, 2 * i + 1);
        }
        line.ends(vnfs, 2 * (vnfs - 1));
        line.connect();
    }

    /// How long starting and measuring takes.
    static double seconds(Plan plan, int vnfs) {
        int lines =
                (DpdkStages.wantsSkyway(plan) ? 2 : 0)
                        + (plan.compares(Plan.Other.MEMIF) ? 1 : 0)
                        + (plan.compares(Plan.Other.OVS_DPDK) ? 1 : 0);
        return lines * vnfs * START_SECONDS_PER_VNF + Turns.seconds(plan, lines);
    }

    List<TestpmdLine> lines() {
        return lines;
    }

    @Override
    public void close() {
        lines.reversed().forEach(TestpmdLine::close);
        huge.close();
    }
}
