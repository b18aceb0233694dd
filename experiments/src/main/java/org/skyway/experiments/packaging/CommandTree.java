package org.skyway.experiments.packaging;

import org.skyway.agent.service.AgentCommand;
import org.skyway.vnf.VnfMain;
import org.skyway.vswitch.cli.SkywayMain;
import org.skyway.vswitch.predict.P2pCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// All verbs of an installation's launcher, as it runs them: what manual pages and completion are
/// made of.
final class CommandTree {
    private CommandTree() {}

    @Command(
            name = "skyway",
            mixinStandardHelpOptions = true,
            description = {
                "Skyway is a software switch for network function virtualisation. Virtual network functions hang on it",
                "by shared-memory ports, and OpenFlow rules say where their packets go. When the rules say that everything",
                "leaving one goes to exactly one other, the two get a shared-memory ring of their own, and the switch",
                "gets out of the way."
            })
    private static final class Launcher {}

    /// Makes it.
    ///
    /// @param experiment the command `skyway experiment`, which loses what is a verb of its own
    /// @return the launcher's command, with a sub-command for each verb
    static CommandLine launcher(CommandLine experiment) {
        CommandLine launcher = new CommandLine(new Launcher());
        CommandLine daemon = new CommandLine(SkywayMain.class);
        daemon.getSubcommands().forEach(launcher::addSubcommand);
        launcher.addSubcommand("vnf", new CommandLine(VnfMain.class));
        launcher.addSubcommand("agent", new CommandLine(AgentCommand.class));
        launcher.addSubcommand("p2p", new CommandLine(P2pCommand.class));
        CommandLine demo = experiment.getSubcommands().get("demo");
        experiment.getCommandSpec().removeSubcommand("demo");
        experiment.getCommandSpec().removeSubcommand("package");
        launcher.addSubcommand("demo", demo);
        launcher.addSubcommand("experiment", experiment);
        return launcher;
    }
}
