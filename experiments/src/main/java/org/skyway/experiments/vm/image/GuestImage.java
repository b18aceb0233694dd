package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// What a guest boots. Built once for the same input: the kernel's and the shell's packages, the
/// JDK, the jars of the VNF programs, and the way of building. The same input gives the same bytes,
/// but for the AOT cache: the JVM puts into it what it happened to compile, at addresses that it
/// happened to choose.
///
/// @param kernel the kernel
/// @param initrd the initial file system, which is the whole file system
public record GuestImage(Path kernel, Path initrd) {
    /// To be changed with the way of building.
    private static final int RECIPE = 3;

    private static final FileTime EPOCH = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final String SHELL_PACKAGE = "busybox-static";

    private static final List<String> JVM_OPTIONS =
            List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-Xmx64m",
                    "-XX:-UsePerfData",
                    // Reflection by generated code pays off after hundreds of calls; picocli makes
                    // a few for each option.
                    "-Djdk.reflect.useNativeAccessorOnly=true");

    /// Those that say nothing about what is in the AOT cache. The guest's programs are root's, so
    /// priorities of threads can mean something.
    private static final List<String> GUEST_OPTIONS =
            List.of("-XX:ThreadPriorityPolicy=1", "-XX:CompilerThreadPriority=2");

    /// Builds an image, or finds the one that was built of the same input.
    ///
    /// @param home the root of the built project
    /// @param cache where images and packages are kept
    /// @return the image
    /// @throws IOException if a package can't be had or a step fails; the message says which
    /// @throws InterruptedException if interrupted meanwhile
    public static GuestImage build(Path home, Path cache) throws IOException, InterruptedException {
        DebianPackages packages = new DebianPackages(cache.resolve("packages"));
        GuestPrograms programs = GuestPrograms.of(home);
        ImageCache images = ImageCache.of(cache);
        Path directory = images.image(key(packages, programs));
        GuestImage image = new GuestImage(directory.resolve("kernel"), directory.resolve("initrd"));
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
            kernel.install(root);
            fill(root, packages, programs);
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

    private static void fill(Path root, DebianPackages packages, GuestPrograms programs)
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
        Path init = root.resolve("init");
        try (InputStream script = GuestImage.class.getResourceAsStream("init")) {
            Files.copy(script, init);
        }
        Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
        GuestRuntime.install(root);
        String classpath = programs.install(root);
        // The cache remembers times and sizes of what it was made of.
        Trees.touch(root, EPOCH);
        AotTraining.run(root, JVM_OPTIONS, classpath, root.resolve("app/vnf.aot"));
        Files.writeString(
                root.resolve("app/jvm.options"),
                String.join("\n", JVM_OPTIONS)
                        + "\n"
                        + String.join("\n", GUEST_OPTIONS)
                        + "\n-XX:AOTCache=/app/vnf.aot\n-cp "
                        + classpath
                        + "\n");
        Trees.touch(root, EPOCH);
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

    private static String key(DebianPackages packages, GuestPrograms programs)
            throws IOException, InterruptedException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String kernel = GuestKernel.packageName(packages);
            for (String part :
                    List.of(
                            "recipe " + RECIPE,
                            String.join(" ", JVM_OPTIONS),
                            String.join(" ", GUEST_OPTIONS),
                            kernel + " " + packages.version(kernel),
                            SHELL_PACKAGE + " " + packages.version(SHELL_PACKAGE),
                            System.getProperty("java.vm.version"))) {
                digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream script = GuestImage.class.getResourceAsStream("init")) {
                digest.update(script.readAllBytes());
            }
            for (Path jar : programs.jars()) {
                digest.update(Files.readAllBytes(jar));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
