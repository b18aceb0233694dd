package org.skyway.vswitch.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.Preload;
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
        switch (args.length > 0 ? args[0] : "") {
            case "vswitchd" -> Preload.ofSwitch();
            case "ctl" -> Preload.ofClient();
            default -> {}
        }
        System.exit(run(null, args));
    }

    /// @param errors where complaints go; null for the standard error stream
    static int run(PrintWriter errors, String... args) {
        Callable<Integer> plain = plain(args);
        if (plain == null) {
            return AnnotatedCommands.run(errors, args);
        }
        PrintWriter err = errors == null ? new PrintWriter(System.err, true) : errors;
        try {
            return plain.call();
        } catch (ConfigException e) {
            err.println(said(e));
        } catch (Exception e) {
            e.printStackTrace(err);
        }
        return 1;
    }

    /// What is said of what could not be done.
    static String said(ConfigException e) {
        return "skyway: " + e.getMessage();
    }

    private static Callable<Integer> plain(String... args) {
        return switch (args.length > 0 ? args[0] : "") {
            case "vswitchd" -> VswitchdCommand.plain(new PlainWords(args, 1));
            case "ctl" -> CtlCommand.plain(new PlainWords(args, 1));
            default -> null;
        };
    }
}
