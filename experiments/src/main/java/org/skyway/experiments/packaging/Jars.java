package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.skyway.experiments.vm.image.ClassUpgrade;

/// The jars of an installation: each once, without what other platforms need, and a class path for
/// each program.
final class Jars {
    /// The modules that have programs, as the launcher names them.
    static final List<String> PROGRAMS =
            List.of("dpdkr-pmd", "compute-agent", "vswitch-core/switch", "experiments");

    private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib|a|exe)");

    /// How folders and files of native code are named that is for here.
    private static final Pattern HERE =
            Pattern.compile(".*(linux[-_](x86[-_]64|amd64)|(x86[-_]64|amd64)[-_]linux)[^-_].*");

    private Jars() {}

    /// Copies them.
    ///
    /// @param home the root of a checkout that is built
    /// @param target a folder
    static void install(Path home, Path target) throws IOException {
        TreeMap<String, Path> all = new TreeMap<>();
        for (String program : PROGRAMS) {
            List<String> names = new ArrayList<>();
            for (Path jar : classpath(home, program)) {
                String name = jar.getFileName().toString();
                Path other = all.put(name, jar);
                if (other != null && Files.mismatch(other, jar) >= 0) {
                    throw new IOException(
                            "%s and %s differ; build the project anew".formatted(other, jar));
                }
                names.add(name);
            }
            Files.writeString(
                    target.resolve(program.replace('/', '-') + ".classpath"),
                    String.join("\n", names) + "\n");
        }
        for (var jar : all.entrySet()) {
            ClassUpgrade.copy(jar.getValue(), target.resolve(jar.getKey()), Jars::isWanted);
        }
    }

    private static List<Path> classpath(Path home, String program) throws IOException {
        Path built = home.resolve(program).resolve("target");
        List<Path> jars = new ArrayList<>();
        try (var own = Files.newDirectoryStream(built, "*-SNAPSHOT.jar")) {
            own.forEach(jars::add);
        }
        if (jars.size() != 1) {
            throw new IOException(
                    "%s has %d jars of the project, not one; build it anew"
                            .formatted(built, jars.size()));
        }
        for (String entry : Files.readString(built.resolve("classpath")).strip().split(":")) {
            jars.add(Path.of(entry));
        }
        return jars;
    }

    /// Whether an entry of a jar is of use on Linux on x86-64.
    static boolean isWanted(String name) {
        return !NATIVE.matcher(name).matches()
                || HERE.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }
}
