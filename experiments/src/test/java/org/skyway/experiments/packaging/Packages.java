package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.skyway.experiments.ExperimentsMain;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.image.Trees;

/// All that `skyway package` makes, made once for all tests: that is half a minute's work.
final class Packages {
    private static Path made;

    private Packages() {}

    static Path home() {
        return Program.launcher().getParent().toAbsolutePath();
    }

    static String version() throws IOException {
        return Installation.version(home());
    }

    /// The folder with the Debian package, the archive, and what a container is made of.
    static synchronized Path folder() throws IOException {
        assumeTrue(
                Files.exists(home().resolve("dpdkr-pmd/target/dpdk/librte_net_skyway.so")),
                "skipped: the driver in C is not built; run `./skyway build --dpdk`");
        assumeTrue(
                (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "skipped: only root makes namespaces and mounts");
        if (made == null) {
            Path folder = home().resolve("experiments/target/packages");
            Trees.delete(folder);
            assertEquals(
                    0,
                    new picocli.CommandLine(new PackageCommand(ExperimentsMain::commandLine))
                            .execute("--deb", "--container", "--out", folder.toString()));
            made = folder;
        }
        return made;
    }

    /// A script of these tests, with `root.sh`, which they read, beside it.
    static Path script(String name, Path folder) throws IOException {
        for (String file : new String[] {"root.sh", name}) {
            try (InputStream in = Packages.class.getResourceAsStream(file)) {
                Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path script = folder.resolve(name);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }
}
