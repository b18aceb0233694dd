package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.vm.image.Tool;

/// The Debian package, installed by `dpkg` over an overlay of everything, without Java and network,
/// used without systemd, and purged.
@Timeout(600)
class DebianPackageIT {
    @TempDir private Path folder;

    @Test
    void isInstalledUsedAndPurgedWithoutATrace() throws Exception {
        Path packages = Packages.folder();
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("overlay"),
                "skipped: the kernel has no overlay file system");
        Path deb =
                packages.resolve(
                        "skyway_%s_amd64.deb".formatted(Packages.version().replace('-', '~')));
        Path script = Packages.script("try-package.sh", folder);
        Path place = Files.createDirectory(folder.resolve("place"));
        String said =
                Tool.run(folder, List.of(script.toString(), deb.toString(), place.toString()));
        for (String wanted :
                List.of(
                        "Depends: libc6 (>= 2.34)",
                        "version: skyway " + Packages.version(),
                        "/usr/lib/skyway/ovs-vswitchd - priority 10",
                        "alternative: ovs-vswitchd (Open vSwitch) 3.1.0",
                        "refused: skyway: \"ssl:127.0.0.1:6640\" is no database",
                        "complete -o default -F _complete_skyway skyway",
                        "bridge br0 is ready: 1 port(s)",
                        "it hands over without an outage",
                        "handed over: 0",
                        "ok   counters of ports, flow entries and VNFs",
                        "ok   order")) {
            assertTrue(said.contains(wanted), wanted + " is missing in:\n" + said);
        }
        assertFalse(said.contains("warnings of"), said);
        assertTrue(said.endsWith("stayed:"), said);
    }
}
