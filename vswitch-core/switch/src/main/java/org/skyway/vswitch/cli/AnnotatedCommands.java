package org.skyway.vswitch.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import org.skyway.vswitch.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/// Runs commands by their annotations: all lines are read, and what is wrong with them is said, but
/// it takes its time.
final class AnnotatedCommands {
    private AnnotatedCommands() {}

    /// @param errors where complaints go; null for the standard error stream
    static int run(PrintWriter errors, String... args) {
        int words = 0;
        // Only the command that is asked for is made, not the tree around it, which takes half of
        // the time of a short one.
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
                    if (!(e instanceof ConfigException refused)) {
                        throw e;
                    }
                    commandLine.getErr().println(SkywayMain.said(refused));
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
