package org.skyway.experiments.yardstick;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// A program in C that lies among the resources, built for this machine; or, in an archive, built
/// before.
public final class CProgram {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private CProgram() {}

    /// Builds one, unless the installation has it already.
    ///
    /// @param owner beside whose class the source lies
    /// @param name of the source, without `.c`, and of the program
    /// @param folder where to put it
    /// @param more further arguments of the compiler, behind the source
    /// @return the program
    /// @throws ExperimentException if there is no compiler, or it does not like the source
    public static Path build(Class<?> owner, String name, Path folder, List<String> more) {
        Path built = Path.of(System.getProperty("skyway.home", "."), "lib", name);
        Path program = folder.resolve(name);
        if (Files.isExecutable(built) || Files.isExecutable(program)) {
            return Files.isExecutable(built) ? built : program;
        }
        Path source = folder.resolve(name + ".c");
        try (InputStream in = owner.getResourceAsStream(name + ".c")) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name + ".c");
            }
            Files.copy(in, source);
        } catch (IOException e) {
            throw new ExperimentException("can't write " + source + ": " + e, e);
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "gcc",
                                "-O3",
                                "-march=native",
                                "-std=gnu11",
                                "-Wall",
                                "-Wextra",
                                "-Werror",
                                "-pthread",
                                "-o",
                                program.toString(),
                                source.toString()));
        command.addAll(more);
        StringBuilder said = new StringBuilder();
        try (Program gcc =
                Program.start("gcc", folder, line -> said.append(line).append('\n'), command)) {
            int status = gcc.waitFor(PATIENCE);
            if (status != 0) {
                throw new ExperimentException(
                        "`%s` ended with status %d:%n%s"
                                .formatted(String.join(" ", command), status, said));
            }
        }
        return program;
    }

    /// What a build needs and is not there.
    ///
    /// @param name of the program
    /// @return null if nothing is missing, else what, and what to do
    public static String missing(String name) {
        if (Files.isExecutable(Path.of(System.getProperty("skyway.home", "."), "lib", name))
                || onPath("gcc")) {
            return null;
        }
        return "gcc is missing, which builds " + name + "; apt-get install gcc libc6-dev";
    }

    /// Whether a program is found.
    ///
    /// @param program its name
    /// @return true if some folder of PATH has it
    public static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
