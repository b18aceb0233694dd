package org.skyway.vswitch.cli;

import java.io.PrintWriter;
import org.skyway.vswitch.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Entry point of the switch's commands.
@Command(
        name = "skyway",
        subcommands = {VswitchdCommand.class, CtlCommand.class},
        mixinStandardHelpOptions = true,
        description = "A software switch that lets chained VNFs talk directly.")
public final class SkywayMain {
    private SkywayMain() {}

    /// Runs a command; exits with 0 if it did what it was asked to, 1 if it could not, 2 if it was
    /// not understood.
    ///
    /// @param args its name and arguments
    public static void main(String[] args) {
        System.exit(run(null, args));
    }

    /// @param errors where complaints go; null for the standard error stream
    static int run(PrintWriter errors, String... args) {
        CommandLine line = new CommandLine(new SkywayMain());
        if (errors != null) {
            line.setErr(errors);
        }
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    if (!(e instanceof ConfigException)) {
                        throw e;
                    }
                    commandLine.getErr().println("skyway: " + e.getMessage());
                    return 1;
                })
                .execute(args);
    }
}
