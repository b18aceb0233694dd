package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.vm.image.Tool;

/// The Debian package, installed by `dpkg` over an overlay of everything, without Java and network,
/// used without systemd, and purged.
@Timeout(600)
class DebianPackageIT {
    @TempDir private Path folder;

    @Test
    void isInstalledUsedAndPurgedWithoutATrace() throws Exception {
        Path home = Program.launcher().getParent().toAbsolutePath();
        assumeTrue(
                Files.exists(home.resolve("dpdkr-pmd/target/dpdk/librte_net_skyway.so")),
                "skipped: the driver in C is not built; run `./skyway build --dpdk`");
        assumeTrue(
                (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "skipped: only root mounts an overlay");
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("overlay"),
                "skipped: the kernel has no overlay file system");
        int status =
                new picocli.CommandLine(new PackageCommand()).execute("--out", folder.toString());
        assertEquals(0, status);
        Path deb =
                folder.resolve(
                        "skyway_%s_amd64.deb"
                                .formatted(Installation.version(home).replace('-', '~')));
        Path script = folder.resolve("try-package.sh");
        try (InputStream in = DebianPackageIT.class.getResourceAsStream("try-package.sh")) {
            Files.copy(in, script);
        }
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Path place = Files.createDirectory(folder.resolve("place"));
        String said =
                Tool.run(folder, List.of(script.toString(), deb.toString(), place.toString()));
        for (String wanted :
                List.of(
                        "Depends: libc6 (>= 2.34)",
                        "version: skyway " + Installation.version(home),
                        "/usr/lib/skyway/ovs-vswitchd - priority 10",
                        "alternative: ovs-vswitchd (Skyway)",
                        "refused: skyway: there is no OVSDB yet",
                        "complete -o default -F _complete_skyway skyway",
                        "bridge br0 is ready: 1 port(s)",
                        "ok   counters of ports, flow entries and VNFs",
                        "ok   order")) {
            assertTrue(said.contains(wanted), wanted + " is missing in:\n" + said);
        }
        assertFalse(said.contains("warnings of"), said);
        assertTrue(said.endsWith("stayed:"), said);
    }
}
