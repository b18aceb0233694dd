package org.skyway.experiments.packaging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.skyway.experiments.vm.image.Tool;
import org.skyway.experiments.vm.image.Trees;
import picocli.AutoComplete;
import picocli.CommandLine;

/// A Debian package of an installation. It depends on nothing but the C library and bash, which is
/// essential.
final class DebianPackage {
    private static final String TREE = "usr/lib/skyway";

    /// Files that `src/main/packaging/debian` has, and where they go.
    private static final Map<String, String> FILES =
            Map.of(
                    "skyway.service", "usr/lib/systemd/system/skyway.service",
                    "skyway.sysusers", "usr/lib/sysusers.d/skyway.conf",
                    "skyway.tmpfiles", "usr/lib/tmpfiles.d/skyway.conf",
                    "skyway.yaml", "etc/skyway/skyway.yaml");

    private static final List<String> SCRIPTS = List.of("postinst", "prerm", "postrm");

    private DebianPackage() {}

    /// Makes it.
    ///
    /// @param home the root of a checkout that is built
    /// @param version the checkout's
    /// @param work a folder for what is made on the way, which has `usr/lib/skyway` already
    /// @param out the folder where it goes
    /// @param launcher as of [CommandTree]
    /// @return the package
    static Path make(Path home, String version, Path work, Path out, CommandLine launcher)
            throws IOException, InterruptedException {
        Path sources = home.resolve("experiments/src/main/packaging/debian");
        for (var file : FILES.entrySet()) {
            Path to = work.resolve(file.getValue());
            Files.createDirectories(to.getParent());
            Files.copy(sources.resolve(file.getKey()), to);
        }
        Path bin = Files.createDirectories(work.resolve("usr/bin"));
        Files.createSymbolicLink(bin.resolve("skyway"), Path.of("../lib/skyway/skyway"));
        Files.createSymbolicLink(work.resolve(TREE).resolve("ovs-vswitchd"), Path.of("skyway"));
        documents(work);
        manualPages(work, version, launcher);
        Path completions =
                Files.createDirectories(work.resolve("usr/share/bash-completion/completions"));
        Files.writeString(completions.resolve("skyway"), AutoComplete.bash("skyway", launcher));
        String debianVersion = version.replace('-', '~');
        control(sources, work, debianVersion);
        Trees.touch(work, Trees.EPOCH);
        Path file = out.resolve("skyway_%s_amd64.deb".formatted(debianVersion));
        Tool.run(
                work,
                List.of(
                        "dpkg-deb",
                        "--root-owner-group",
                        "-Zxz",
                        "-z0",
                        "--build",
                        work.toString(),
                        file.toAbsolutePath().toString()));
        return file;
    }

    private static void documents(Path work) throws IOException {
        Path folder = Files.createDirectories(work.resolve("usr/share/doc/skyway"));
        for (String name : Installation.DOCUMENTS) {
            Path to = folder.resolve(name); // where links between them lead
            Files.createDirectories(to.getParent());
            Path from = work.resolve(TREE).resolve(name);
            Files.move(from, to);
            deleteIfEmpty(from.getParent());
        }
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                return;
            }
        }
        Files.delete(folder);
    }

    private static void manualPages(Path work, String version, CommandLine launcher)
            throws IOException {
        page(
                work,
                "skyway",
                1,
                ManualPage.of(launcher.getCommandSpec(), "skyway", 1, version, false));
        for (var verb : launcher.getSubcommands().entrySet()) {
            String name = "skyway-" + verb.getKey();
            int section = ManualPage.sectionOf(verb.getKey());
            page(
                    work,
                    name,
                    section,
                    ManualPage.of(verb.getValue().getCommandSpec(), name, section, version, true));
        }
    }

    private static void page(Path work, String name, int section, String text) throws IOException {
        Path folder = Files.createDirectories(work.resolve("usr/share/man/man" + section));
        try (OutputStream out =
                new GZIPOutputStream(
                        Files.newOutputStream(folder.resolve(name + "." + section + ".gz")))) {
            out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private static void control(Path sources, Path work, String version) throws IOException {
        Path folder = Files.createDirectories(work.resolve("DEBIAN"));
        for (String script : SCRIPTS) {
            Path to = folder.resolve(script);
            Files.copy(sources.resolve(script), to);
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(folder.resolve("conffiles"), "/etc/skyway/skyway.yaml\n");
        long kibibytes;
        try (Stream<Path> files = Files.walk(work)) {
            kibibytes =
                    files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum()
                            >> 10;
        }
        Files.writeString(
                folder.resolve("control"),
                """
                Package: skyway
                Version: %s
                Architecture: amd64
                Maintainer: The Skyway developers <skyway@localhost>
                Section: net
                Priority: optional
                Installed-Size: %d
                Depends: libc6 (>= 2.34)
                Suggests: openvswitch-common, dpdk, libvirt-daemon-system, qemu-system-x86
                Description: software switch that lets chained network functions talk directly
                 Virtual network functions hang on this switch by shared-memory ports, and OpenFlow
                 rules say where their packets go. When the rules say that everything leaving one
                 goes to exactly one other, the two get a shared-memory ring of their own.
                 .
                 This package brings its own Java runtime.
                """
                        .formatted(version, kibibytes));
    }
}
