package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skyway.experiments.vm.image.Jlink;

/// The Java runtime of an installation: this JDK, cut down to what Skyway's programs need.
final class JavaRuntime {
    /// As `jdeps` names them; jdk.jcmd for experiments that look into a switch, jdk.zipfs for jars
    /// that are read as folders. What Chronicle would compile at run time is never asked for.
    private static final List<String> MODULES =
            List.of(
                    "java.base",
                    "java.desktop",
                    "java.instrument",
                    "java.logging",
                    "java.management",
                    "java.naming",
                    "java.sql",
                    "jdk.crypto.cryptoki",
                    "jdk.jcmd",
                    "jdk.jfr",
                    "jdk.management",
                    "jdk.net",
                    "jdk.unsupported",
                    "jdk.zipfs");

    /// What only programs with windows or sound need.
    private static final List<String> SUPERFLUOUS =
            List.of(
                    "lib/libawt_xawt.so",
                    "lib/libjawt.so",
                    "lib/libjsound.so",
                    "lib/libsplashscreen.so",
                    "lib/libjsig.so",
                    "lib/server/libjsig.so",
                    "lib/jexec",
                    "lib/jrt-fs.jar",
                    "lib/psfontj2d.properties",
                    "bin/keytool");

    private static final Path FONT = Path.of("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
    private static final String FONTS = "fontconfig.properties";

    private JavaRuntime() {}

    /// Makes it, with a font: plots are drawn on hosts that have none.
    ///
    /// @param home the root of a checkout
    /// @param target where to; must not exist
    static void link(Path home, Path target) throws IOException, InterruptedException {
        Jlink.link(MODULES, SUPERFLUOUS, target);
        Path fonts = Files.createDirectories(target.resolve("lib/fonts"));
        Files.copy(FONT, fonts.resolve(FONT.getFileName()));
        Files.copy(
                home.resolve("experiments/src/main/packaging").resolve(FONTS),
                target.resolve("lib").resolve(FONTS));
    }
}
