package org.skyway.vnf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.TreeSet;
import org.skyway.pmd.control.SwitchGoneException;
import org.skyway.vnf.run.BadInputException;
import org.skyway.vnf.run.ExitStatus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// `skyway vnf PROGRAM …`: the VNF programs.
@Command(
        name = "vnf",
        description = "Virtual network functions, each on one or two ports of the switch.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SourceCommand.class,
            SinkCommand.class,
            ExchangeCommand.class,
            ForwardCommand.class,
            FirewallCommand.class,
            MonitorCommand.class,
            TesterCommand.class
        })
public final class VnfMain implements Runnable {
    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    /// For picocli.
    public VnfMain() {}

    /// Runs a program and ends the process with its [ExitStatus].
    ///
    /// @param args name of the program, and its options
    public static void main(String[] args) {
        Class<?> program = args.length == 0 ? null : program(args[0]);
        if (program == null) {
            System.exit(commandLine().execute(args));
        }
        // To read the options of the other programs too would take a guest a second.
        CommandLine line = configure(new CommandLine(program));
        line.setCommandName("vnf " + args[0]);
        System.exit(line.execute(Arrays.copyOfRange(args, 1, args.length)));
    }

    private static Class<?> program(String name) {
        for (Class<?> c : VnfMain.class.getAnnotation(Command.class).subcommands()) {
            if (c.getAnnotation(Command.class).name().equals(name)) {
                return c;
            }
        }
        return null;
    }

    /// The command with its subcommands and the way it reports errors.
    ///
    /// @return to be run, or to be a subcommand of another
    public static CommandLine commandLine() {
        return configure(new CommandLine(new VnfMain()));
    }

    private static CommandLine configure(CommandLine line) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(VnfMain::badParameter);
        line.setExecutionExceptionHandler(VnfMain::failed);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which program? see --help");
    }

    private static int badParameter(ParameterException e, String[] args) {
        return complain(e.getCommandLine(), explain(e));
    }

    /// What is wrong with arguments.
    ///
    /// @param e as picocli has found it
    /// @return what is wrong; of a program that there is not, which there are
    public static String explain(ParameterException e) {
        var programs = new TreeSet<>(e.getCommandLine().getSubcommands().keySet());
        if (e instanceof UnmatchedArgumentException u && !programs.isEmpty()) {
            return "there is no program \"%s\"; there are %s"
                    .formatted(u.getUnmatched().getFirst(), String.join(", ", programs));
        }
        return e.getMessage();
    }

    // What a user can do something about is one line; all else is our fault and needs the trace.
    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult result)
            throws Exception {
        return switch (e) {
            case SwitchGoneException _ -> {
                complain(command, e.getMessage());
                yield ExitStatus.SWITCH_LOST;
            }
            case BadInputException _, IOException _, UncheckedIOException _ ->
                    complain(command, e.getMessage());
            case InterruptedException _ -> complain(command, "interrupted");
            default -> throw e;
        };
    }

    private static int complain(CommandLine command, String message) {
        command.getErr()
                .println(
                        "skyway %s: %s"
                                .formatted(
                                        command.getCommandSpec().qualifiedName(),
                                        message.lines().findFirst().orElse("")));
        return ExitStatus.BAD_INPUT;
    }
}
