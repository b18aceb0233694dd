package org.skyway.experiments.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Feeder;
import org.skyway.experiments.vm.image.Tool;
import org.skyway.experiments.yardstick.Yardstick;

/// What is in C in an installation: the driver for DPDK applications and the library around the
/// same core, as the build made them, and the programs that figures are measured with, for any
/// processor with AVX2.
final class Natives {
    private static final String LIBRARY = "libskyway_pmd.so";
    private static final String HEADER = "skyway_pmd.h";

    private Natives() {}

    /// Puts them into folders of an installation.
    ///
    /// @param home the root of a checkout whose driver is built
    /// @param root the root of the installation
    static void install(Path home, Path root) throws IOException, InterruptedException {
        Path lib = Files.createDirectories(root.resolve("lib"));
        Path built = home.resolve("dpdkr-pmd/target/dpdk");
        List<String> strip = new ArrayList<>(List.of("strip", "--strip-unneeded"));
        for (String name : List.of(DpdkDriver.FILE, LIBRARY)) {
            Path file = built.resolve(name);
            if (!Files.exists(file)) {
                throw new IOException(file + " is not built; run `./skyway build --dpdk`");
            }
            Files.copy(file, lib.resolve(name));
            strip.add(name);
        }
        Tool.run(lib, strip);
        Path include = Files.createDirectories(root.resolve("include"));
        Files.copy(home.resolve("dpdkr-pmd/dpdk").resolve(HEADER), include.resolve(HEADER));
        compile(Yardstick.class, Yardstick.NAME, lib, List.of());
        String flags =
                Tool.run(root, List.of("pkg-config", "--cflags", "--libs", "libdpdk"))
                        // Which processor the headers were made for is not which one we are for.
                        .replaceAll("-march=\\S+", "");
        compile(Feeder.class, Feeder.NAME, lib, List.of(flags.strip().split("\\s+")));
    }

    private static void compile(Class<?> owner, String name, Path lib, List<String> more)
            throws IOException, InterruptedException {
        Path source = lib.resolve(name + ".c");
        try (InputStream in = owner.getResourceAsStream(name + ".c")) {
            Files.copy(in, source);
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "gcc",
                                "-O3",
                                "-march=x86-64-v3",
                                "-std=gnu11",
                                "-pthread",
                                "-s",
                                "-o",
                                lib.resolve(name).toString(),
                                source.toString()));
        command.addAll(more);
        Tool.run(lib, command);
        Files.delete(source);
    }
}
