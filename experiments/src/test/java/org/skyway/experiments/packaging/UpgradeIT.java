package org.skyway.experiments.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.vm.image.Tool;

/// The service of the Debian package under a real systemd, which is booted over an overlay of
/// everything: `apt upgrade` costs no packet, and systemd knows whose process the switch is.
@Timeout(600)
class UpgradeIT {
    @TempDir private Path folder;

    @Test
    void upgradeLosesNothing() throws Exception {
        Path packages = Packages.folder();
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("overlay"),
                "skipped: the kernel has no overlay file system");
        assumeTrue(
                Files.isExecutable(Path.of("/lib/systemd/systemd")),
                "skipped: no systemd is installed");
        String version = Packages.version();
        Path old = packages.resolve("skyway_%s_amd64.deb".formatted(version.replace('-', '~')));
        Path boot = Packages.script("boot-systemd.sh", folder);
        Path script = Packages.script("try-upgrade.sh", folder);
        Files.copy(old, folder.resolve("old.deb"));
        nextRelease(old, version, folder.resolve("new.deb"));
        Path place = Files.createDirectory(folder.resolve("place"));
        Process process =
                new ProcessBuilder(boot.toString(), place.toString(), script.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("boot").toFile())
                        .start();
        boolean ended = process.waitFor(500, TimeUnit.SECONDS);
        if (!ended) {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
        }
        String said = "";
        for (String file : List.of("boot", "systemd", "output")) {
            Path log = folder.resolve(file);
            said += Files.exists(log) ? Files.readString(log) : file + " is missing\n";
        }
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
        for (String wanted :
                List.of(
                        "started: ActiveState=active NRestarts=0 Result=success SubState=running",
                        "user: skyway",
                        "old switch, new files: all packets of port 1 leave unchanged",
                        "upgraded: ActiveState=active NRestarts=0 Result=success SubState=running",
                        "another process: the first is gone",
                        "past1  past2  bypass  ACTIVE",
                        "of the new release: jars/switch-" + version + "+1.jar",
                        "bad configuration: refused",
                        "bad configuration: ActiveState=active NRestarts=0",
                        "killed: ActiveState=active NRestarts=1",
                        "stopped: ActiveState=inactive NRestarts=0 Result=success SubState=dead",
                        "done")) {
            assertTrue(said.contains(wanted), wanted + " is missing in:\n" + said);
        }
        assertNothingIsLost(said);
    }

    /// What goes past the switch comes in full; of what goes through it, what a port counts as
    /// dropped is missing at most.
    private static void assertNothingIsLost(String said) {
        Matcher d = Pattern.compile("(?m)^dropped: ([0-9]+)$").matcher(said);
        assertTrue(d.find(), said);
        long dropped = Long.parseLong(d.group(1));
        for (String way : List.of("past", "through")) {
            Matcher m =
                    Pattern.compile(
                                    way
                                            + ": sent ([0-9]+), came ([0-9]+), lost ([0-9]+), twice 0, reordered 0\n")
                            .matcher(said);
            assertTrue(m.find(), way + " in:\n" + said);
            long missing = Long.parseLong(m.group(1)) - Long.parseLong(m.group(2));
            assertEquals(way.equals("past") ? 0 : dropped, missing, said);
            assertTrue(Long.parseLong(m.group(3)) <= missing, said);
            String port = way.equals("past") ? "1" : "3";
            assertTrue(said.contains("entry of port " + port + ": " + m.group(1)), said);
        }
    }

    /// The same once more as its next release: its jars have other names, and none of the files of
    /// the one before stays.
    private void nextRelease(Path from, String version, Path to)
            throws IOException, InterruptedException {
        Path tree = folder.resolve("next");
        Tool.run(folder, List.of("dpkg-deb", "--raw-extract", from.toString(), tree.toString()));
        String next = version + "+1";
        Path control = tree.resolve("DEBIAN/control");
        Files.writeString(
                control, Files.readString(control).replaceAll("(?m)^Version: .*", "$0+1"));
        Path home = tree.resolve("usr/lib/skyway");
        Files.writeString(home.resolve("lib/version"), next + "\n");
        try (Stream<Path> files = Files.list(home.resolve("jars"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".classpath")) {
                    Files.writeString(file, Files.readString(file).replace(version, next));
                } else if (name.contains(version)) {
                    Files.move(file, file.resolveSibling(name.replace(version, next)));
                }
            }
        }
        Tool.run(
                folder,
                List.of(
                        "dpkg-deb",
                        "--root-owner-group",
                        "-Znone",
                        "--build",
                        tree.toString(),
                        to.toString()));
    }
}
