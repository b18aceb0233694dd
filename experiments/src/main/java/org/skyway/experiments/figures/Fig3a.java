package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Ratio;
import org.skyway.experiments.report.Section;

/// Figure 3(a) of the paper: throughput over the length of a chain whose ends are source and sink.
final class Fig3a implements Experiment {
    private static final double START_SECONDS = 8;
    private static final double START_SECONDS_PER_VNF = 2;

    Fig3a() {}

    @Override
    public String name() {
        return "fig3a";
    }

    @Override
    public Set<Plan.Vnfs> vnfs() {
        return Set.of(Plan.Vnfs.values());
    }

    private static int from(Plan plan) {
        return Math.max(2, plan.chainFrom());
    }

    @Override
    public double seconds(Plan plan) {
        double seconds = plan.inGuests() ? VmPair.BOOT_SECONDS + Turns.seconds(plan, 2) : 0;
        if (plan.vnfs() == Plan.Vnfs.JAVA) {
            seconds += derives(plan) ? JavaStages.seconds(plan) : 0;
            for (int n = from(plan); n <= plan.chainTo(); n++) {
                seconds += START_SECONDS + n * START_SECONDS_PER_VNF + Turns.seconds(plan, 2);
            }
        }
        if (usesTestpmd(plan)) {
            seconds += derives(plan) ? DpdkStages.seconds(plan) : 0;
            for (int n = from(plan); n <= plan.chainTo() && n < plan.cores(); n++) {
                seconds += TestpmdChains.seconds(plan, n);
            }
        }
        return seconds;
    }

    private static boolean usesTestpmd(Plan plan) {
        return plan.vnfs() == Plan.Vnfs.DPDK || !plan.compare().isEmpty();
    }

    /// Whether stages are measured, too: where there is not a core for each VNF of the longest
    /// chain, unless somebody is in a hurry and that has no stage but its ends.
    private static boolean derives(Plan plan) {
        boolean shortest = plan.quick() && plan.chainTo() == 2;
        return plan.cores() > 1 && plan.cores() <= plan.chainTo() && !shortest;
    }

    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        if (plan.chainTo() < 2) {
            obstacles.add("fig3a has chains of 2 VNFs at least; give --chain 2..8 or a part of it");
        }
        Needs.chain(plan.chainTo(), obstacles);
        Needs.guests(plan, obstacles);
        if (usesTestpmd(plan)) {
            DpdkStages.obstacles(plan, obstacles);
        }
        return obstacles;
    }

    @Override
    public Section run(MeasuredSession session) {
        Plan plan = session.plan();
        Section section = new Section(name(), "Throughput of a chain (figure 3a)");
        if (plan.vnfs() == Plan.Vnfs.JAVA) {
            javaChains(session, section);
        }
        if (plan.inGuests()) {
            guests(session, section);
        }
        if (usesTestpmd(plan)) {
            testpmdChains(session, section);
        }
        if (derives(plan)) {
            section.text().addAll(StageRates.EXPLANATION);
        }
        section.figures()
                .add(
                        new Figure(
                                "fig3a",
                                name(),
                                "throughput",
                                "Chain of VNFs, memory only, %s B both ways".formatted(plan.size()),
                                "VNFs in the chain",
                                "throughput each way [Mpps]",
                                false,
                                true));
        section.text()
                .add(
                        "As in the paper, ends of the chain are source and sink, packets go both ways, all VNFs but the ends move"
                                + " packets from one port to the other, and exactly the same VNFs run in all tests. The paper's VNFs"
                                + " were DPDK applications in virtual machines with a core each on a Xeon E5-2690 v2, and its baseline"
                                + " was Open vSwitch with DPDK: shapes are comparable, and how many times one is the other; Mpps are not.");
        return section;
    }

    private void guests(MeasuredSession session, Section section) {
        boolean testpmd = session.plan().vnfs() == Plan.Vnfs.VM_DPDK;
        try (VmPair pair = new VmPair(session, testpmd)) {
            session.advance(VmPair.BOOT_SECONDS, "fig3a, two guests");
            Turns.throughput(session, name(), Method.TIME_SHARED, "2", pair.ways());
            Key past =
                    new Key(
                            name(),
                            Method.TIME_SHARED,
                            pair.ways().getLast().path(),
                            "2",
                            "throughput",
                            "Mpps");
            section.findings().add(finding(session, past, pair.ways().getFirst().path(), 2));
        }
        section.text()
                .add("Chains of guests have two VNFs, each in a guest of its own. " + VmPair.TEXT);
    }

    private void javaChains(MeasuredSession session, Section section) {
        Plan plan = session.plan();
        for (int n = from(plan); n <= plan.chainTo(); n++) {
            Cores cores = Cores.assign(plan.cores(), n);
            try (SkywayChain chain = new SkywayChain(session, n, cores)) {
                session.advance(
                        START_SECONDS + n * START_SECONDS_PER_VNF, "fig3a, %d VNFs".formatted(n));
                Turns.throughput(
                        session, name(), cores.method(), Integer.toString(n), chain.ways());
            }
            section.findings().add(finding(session, cores, n));
            section.text().add("%d Java VNFs: %s.".formatted(n, cores.text()));
        }
        if (derives(plan)) {
            try (JavaStages stages = new JavaStages(session)) {
                stages.run(name());
            }
        }
    }

    // A testpmd that shares its core would measure the scheduler, so where cores are few there are
    // stages
    // only.
    private void testpmdChains(MeasuredSession session, Section section) {
        Plan plan = session.plan();
        for (int n = from(plan); n <= plan.chainTo() && n < plan.cores(); n++) {
            try (TestpmdChains chains = new TestpmdChains(session, n)) {
                Turns.throughput(
                        session, name(), Method.CORE_EACH, Integer.toString(n), chains.lines());
            }
        }
        if (derives(plan)) {
            try (DpdkStages stages = new DpdkStages(session)) {
                stages.run(name());
            }
        }
        section.text()
                .add(
                        "The same VNF on all fabrics: VNFs named testpmd are stock testpmd processes of Debian's DPDK with the same"
                                + " options and the same frames, which hang on Skyway by net_skyway, on Open vSwitch by vhost-user"
                                + " (net_virtio_user), and on each other by net_memif, which copies. Of Open vSwitch only the switch is"
                                + " looked at; what its VNFs themselves would be bound by is left out, in its favour.");
        if (plan.compares(Plan.Other.VPP_IF_THERE)) {
            section.text().add("VPP is not measured: nothing here drives it yet.");
        }
    }

    private String finding(MeasuredSession session, Cores cores, int n) {
        Key past =
                new Key(
                        name(),
                        cores.method(),
                        SkywayChain.PAST,
                        Integer.toString(n),
                        "throughput",
                        "Mpps");
        return finding(session, past, SkywayChain.THROUGH, n);
    }

    private static String finding(MeasuredSession session, Key past, String through, int n) {
        Ratio ratio = Ratio.of(session.results().of(past), session.results().of(past.of(through)));
        return "%d VNFs, %s: past the switch by through it %s."
                .formatted(n, past.method().title(), ratio == null ? "not measured" : ratio.text());
    }
}
