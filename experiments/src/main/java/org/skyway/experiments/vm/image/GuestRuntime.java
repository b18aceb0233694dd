package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The Java runtime of a guest: this JDK, cut down to what the VNF programs need.
final class GuestRuntime {
    private static final List<String> MODULES = List.of("java.base", "jdk.unsupported");

    /// What no VNF program needs and would only make the image larger.
    private static final List<String> SUPERFLUOUS =
            List.of(
                    "legal",
                    "lib/jrt-fs.jar",
                    "lib/libjsig.so",
                    "lib/server/libjsig.so",
                    "lib/jexec",
                    "lib/libsimdsort.so",
                    "lib/security/public_suffix_list.dat",
                    "bin/keytool");

    private static final List<String> LIBRARIES =
            List.of("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");

    private static final Path LOADER = Path.of("lib64/ld-linux-x86-64.so.2");

    private static final List<Path> LIBRARY_DIRECTORIES =
            List.of(Path.of("/lib/x86_64-linux-gnu"), Path.of("/lib64"), Path.of("/usr/lib64"));

    private GuestRuntime() {}

    /// Puts the runtime into `/jre` of a guest, and the C library next to it.
    static void install(Path root) throws IOException, InterruptedException {
        Path jre = root.resolve("jre");
        Jlink.link(MODULES, SUPERFLUOUS, jre);
        strip(jre);
        Path lib = Files.createDirectories(root.resolve("lib/x86_64-linux-gnu"));
        for (String name : LIBRARIES) {
            Files.copy(library(name).toRealPath(), lib.resolve(name));
        }
        Files.createDirectories(root.resolve(LOADER).getParent());
        Files.copy(Path.of("/").resolve(LOADER).toRealPath(), root.resolve(LOADER));
    }

    private static Path library(String name) throws IOException {
        for (Path directory : LIBRARY_DIRECTORIES) {
            if (Files.exists(directory.resolve(name))) {
                return directory.resolve(name);
            }
        }
        throw new IOException(
                "no %s in %s; the guest image needs the GNU C library of x86-64"
                        .formatted(name, LIBRARY_DIRECTORIES));
    }

    // A tenth of the image are symbols for debuggers. Without binutils they stay.
    private static void strip(Path jre) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/strip"))) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("strip", "--strip-unneeded"));
        try (Stream<Path> files = Files.walk(jre.resolve("lib"))) {
            files.filter(f -> f.toString().endsWith(".so"))
                    .map(Path::toString)
                    .sorted()
                    .forEach(command::add);
        }
        Tool.run(jre, command);
    }
}
