package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.skyway.experiments.report.Figure;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.Ratio;
import org.skyway.experiments.report.Section;

/// Figure 3(b) of the paper: traffic enters and leaves a chain through interfaces.
final class Fig3b implements Experiment {
    private static final double START_SECONDS = 8;
    private static final double START_SECONDS_PER_VNF = 2;

    Fig3b() {}

    @Override
    public String name() {
        return "fig3b";
    }

    // In a hurry, the shortest and the longest.
    private static List<Integer> lengths(Plan plan) {
        return IntStream.rangeClosed(plan.chainFrom(), plan.chainTo())
                .filter(n -> !plan.quick() || n == plan.chainFrom() || n == plan.chainTo())
                .boxed()
                .toList();
    }

    @Override
    public double seconds(Plan plan) {
        double seconds = 0;
        for (int n : lengths(plan)) {
            seconds += START_SECONDS + n * START_SECONDS_PER_VNF + Turns.seconds(plan, 2);
        }
        return seconds;
    }

    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        Needs.chain(plan.chainTo(), obstacles);
        String wires = Wires.obstacle();
        if (wires != null) {
            obstacles.add(wires);
        }
        return obstacles;
    }

    @Override
    public Section run(MeasuredSession session) {
        Plan plan = session.plan();
        Section section =
                new Section(name(), "Throughput of a chain between two interfaces (figure 3b)");
        try (Wires wires = new Wires(session.scratch())) {
            for (int n : lengths(plan)) {
                Cores cores = Cores.assign(plan.cores() - 1, n); // the generator wants one, too
                chain(session, wires, cores, n);
                section.findings().add(finding(session, cores.method(), n));
            }
        }
        section.figures()
                .add(
                        new Figure(
                                name(),
                                name(),
                                "throughput",
                                "Chain of VNFs between two interfaces, %s B both ways"
                                        .formatted(plan.size()),
                                "VNFs in the chain",
                                "throughput each way [Mpps]",
                                false,
                                false));
        section.text()
                .add(
                        "The paper's interfaces were ports of a 10 Gbit/s card that DPDK drove; here they are virtual Ethernet pairs, which"
                                + " the switch reaches through the kernel by AF_PACKET, and a generator at their other ends. The kernel is the"
                                + " limit, not the chain: what can be compared is whether the figure falls with the number of VNFs. Links"
                                + " between an interface and a VNF go through the switch always.");
        return section;
    }

    private void chain(MeasuredSession session, Wires wires, Cores cores, int n) {
        int ports = 2 * n;
        List<String> more = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            more.addAll(
                    List.of(
                            "--port",
                            "%d:netdev:%s".formatted(ports + 1 + i, wires.switchEnds().get(i))));
        }
        if (cores.switchCore() != null) {
            more.addAll(List.of("--cores", cores.switchCore().toString()));
        }
        try (SkywayBed bed = new SkywayBed(session, ports, more.toArray(new String[0]));
                Generator generator = new Generator(wires.generatorEnds(), session.plan().size())) {
            for (int i = 0; i < n; i++) {
                bed.forward(2 * i + 1, 2 * i + 2, cores.vnfCores().get(i), cores.idle());
            }
            bed.connectNeighbours(2, ports - 1);
            bed.addFlows(
                    List.of(
                            "priority=100,in_port=%d,actions=output:1".formatted(ports + 1),
                            "priority=100,in_port=1,actions=output:%d".formatted(ports + 1),
                            "priority=100,in_port=%d,actions=output:%d".formatted(ports + 2, ports),
                            "priority=100,in_port=%d,actions=output:%d"
                                    .formatted(ports, ports + 2)));
            session.advance(
                    START_SECONDS + n * START_SECONDS_PER_VNF, "fig3b, %d VNFs".formatted(n));
            Turns.throughput(
                    session,
                    name(),
                    cores.method(),
                    Integer.toString(n),
                    BedWay.both(bed, cores, generator::mpps));
        }
    }

    private String finding(MeasuredSession session, Method method, int n) {
        Key past =
                new Key(
                        name(),
                        method,
                        SkywayChain.PAST,
                        Integer.toString(n),
                        "throughput",
                        "Mpps");
        Ratio ratio =
                Ratio.of(
                        session.results().of(past),
                        session.results().of(past.of(SkywayChain.THROUGH)));
        return "%d VNFs, %s: VNFs linked past the switch by through it %s."
                .formatted(n, method.title(), ratio == null ? "not measured" : ratio.text());
    }
}
