package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.vm.image.Tool;
import org.skyway.experiments.vm.image.Trees;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `skyway package`.
@Command(
        name = "package",
        mixinStandardHelpOptions = true,
        description = {
            "Makes what is given to a host that has neither checkout nor JDK: skyway_VERSION_amd64.deb, or with",
            "--archive skyway-VERSION.tar.gz, which runs where it is unpacked."
        })
public final class PackageCommand implements Callable<Integer> {
    @Option(names = "--archive", description = "make the archive, not the Debian package")
    private boolean archive;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "where it goes (default: here)")
    private Path out;

    /// For picocli.
    public PackageCommand() {}

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
                String version = Installation.version(home);
                Files.createDirectories(out);
                Path file = archive ? pack(home, version, work) : debian(home, version, work);
                System.out.printf("%s (%.1f MiB)%n", file, Files.size(file) / 1048576.0);
            } finally {
                Trees.delete(work);
            }
        } catch (IOException e) {
            throw new ExperimentException("no package: " + e.getMessage(), e);
        }
        return 0;
    }

    private Path debian(Path home, String version, Path work)
            throws IOException, InterruptedException {
        Installation.make(home, work.resolve("package/usr/lib/skyway"));
        return DebianPackage.make(home, version, work.resolve("package"), out);
    }

    // The same files make the same archive.
    private Path pack(Path home, String version, Path work)
            throws IOException, InterruptedException {
        String name = "skyway-" + version;
        Installation.make(home, work.resolve(name));
        Path file = out.resolve(name + ".tar.gz");
        Path raw = work.resolve("raw.tar");
        Tool.run(
                work,
                List.of(
                        "tar",
                        "--create",
                        "--format=gnu",
                        "--sort=name",
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "--file=" + raw,
                        name));
        Tool.run(work, List.of("gzip", "--no-name", raw.toString()));
        Files.move(
                work.resolve("raw.tar.gz"),
                file.toAbsolutePath(),
                StandardCopyOption.REPLACE_EXISTING);
        return file;
    }
}
