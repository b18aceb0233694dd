package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.skyway.experiments.vm.image.Trees;

/// Skyway as it is installed: the launcher, which finds its Java runtime, its jars and what is in C
/// beside itself.
///
/// ```
/// skyway              the launcher, the same as in a checkout
/// runtime/            a Java runtime
/// jars/               jars, and a class path for each program
/// lib/                libraries and programs in C; build-id names all of this, version says which it is
/// include/            skyway_pmd.h
/// .mvn/               options of the JVM
/// README.md, …
/// ```
final class Installation {
    /// What users read.
    static final List<String> DOCUMENTS =
            List.of(
                    "README.md",
                    "ARCHITECTURE.md",
                    "CHANGELOG.md",
                    "bypass-channel/ABI.md",
                    "compute-agent/VMS.md",
                    "vswitch-core/FROM-OVS.md",
                    "vswitch-core/SECURITY.md",
                    "vswitch-core/TROUBLESHOOTING.md");

    private static final List<String> COPIES =
            List.of(
                    "skyway",
                    ".mvn/skyway-jvm.options",
                    "experiments/chain.yaml",
                    "experiments/src/main/packaging/prepare",
                    "experiments/src/main/packaging/replace");

    private Installation() {}

    /// Makes one.
    ///
    /// @param home the root of a checkout in which all is built, what is in C included
    /// @param root where to; must not exist
    static void make(Path home, Path root) throws IOException, InterruptedException {
        Files.createDirectories(root);
        JavaRuntime.link(home, root.resolve("runtime"));
        Jars.install(home, Files.createDirectory(root.resolve("jars")));
        Natives.install(home, root);
        for (String name : COPIES) {
            copy(home.resolve(name), root.resolve(name.replaceFirst(".*/packaging/", "lib/")));
        }
        for (String name : DOCUMENTS) {
            copy(home.resolve(name), root.resolve(name));
        }
        Files.writeString(root.resolve("lib/version"), version(home) + "\n");
        Files.writeString(root.resolve("lib/build-id"), digest(root) + "\n");
        Trees.touch(root, Trees.EPOCH);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /// What an AOT cache belongs to: it is of no use to another runtime or other jars.
    private static String digest(Path root) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each JDK has it", e);
        }
        for (String part : List.of("runtime/release", "runtime/lib/modules", "jars")) {
            try (Stream<Path> files = Files.walk(root.resolve(part))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    digest.update(
                            root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                    digest.update(Files.readAllBytes(file));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /// The version of a checkout that is built, for instance `0.1.0-SNAPSHOT`.
    static String version(Path home) throws IOException {
        Path built = home.resolve("experiments/target");
        try (Stream<Path> files = Files.list(built)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.matches("experiments-[0-9][^/]*\\.jar"))
                    .map(n -> n.substring("experiments-".length(), n.length() - ".jar".length()))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no jar in " + built + "; build first"));
        }
    }
}
