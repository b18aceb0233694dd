package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.image.Trees;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway package`.
@Command(
        name = "package",
        mixinStandardHelpOptions = true,
        description = {
            "Makes what is given to a host that has neither checkout nor JDK: skyway_VERSION_amd64.deb, or with",
            "--archive skyway-VERSION.tar.gz, which runs where it is unpacked, or with --container that with what",
            "makes an image FROM scratch of it. Several of the three options make all that they name."
        })
public final class PackageCommand implements Callable<Integer> {
    // spotless:off
    @Option(names = "--deb", description = "make the Debian package (what is made unless told otherwise)")
    private boolean deb;
    @Option(names = "--archive", description = "make the archive")
    private boolean archive;
    @Option(names = "--container", description = "make the archive, and a Containerfile with the base that it names beside it")
    private boolean container;
    @Option(names = "--out", paramLabel = "DIR", defaultValue = ".", description = "where it goes (default: here)")
    private Path out;
    // spotless:on

    private final Supplier<CommandLine> experiment;

    /// The command.
    ///
    /// @param experiment makes the command `skyway experiment`, of which the manual tells, too
    public PackageCommand(Supplier<CommandLine> experiment) {
        this.experiment = experiment;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path home = Path.of(System.getProperty("skyway.home", ".")).toAbsolutePath().normalize();
        if (Files.exists(home.resolve("lib/build-id"))) {
            throw new ExperimentException(
                    home + " is an installation; packages are made in a checkout");
        }
        try {
            Path work = Files.createTempDirectory("skyway-package-");
            try {
                make(home, work);
            } finally {
                Trees.delete(work);
            }
        } catch (IOException e) {
            throw new ExperimentException("no package: " + e.getMessage(), e);
        }
        return 0;
    }

    private void make(Path home, Path work) throws IOException, InterruptedException {
        String version = Installation.version(home);
        Files.createDirectories(out);
        Path installation = work.resolve("skyway-" + version);
        Installation.make(home, installation);
        if (archive || container) {
            Path file = out.resolve(installation.getFileName() + ".tar.gz");
            TarFile.pack(work, installation.getFileName().toString(), file);
            tell(file);
            if (container) {
                System.out.println(Container.make(installation, file, work));
            }
        }
        if (deb || !(archive || container)) {
            Path tree = Files.createDirectories(work.resolve("package/usr/lib"));
            Files.move(installation, tree.resolve("skyway"));
            tell(
                    DebianPackage.make(
                            home,
                            version,
                            work.resolve("package"),
                            out,
                            CommandTree.launcher(experiment.get())));
        }
    }

    private static void tell(Path file) throws IOException {
        System.out.printf("%s (%.1f MiB)%n", file, Files.size(file) / 1048576.0);
    }
}
