package org.skyway.vswitch.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.daemon.Preload;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

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
        // Only the command that is asked for is made, not the tree around it, which takes half of
        // the time of a short one.
        int words = 0;
        CommandSpec parent = null;
        Class<?> command = SkywayMain.class;
        while (words < args.length) {
            Class<?> sub = named(command, args[words]);
            if (sub == null) {
                break;
            }
            CommandSpec own = CommandSpec.create().name(nameOf(command));
            parent = parent == null ? own : own.parent(parent);
            command = sub;
            words++;
        }
        CommandLine line = new CommandLine(command);
        if (parent != null) {
            line.getCommandSpec().parent(parent);
        }
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
                .execute(Arrays.copyOfRange(args, words, args.length));
    }

    private static Class<?> named(Class<?> command, String word) {
        for (Class<?> sub : command.getAnnotation(Command.class).subcommands()) {
            if (nameOf(sub).equals(word)) {
                return sub;
            }
        }
        return null;
    }

    private static String nameOf(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }
}
