package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The VNF programs in Java and a runtime that is cut down for them.
///
/// @param programs the project's
record JavaContents(GuestPrograms programs) implements GuestContents {
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

    /// Those of the built project.
    ///
    /// @param home its root
    /// @throws IOException if it is not built
    static JavaContents of(Path home) throws IOException {
        return new JavaContents(GuestPrograms.of(home));
    }

    @Override
    public List<String> identity() {
        return List.of(
                String.join(" ", JVM_OPTIONS),
                String.join(" ", GUEST_OPTIONS),
                System.getProperty("java.vm.version"));
    }

    @Override
    public List<Path> files() {
        return programs.jars();
    }

    @Override
    public String script() {
        return "start-java";
    }

    @Override
    public String cpuModel() {
        return "qemu64";
    }

    @Override
    public boolean canRest() {
        return true;
    }

    @Override
    public void install(Path root) throws IOException, InterruptedException {
        GuestRuntime.install(root);
        String classpath = programs.install(root);
        // The cache remembers times and sizes of what it was made of.
        Trees.touch(root, Trees.EPOCH);
        AotTraining.run(root, JVM_OPTIONS, classpath, root.resolve("app/vnf.aot"));
        Files.writeString(
                root.resolve("app/jvm.options"),
                String.join("\n", JVM_OPTIONS)
                        + "\n"
                        + String.join("\n", GUEST_OPTIONS)
                        + "\n-XX:AOTCache=/app/vnf.aot\n-cp "
                        + classpath
                        + "\n");
    }
}
