package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What a guest boots. Built once for the same input: the kernel's and the shell's packages, what
/// it shall run, and the way of building. The same input gives the same bytes, but for the AOT
/// cache of the Java programs: the JVM puts into it what it happened to compile, at addresses that
/// it happened to choose.
///
/// @param kernel the kernel
/// @param initrd the initial file system, which is the whole file system
/// @param cpuModel QEMU's name of the least processor that runs it
/// @param canRest whether its programs know `--idle rest`, for processors that are emulated
public record GuestImage(Path kernel, Path initrd, String cpuModel, boolean canRest) {
    /// To be changed with the way of building.
    private static final int RECIPE = 4;

    private static final String SHELL_PACKAGE = "busybox-static";
    private static final String INIT = "init";

    /// Builds the image with the VNF programs in Java, or finds the one that was built of the same
    /// input.
    ///
    /// @param home the root of the built project
    /// @param cache where images and packages are kept
    /// @return the image
    /// @throws IOException if a package can't be had or a step fails; the message says which
    /// @throws InterruptedException if interrupted meanwhile
    public static GuestImage build(Path home, Path cache) throws IOException, InterruptedException {
        return build(cache, JavaContents.of(home));
    }

    /// Builds the image with the host's `testpmd` and the driver in C, or finds the one that was
    /// built of the same input.
    ///
    /// @param home the root of the built project
    /// @param cache where images and packages are kept
    /// @return the image
    /// @throws IOException if a package can't be had, the driver was not built or a step fails; the
    ///   message says which
    /// @throws InterruptedException if interrupted meanwhile
    public static GuestImage testpmd(Path home, Path cache)
            throws IOException, InterruptedException {
        return build(cache, TestpmdContents.of(home));
    }

    /// Builds the image of a plain Linux without a driver of Skyway's, or finds the one that was
    /// built of the same input.
    ///
    /// @param cache where images and packages are kept
    /// @return the image
    /// @throws IOException if a package can't be had or a step fails; the message says which
    /// @throws InterruptedException if interrupted meanwhile
    public static GuestImage linux(Path cache) throws IOException, InterruptedException {
        return build(cache, LinuxContents.of(cache));
    }

    private static GuestImage build(Path cache, GuestContents contents)
            throws IOException, InterruptedException {
        DebianPackages packages = new DebianPackages(cache.resolve("packages"));
        ImageCache images = ImageCache.of(cache);
        Path directory = images.image(key(packages, contents));
        GuestImage image =
                new GuestImage(
                        directory.resolve("kernel"),
                        directory.resolve("initrd"),
                        contents.cpuModel(),
                        contents.canRest());
        if (Files.exists(image.initrd)) {
            ImageCache.touch(directory);
            return image;
        }
        Files.createDirectories(cache);
        Path work = Files.createTempDirectory(cache, "build-");
        try {
            Path root = Files.createDirectory(work.resolve("root"));
            Path built = Files.createDirectory(work.resolve("image"));
            GuestKernel kernel = GuestKernel.fetch(packages);
            kernel.install(root, contents.modules());
            fill(root, packages, contents);
            CpioWriter.write(root, built.resolve("initrd"));
            Files.copy(kernel.image(), built.resolve("kernel"));
            publish(built, directory);
            images.prune();
        } finally {
            Trees.delete(work);
        }
        return image;
    }

    /// Where images are kept unless told otherwise.
    ///
    /// @return `skyway` in the user's cache directory
    public static Path defaultCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches =
                xdg == null || xdg.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(xdg);
        return caches.resolve("skyway");
    }

    private static void fill(Path root, DebianPackages packages, GuestContents contents)
            throws IOException, InterruptedException {
        for (String name : List.of("bin", "dev", "proc", "sys", "tmp")) {
            Files.createDirectory(root.resolve(name));
        }
        Path shell = packages.unpacked(SHELL_PACKAGE);
        Path busybox =
                Files.exists(shell.resolve("bin/busybox"))
                        ? shell.resolve("bin/busybox")
                        : shell.resolve("usr/bin/busybox");
        Files.copy(busybox, root.resolve("bin/busybox"));
        script(INIT, root.resolve("init"));
        script(contents.script(), root.resolve("start"));
        contents.install(root);
        Trees.touch(root, Trees.EPOCH);
    }

    private static void script(String name, Path file) throws IOException {
        try (InputStream script = GuestImage.class.getResourceAsStream(name)) {
            Files.copy(script, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    // Two builds at the same time make the same image; the first wins.
    private static void publish(Path built, Path directory) throws IOException {
        try {
            Files.move(built, directory);
        } catch (FileAlreadyExistsException e) {
            return;
        } catch (IOException e) {
            if (!Files.exists(directory.resolve("initrd"))) {
                throw e;
            }
        }
    }

    private static String key(DebianPackages packages, GuestContents contents)
            throws IOException, InterruptedException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String kernel = GuestKernel.packageName(packages);
            List<String> parts =
                    new ArrayList<>(
                            List.of(
                                    "recipe " + RECIPE,
                                    kernel + " " + packages.version(kernel),
                                    SHELL_PACKAGE + " " + packages.version(SHELL_PACKAGE)));
            parts.addAll(contents.identity());
            parts.addAll(contents.modules());
            for (String part : parts) {
                digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
            }
            for (String name : List.of(INIT, contents.script())) {
                try (InputStream script = GuestImage.class.getResourceAsStream(name)) {
                    digest.update(script.readAllBytes());
                }
            }
            for (Path file : contents.files()) {
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
