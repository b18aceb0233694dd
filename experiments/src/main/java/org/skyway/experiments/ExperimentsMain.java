package org.skyway.experiments;

import org.skyway.experiments.conformance.ConformanceCommand;
import org.skyway.experiments.demo.DemoCommand;
import org.skyway.experiments.jmh.P2pStreamCommand;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.setup.SetupCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point of `skyway demo` and `skyway experiment`.
@Command(
        name = "skyway",
        subcommands = {
            DemoCommand.class,
            JmhCommand.class,
            ConformanceCommand.class,
            P2pStreamCommand.class,
            SetupCommand.class
        },
        mixinStandardHelpOptions = true,
        description = "Demo and experiments.")
public final class ExperimentsMain {
    private ExperimentsMain() {}

    /// Runs one; exits with 0 if it showed what it should.
    ///
    /// @param args its name and arguments
    public static void main(String[] args) {
        int status =
                new CommandLine(new ExperimentsMain())
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
