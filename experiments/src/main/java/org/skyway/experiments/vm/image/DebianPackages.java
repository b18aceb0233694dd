package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Debian packages, downloaded and unpacked but not installed: that needs no root and changes
/// nothing of the host.
public final class DebianPackages {
    private final Path cache;

    /// A cache of packages.
    ///
    /// @param cache where they are unpacked
    public DebianPackages(Path cache) {
        this.cache = cache;
    }

    /// The newest package that one depends on, for a metapackage like `linux-image-cloud-amd64`.
    String dependency(String metapackage, String prefix) throws IOException, InterruptedException {
        String text = Tool.run(Path.of("/"), List.of("apt-cache", "depends", metapackage));
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Depends: " + prefix))
                .map(line -> line.substring("Depends: ".length()))
                .findFirst()
                .orElseThrow(() ->
                        new IOException(
                                "package %s depends on no %s; run `apt-get update`"
                                        .formatted(metapackage, prefix)));
    }

    /// The version that would be downloaded.
    String version(String name) throws IOException, InterruptedException {
        String text = Tool.run(Path.of("/"), List.of("apt-cache", "policy", name));
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Candidate: "))
                .map(line -> line.substring("Candidate: ".length()))
                .findFirst()
                .orElseThrow(() ->
                        new IOException("there is no package " + name + "; run `apt-get update`"));
    }

    /// Downloads and unpacks a package, unless that was done before.
    ///
    /// @param name the package's
    /// @return the directory with its files
    /// @throws IOException if it can't be downloaded
    /// @throws InterruptedException if interrupted meanwhile
    public Path unpacked(String name) throws IOException, InterruptedException {
        Path directory = cache.resolve(name + "_" + version(name).replace(':', '-'));
        if (Files.isDirectory(directory)) {
            return directory;
        }
        Files.createDirectories(cache);
        Path work = Files.createTempDirectory(cache, "deb-");
        try {
            Tool.run(work, List.of("apt-get", "download", "-q", name));
            Path deb;
            try (Stream<Path> files = Files.list(work)) {
                deb =
                        files.filter(f -> f.toString().endsWith(".deb"))
                                .findFirst()
                                .orElseThrow(() ->
                                        new IOException("apt-get download " + name + ": no file"));
            }
            Path content = work.resolve("content");
            Tool.run(work, List.of("dpkg-deb", "-x", deb.toString(), content.toString()));
            Files.move(content, directory);
            return directory;
        } finally {
            Trees.delete(work);
        }
    }
}
