package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.skyway.experiments.ExperimentsMain;
import org.skyway.experiments.vm.chain.ChainCommand;
import org.skyway.experiments.vm.image.GuestImageCommand;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// What users type stays: every command and option of the launcher, as `command-names.txt` has
/// them. Whoever adds one adds a line; whoever takes one away breaks somebody's script.
class CommandNamesTest {
    private static void collect(CommandSpec command, String path, SortedSet<String> lines) {
        lines.add(path);
        command.options()
                .forEach(o -> {
                    for (String name : o.names()) {
                        lines.add(
                                path
                                        + " "
                                        + name
                                        + (o.arity().max() > 0 ? "=" + o.paramLabel() : ""));
                    }
                });
        command.positionalParameters().forEach(p -> lines.add(path + " " + p.paramLabel()));
        command.subcommands()
                .forEach((name, line) -> collect(line.getCommandSpec(), path + " " + name, lines));
    }

    @Test
    void areThoseThatUsersKnow() throws IOException {
        SortedSet<String> now = new TreeSet<>();
        CommandLine all = CommandTree.launcher(ExperimentsMain.commandLine());
        collect(all.getCommandSpec(), "skyway", now);
        // What a checkout has and an installation has not.
        collect(ExperimentsMain.commandLine().getCommandSpec(), "skyway experiment", now);
        collect(CommandSpec.forAnnotatedObject(GuestImageCommand.class), "skyway guest-image", now);
        collect(CommandSpec.forAnnotatedObject(ChainCommand.class), "skyway chain", now);
        try (InputStream in = CommandNamesTest.class.getResourceAsStream("command-names.txt")) {
            List<String> known =
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            assertEquals(
                    known.stream().collect(Collectors.joining("\n")),
                    now.stream().collect(Collectors.joining("\n")));
        }
    }
}
