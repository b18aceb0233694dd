package org.skyway.experiments;

import org.skyway.experiments.caches.CachesCommand;
import org.skyway.experiments.conformance.ConformanceCommand;
import org.skyway.experiments.demo.DemoCommand;
import org.skyway.experiments.dropin.DropInCommand;
import org.skyway.experiments.faults.FaultsCommand;
import org.skyway.experiments.figures.MeasuredCommands;
import org.skyway.experiments.fuzz.FuzzCommand;
import org.skyway.experiments.hostile.HostileCommand;
import org.skyway.experiments.hostile.VillainCommand;
import org.skyway.experiments.iperf.IperfCommand;
import org.skyway.experiments.jcstress.JcstressCommand;
import org.skyway.experiments.jmh.P2pStreamCommand;
import org.skyway.experiments.packaging.PackageCommand;
import org.skyway.experiments.page.PageCostCommand;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.report.CompareCommand;
import org.skyway.experiments.restart.RestartCommand;
import org.skyway.experiments.siege.SiegeCommand;
import org.skyway.experiments.switchover.SwitchOverCommand;
import org.skyway.experiments.tester.HopCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point of `skyway demo` and `skyway experiment`.
@Command(
        name = "skyway",
        subcommands = {
            DemoCommand.class,
            FuzzCommand.class,
            JcstressCommand.class,
            JmhCommand.class,
            ConformanceCommand.class,
            P2pStreamCommand.class,
            CachesCommand.class,
            HostileCommand.class,
            VillainCommand.class,
            SiegeCommand.class,
            SwitchOverCommand.class,
            FaultsCommand.class,
            RestartCommand.class,
            PageCostCommand.class,
            IperfCommand.class,
            CompareCommand.class,
            HopCommand.class,
            DropInCommand.class
        },
        mixinStandardHelpOptions = true,
        description = "Demo and experiments.")
public final class ExperimentsMain {
    private ExperimentsMain() {}

    /// All of them, for whoever wants to know what there is.
    ///
    /// @return a new command line
    public static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new ExperimentsMain());
        commands.addSubcommand(new PackageCommand(ExperimentsMain::commandLine));
        MeasuredCommands.all().forEach(commands::addSubcommand);
        return commands;
    }

    /// Runs one; exits with 0 if it showed what it should.
    ///
    /// @param args its name and arguments
    public static void main(String[] args) {
        int status =
                commandLine()
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                            if (!(e instanceof ExperimentException)) {
                                throw e;
                            }
                            commandLine.getErr().println("skyway: " + e.getMessage());
                            return 1;
                        })
                        .execute(args);
        System.exit(status);
    }
}
