package org.skyway.experiments.figures;

import java.util.List;
import picocli.CommandLine.Command;

/// The commands of the figures.
public final class MeasuredCommands {
    private MeasuredCommands() {}

    /// All of them.
    ///
    /// @return classes for picocli
    public static List<Class<?>> all() {
        return List.of(
                Fig3aCommand.class,
                Fig3bCommand.class,
                LatencyCommand.class,
                SetupCommand.class,
                CpuCommand.class,
                IsolationCommand.class,
                ChurnCommand.class,
                BenchCommand.class,
                AllCommand.class);
    }

    @Command(
            name = "fig3a",
            mixinStandardHelpOptions = true,
            description = {
                "Throughput over the length of a chain whose ends are source and sink, through the switch and",
                "past it: figure 3(a) of the paper."
            })
    static final class Fig3aCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Fig3a());
        }
    }

    @Command(
            name = "latency",
            mixinStandardHelpOptions = true,
            description = {
                "One-way and round-trip latency over the length of a chain, at 10, 50 and 90 %% of the rate at",
                "which each way just loses nothing."
            })
    static final class LatencyCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Latency());
        }
    }

    @Command(
            name = "setup",
            mixinStandardHelpOptions = true,
            description = {
                "The time from a flow-mod to the first packet on the bypass, by step, and the way back;",
                "processes, or guests with --vnfs vm."
            })
    static final class SetupCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Setup());
        }
    }

    @Command(
            name = "cpu",
            mixinStandardHelpOptions = true,
            description = {
                "What two VNFs' packets cost the switch, through it and past it, over the load: share of a core",
                "and cycles per packet."
            })
    static final class CpuCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Cpu());
        }
    }

    @Command(
            name = "isolation",
            mixinStandardHelpOptions = true,
            description = {
                "One flow that goes through the switch, while 0 to n other links go through it, too, or past",
                "it."
            })
    static final class IsolationCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Isolation());
        }
    }

    @Command(
            name = "churn",
            mixinStandardHelpOptions = true,
            description = {
                "Throughput and latency while 0 to 10,000 rules a second change that packets have nothing to do",
                "with."
            })
    static final class ChurnCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Churn());
        }
    }

    @Command(
            name = "bench",
            mixinStandardHelpOptions = true,
            description = {
                "The table of ratios: what Skyway does next to what one would otherwise use, each row with its",
                "goal and a tick or how far it is. Exits with 0 if it could measure. --only names rows: hop,",
                "one-core, pair, forward-cycles, normal-path, cells, hop-latency, flow-mods, idle, touched,",
                "in-process, dpdk."
            })
    static final class BenchCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Bench());
        }
    }

    @Command(
            name = "fig3b",
            mixinStandardHelpOptions = true,
            description = {
                "The same with traffic that enters and leaves through two interfaces: figure 3(b) of the",
                "paper. Virtual interfaces with a generator at their other ends; needs root."
            })
    static final class Fig3bCommand extends FigureCommand {
        @Override
        List<Experiment> experiments(Plan plan) {
            return List.of(new Fig3b());
        }
    }

    @Command(
            name = "all",
            mixinStandardHelpOptions = true,
            description = {
                "All of them, in one report. --only names experiments: fig3a, fig3b, latency, setup, cpu,",
                "isolation, churn, bench; or rows of bench."
            })
    static final class AllCommand extends FigureCommand {
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

        @Override
        List<Experiment> experiments(Plan plan) {
            List<Experiment> wanted = ALL.stream().filter(e -> plan.wants(e.name())).toList();
            return wanted.isEmpty() ? List.of(new Bench()) : wanted; // it knows its rows
        }
    }
}
