package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.dpdk.DpdkBench;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// The driver in C between processes and within one, next to memif, with and without copies.
final class DpdkRow implements FigureRow {
    private static final int MILLIS = 500;
    private static final int PAGES = 800; // two processes of 384 MiB, and the switches' rings
    private static final double START_SECONDS = 25;

    DpdkRow() {}

    @Override
    public String name() {
        return "dpdk";
    }

    @Override
    public double seconds(Plan plan) {
        return START_SECONDS + plan.rounds() * 7 * (MILLIS / 1e3 + 0.3);
    }

    @Override
    public boolean isLong() {
        return true; // and `pair` and `forward` say the most important of it
    }

    @Override
    public String missing(Plan plan) {
        return plan.cores() < 2 ? "a core each needs two cores" : DpdkDriver.missing();
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        DpdkBench.Ratios ratios;
        // Without huge pages, memif that does not copy is left out.
        try (ReservedPages _ =
                        ReservedPages.obstacle(PAGES) == null ? new ReservedPages(PAGES) : null;
                DpdkBench bench =
                        new DpdkBench(session.plan().rounds(), MILLIS, session.log("dpdk"))) {
            ratios = bench.run();
        }
        session.advance(seconds(session.plan()), "bench, dpdk");
        List<RatioRow> verdicts = new ArrayList<>();
        verdicts.add(
                verdict(
                        session,
                        "dpdk-memif",
                        "net_skyway past the switch, testpmd txonly to rxonly, packets",
                        "net_memif, copies",
                        ratios.memif(),
                        2,
                        false));
        if (Double.isNaN(ratios.zeroCopy())) {
            verdicts.add(
                    RatioRow.missing(
                            "dpdk-zero-copy",
                            "net_skyway past the switch, testpmd txonly to rxonly, packets",
                            "net_memif, zero copy",
                            "400 free huge pages and a hugetlbfs are wanted"));
        } else {
            verdicts.add(
                    verdict(
                            session,
                            "dpdk-zero-copy",
                            "net_skyway past the switch, testpmd txonly to rxonly, packets",
                            "net_memif, zero copy",
                            ratios.zeroCopy(),
                            1.2,
                            false));
        }
        verdicts.add(
                verdict(
                        session,
                        "dpdk-cycles",
                        "net_skyway past the switch, one testpmd io, cycles per packet",
                        "net_memif, copies",
                        ratios.cycles(),
                        0.8,
                        true));
        return verdicts;
    }

    private static RatioRow verdict(
            MeasuredSession session,
            String name,
            String work,
            String against,
            double ratio,
            double goal,
            boolean atMost) {
        Key key =
                Ratios.key(
                        name,
                        Method.CORE_EACH,
                        "Skyway by " + against,
                        "ratio of the best rounds",
                        "×");
        session.keep(key, 1, ratio, Conditions.UNKNOWN);
        return new RatioRow(
                name,
                work,
                against,
                "see log.txt",
                "see log.txt",
                ratio,
                "×",
                "the best of %d rounds in turn".formatted(session.plan().rounds()),
                goal,
                atMost,
                true);
    }
}
