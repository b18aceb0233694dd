package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.skyway.experiments.process.AtExit;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.report.Section;

/// The table of ratios: what Skyway does next to what one would otherwise use, each row with its
/// goal.
final class Bench implements Experiment {
    private static final List<FigureRow> ROWS =
            List.of(
                    new HopRow(),
                    new OneCoreRow(),
                    new PairRow(),
                    new ForwardRow(),
                    new NormalPathRow(),
                    new PortsRow(),
                    new CellsRow(),
                    new HopLatencyRow(),
                    new FlowModsRow(),
                    new IdleRow(),
                    new TouchedRow(),
                    new InProcessRow(),
                    new DpdkRow());

    Bench() {}

    @Override
    public String name() {
        return Ratios.EXPERIMENT;
    }

    // Each row has VNFs of its own.
    @Override
    public Set<Plan.Vnfs> vnfs() {
        return Set.of(Plan.Vnfs.values());
    }

    private static List<FigureRow> rows(Plan plan) {
        // `all --only bench` names this experiment and none of its rows.
        boolean all = plan.only().isEmpty() || plan.only().contains(Ratios.EXPERIMENT);
        return ROWS.stream()
                .filter(r -> all ? !plan.quick() || !r.isLong() : plan.wants(r.name()))
                .toList();
    }

    /// Names for `--only`.
    static Set<String> names() {
        return ROWS.stream()
                .map(FigureRow::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public double seconds(Plan plan) {
        return rows(plan).stream()
                .filter(r -> r.missing(plan) == null)
                .mapToDouble(r -> r.seconds(plan))
                .sum();
    }

    // A row that can't be measured says so in its place, unless nothing is left.
    @Override
    public List<String> obstacles(Plan plan) {
        List<String> obstacles = new ArrayList<>();
        Needs.program("ovs-ofctl", "openvswitch-common", obstacles);
        List<FigureRow> rows = rows(plan);
        if (rows.isEmpty()) {
            obstacles.add(
                    "bench has no row %s; it has %s"
                            .formatted(String.join(", ", plan.only()), String.join(", ", names())));
        } else if (rows.stream().allMatch(r -> r.missing(plan) != null)) {
            rows.forEach(r -> obstacles.add(r.name() + ": " + r.missing(plan)));
        }
        return obstacles;
    }

    // What goes wrong in one row is no reason to lose the others.
    private static List<RatioRow> verdicts(MeasuredSession session, FigureRow row) {
        String missing = row.missing(session.plan());
        if (missing == null) {
            try {
                return row.measure(session);
            } catch (ExperimentException e) {
                AtExit.stopHere();
                session.chronicle().write(row.name(), e.getMessage());
                missing = e.getMessage().lines().findFirst().orElse("") + " (see log.txt)";
            }
        }
        return List.of(RatioRow.missing(row.name(), row.name(), "-", missing));
    }

    @Override
    public Section run(MeasuredSession session) {
        Section section = new Section(name(), "Side by side");
        for (FigureRow row : rows(session.plan())) {
            section.verdicts().addAll(verdicts(session, row));
        }
        long good = section.verdicts().stream().filter(RatioRow::good).count();
        long measured = section.verdicts().stream().filter(RatioRow::isMeasured).count();
        section.findings()
                .add(
                        "%d of %d rows reach their goal; %d could not be measured."
                                .formatted(good, measured, section.verdicts().size() - measured));
        section.text()
                .add(
                        "A ratio is taken round by round and its median is shown; it counts if the quartiles lie on one side of the goal"
                                + " or of 1. The figures in the middle columns are medians of each side by itself. Cycles are those of the time"
                                + " stamp counter.");
        return section;
    }
}
