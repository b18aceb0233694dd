package org.skyway.experiments.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.skyway.experiments.process.AtExit;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.report.HtmlReport;
import org.skyway.experiments.report.MachineFacts;
import org.skyway.experiments.report.Progress;
import org.skyway.experiments.report.RatioRow;
import org.skyway.experiments.report.Section;
import org.skyway.experiments.report.Summary;
import org.skyway.experiments.yardstick.CProgram;
import org.skyway.experiments.yardstick.Yardstick;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Runs experiments and writes their report. What is in the way is said before anything starts.
@Command(mixinStandardHelpOptions = true)
final class FigureCommand implements Callable<Integer> {
    private final Function<Plan, List<Experiment>> experiments;

    @Mixin private FigureOptions options;
    @Spec private CommandSpec spec;
    private int failures; // experiments of many that did not come to their end

    /// @param experiments what this command runs, by what the user wants
    FigureCommand(Function<Plan, List<Experiment>> experiments) {
        this.experiments = experiments;
    }

    @Override
    public Integer call() {
        Plan plan = options.plan(spec);
        List<Experiment> wanted = experiments.apply(plan);
        Path out = options.out(spec, spec.name());
        refuse(plan, wanted);
        plan = fitted(plan, wanted);
        double seconds = 0;
        for (Experiment e : wanted) {
            seconds += e.seconds(suited(plan, e));
        }
        Progress progress = new Progress(System.out, System.console() != null, seconds);
        try {
            Files.createDirectories(out);
            return run(plan, wanted, out, progress);
        } catch (IOException e) {
            throw new ExperimentException("can't write to " + out + ": " + e.getMessage(), e);
        }
    }

    private static void refuse(Plan plan, List<Experiment> experiments) {
        List<String> obstacles = new ArrayList<>();
        String missing = CProgram.missing(Yardstick.NAME);
        if (missing != null) {
            obstacles.add(missing);
        }
        if (experiments.stream().noneMatch(e -> e.vnfs().contains(plan.vnfs()))) {
            obstacles.add(
                    "%s can't be run with --vnfs %s; give --vnfs %s"
                            .formatted(
                                    experiments.getFirst().name(),
                                    plan.vnfs(),
                                    String.join(
                                            " or ",
                                            experiments.getFirst().vnfs().stream()
                                                    .sorted()
                                                    .map(Plan.Vnfs::toString)
                                                    .toList())));
        }
        for (Experiment e : experiments) {
            for (String obstacle : e.obstacles(suited(plan, e))) {
                if (!obstacles.contains(obstacle)) {
                    obstacles.add(obstacle);
                }
            }
        }
        if (!obstacles.isEmpty()) {
            throw new ExperimentException(
                    "nothing was started:\n  " + String.join("\n  ", obstacles));
        }
    }

    /// As many rounds as the time allows.
    private Plan fitted(Plan plan, List<Experiment> experiments) {
        if (options.seconds() == 0) {
            return plan;
        }
        Plan least = plan.withRounds(5);
        Plan more = plan.withRounds(6);
        double base = 0;
        double each = 0;
        for (Experiment e : experiments) {
            base += e.seconds(suited(least, e));
            each += e.seconds(suited(more, e)) - e.seconds(suited(least, e));
        }
        int extra = each <= 0 ? 0 : (int) Math.max(0, (options.seconds() - base) / each);
        return plan.withRounds(Math.min(1000, 5 + extra));
    }

    // In a run of many, an experiment that has no such VNFs is run with those that it has.
    private static Plan suited(Plan plan, Experiment e) {
        return e.vnfs().contains(plan.vnfs()) ? plan : plan.withVnfs(Plan.Vnfs.JAVA);
    }

    private int run(Plan plan, List<Experiment> experiments, Path out, Progress progress)
            throws IOException {
        Map<String, String> facts = new LinkedHashMap<>(MachineFacts.read());
        List<Section> sections = new ArrayList<>();
        boolean measured;
        try (MeasuredSession session = new MeasuredSession(plan, out, progress)) {
            for (Experiment e : experiments) {
                session.plan(suited(plan, e));
                Section section = section(e, session, experiments.size() > 1);
                if (!e.vnfs().contains(plan.vnfs())) {
                    section.text().add("This was measured with Java VNFs in processes.");
                }
                sections.add(section);
                session.results().write(out);
            }
            progress.end();
            List<String> commands = new ArrayList<>();
            commands.add(
                    "./skyway experiment "
                            + String.join(" ", spec.commandLine().getParseResult().originalArgs()));
            commands.addAll(session.notes());
            HtmlReport.write(
                    out,
                    experiments.size() == 1
                            ? sections.getFirst().title()
                            : "Skyway: the paper's figures and what stands beside them",
                    facts,
                    commands,
                    sections,
                    session.results());
            print(sections, session);
            measured = !session.results().all().isEmpty() && failures == 0;
        }
        System.out.printf("%nReport, tables and plots are in %s%n", out.toAbsolutePath());
        return measured ? 0 : 1;
    }

    // In a run of many, what goes wrong in one is no reason to lose the others.
    private Section section(Experiment e, MeasuredSession session, boolean goesOn) {
        try {
            return e.run(session);
        } catch (ExperimentException failure) {
            AtExit.stopHere();
            if (!goesOn) {
                throw failure;
            }
            session.chronicle().write(e.name(), failure.getMessage());
            Section section = new Section(e.name(), e.name() + ": it did not come to its end");
            section.findings().add(failure.getMessage());
            failures++;
            return section;
        }
    }

    private static void print(List<Section> sections, MeasuredSession session) {
        for (Section s : sections) {
            System.out.printf("%n%s%n", s.title());
            s.findings().forEach(f -> System.out.println("  " + f));
            for (RatioRow v : s.verdicts()) {
                System.out.printf(
                        "  %-22s %-14s goal %-12s %s%n",
                        v.name(), v.figureText(), v.goalText(), v.gap());
            }
            for (Summary row :
                    session.results().summaries(k -> k.experiment().equals(s.experiment()))) {
                if (row.placement() == Summary.Placement.ALL) {
                    System.out.printf(
                            "  %-26s %-30s %8s: %12.4g %s (%.4g to %.4g), %d rounds%n",
                            row.key().path(),
                            row.key().method().title() + " " + row.key().metric(),
                            row.key().x(),
                            row.spread().median(),
                            row.key().unit(),
                            row.spread().lowerQuartile(),
                            row.spread().upperQuartile(),
                            row.rounds());
                }
            }
        }
    }
}
