package org.skyway.experiments.figures;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;

/// The commands of the figures.
public final class MeasuredCommands {
    private static final List<Experiment> ALL =
            List.of(
                    new Fig3a(),
                    new Fig3b(),
                    new Latency(),
                    new Setup(),
                    new Cpu(),
                    new Isolation(),
                    new Churn(),
                    new Bench());

    private MeasuredCommands() {}

    /// All of them.
    ///
    /// @return for picocli, each with its name
    public static List<CommandLine> all() {
        return List.of(
                command(
                        new Fig3a(),
                        "Throughput over the length of a chain whose ends are source and sink, through the switch and",
                        "past it: figure 3(a) of the paper."),
                command(
                        new Fig3b(),
                        "The same with traffic that enters and leaves through two interfaces: figure 3(b) of the",
                        "paper. Virtual interfaces with a generator at their other ends; needs root."),
                command(
                        new Latency(),
                        "One-way and round-trip latency over the length of a chain, at 10, 50 and 90 %% of the rate at",
                        "which each way just loses nothing."),
                command(
                        new Setup(),
                        "The time from a flow-mod to the first packet on the bypass, by step, and the way back;",
                        "processes, or guests with --vnfs vm."),
                command(
                        new Cpu(),
                        "What two VNFs' packets cost the switch, through it and past it, over the load: share of a core",
                        "and cycles per packet."),
                command(
                        new Isolation(),
                        "One flow that goes through the switch, while 0 to n other links go through it, too, or past",
                        "it."),
                command(
                        new Churn(),
                        "Throughput and latency while 0 to 10,000 rules a second change that packets have nothing to do",
                        "with."),
                command(
                        new Bench(),
                        "The table of ratios: what Skyway does next to what one would otherwise use, each row with its",
                        "goal and a tick or how far it is. Exits with 0 if it could measure. --only names rows: hop,",
                        "one-core, pair, forward-cycles, normal-path, cells, hop-latency, flow-mods, idle, touched,",
                        "in-process, dpdk."),
                command(
                        "all",
                        MeasuredCommands::wanted,
                        "All of them, in one report. --only names experiments: fig3a, fig3b, latency, setup, cpu,",
                        "isolation, churn, bench; or rows of bench."));
    }

    private static CommandLine command(Experiment experiment, String... description) {
        return command(experiment.name(), _ -> List.of(experiment), description);
    }

    private static CommandLine command(
            String name, Function<Plan, List<Experiment>> experiments, String... description) {
        CommandLine command = new CommandLine(new FigureCommand(experiments));
        command.getCommandSpec().name(name).usageMessage().description(description);
        return command;
    }

    private static List<Experiment> wanted(Plan plan) {
        List<Experiment> wanted = ALL.stream().filter(e -> plan.wants(e.name())).toList();
        return wanted.isEmpty() ? List.of(new Bench()) : wanted; // it knows its rows
    }
}
