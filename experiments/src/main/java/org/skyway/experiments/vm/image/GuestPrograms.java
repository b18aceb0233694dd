package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The jars of the VNF programs, as the build left them.
///
/// @param jars in class path order
record GuestPrograms(List<Path> jars) {
    /// Finds them.
    ///
    /// @param home the root of the project
    static GuestPrograms of(Path home) throws IOException {
        Path target = home.resolve("dpdkr-pmd/target");
        Path classpath = target.resolve("classpath");
        if (!Files.exists(classpath)) {
            throw new IOException(classpath + " does not exist; build the project first");
        }
        List<Path> jars = new ArrayList<>();
        try (var own = Files.newDirectoryStream(target, "dpdkr-pmd-*.jar")) {
            own.forEach(jars::add);
        }
        if (jars.size() != 1) {
            throw new IOException(
                    "%s has %d jars named dpdkr-pmd-*.jar, not one; build the project anew"
                            .formatted(target, jars.size()));
        }
        for (String entry : Files.readString(classpath).strip().split(":")) {
            jars.add(Path.of(entry));
        }
        for (Path jar : jars) {
            if (!Files.isRegularFile(jar)) {
                throw new IOException(jar + " is no file; build the project with `mvn package`");
            }
        }
        return new GuestPrograms(jars);
    }

    /// Copies them to `/app` of a guest, ready for an AOT cache.
    ///
    /// @return the class path in the guest
    String install(Path root) throws IOException {
        Path app = Files.createDirectories(root.resolve("app"));
        List<String> classpath = new ArrayList<>();
        for (Path jar : jars) {
            ClassUpgrade.copy(jar, app.resolve(jar.getFileName()));
            classpath.add("/app/" + jar.getFileName());
        }
        return String.join(":", classpath);
    }
}
