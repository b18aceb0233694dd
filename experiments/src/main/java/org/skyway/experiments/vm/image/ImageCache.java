package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The images that were built, a directory each. Each takes a hundred megabytes, and every change
/// of the project makes another; so old ones go when a new one has come.
final class ImageCache {
    private static final String PREFIX = "image-";

    /// Whoever has asked for an image may be about to define or start a domain with it.
    private static final Duration MIN_AGE = Duration.ofHours(1);

    private final Path directory;
    private final Path proc;
    private final List<Path> definitions;

    /// @param directory where images are
    /// @param proc like `/proc`
    /// @param definitions directories of libvirt with the domains that are defined
    ImageCache(Path directory, Path proc, List<Path> definitions) {
        this.directory = directory;
        this.proc = proc;
        this.definitions = definitions;
    }

    static ImageCache of(Path directory) {
        Path config = Path.of(System.getProperty("user.home"), ".config");
        return new ImageCache(
                directory,
                Path.of("/proc"),
                List.of(Path.of("/etc/libvirt/qemu"), config.resolve("libvirt/qemu")));
    }

    /// Where an image is or will be.
    ///
    /// @param key of what it is made of
    Path image(String key) {
        return directory.resolve(PREFIX + key);
    }

    /// Notes that somebody wants an image.
    static void touch(Path image) throws IOException {
        Files.setLastModifiedTime(image, FileTime.from(Instant.now()));
    }

    /// Removes images that nobody has asked for in an hour, that no running machine was booted with
    /// and that no domain is defined with.
    ///
    /// @return what was removed
    List<Path> prune() throws IOException {
        List<Path> old = new ArrayList<>();
        FileTime limit = FileTime.from(Instant.now().minus(MIN_AGE));
        try (DirectoryStream<Path> images = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path image : images) {
                if (Files.getLastModifiedTime(image).compareTo(limit) < 0) {
                    old.add(image);
                }
            }
        }
        if (!old.isEmpty()) {
            old.removeIf(this::isDefined);
            old.removeIf(this::isRunning);
        }
        for (Path image : old) {
            Trees.delete(image);
        }
        return old;
    }

    private boolean isDefined(Path image) {
        for (Path definition : definitions) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(definition, "*.xml")) {
                for (Path domain : all) {
                    if (Files.readString(domain).contains(image.getFileName() + "/")) {
                        return true;
                    }
                }
            } catch (IOException e) {
                if (Files.exists(definition)) {
                    return true; // it may be, as far as this user can see
                }
            }
        }
        return false;
    }

    // QEMU's command line names what it boots; everyone may read that.
    private boolean isRunning(Path image) {
        byte[] name = (image.getFileName() + "/").getBytes(StandardCharsets.UTF_8);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (contains(commandLine(process), name)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static byte[] commandLine(Path process) {
        try {
            return Files.readAllBytes(process.resolve("cmdline"));
        } catch (IOException e) {
            return new byte[0]; // it has just ended
        }
    }

    private static boolean contains(byte[] text, byte[] part) {
        return new String(text, StandardCharsets.ISO_8859_1)
                .contains(new String(part, StandardCharsets.ISO_8859_1));
    }
}
