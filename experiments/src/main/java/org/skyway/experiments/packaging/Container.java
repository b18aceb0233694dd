package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.skyway.experiments.vm.image.Tool;
import org.skyway.experiments.vm.image.Trees;
import org.skyway.experiments.yardstick.Yardstick;

/// What makes an image `FROM scratch` of the archive: a Containerfile, and a second archive, the
/// base, with what any Linux host has and an empty image has not. That is the shell with the
/// programs that the launcher calls, the C library and whatever else these and the Java runtime
/// load, all as the host has them that makes the package.
final class Container {
    /// What the launcher and the experiments call.
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "cat",
                    "cksum",
                    "dirname",
                    "env",
                    "find",
                    "grep",
                    "kill",
                    "mkdir",
                    "mktemp",
                    "mv",
                    "paste",
                    "readlink",
                    "rm",
                    "sed",
                    "sleep",
                    "tail",
                    "taskset",
                    "touch");

    /// A line of `ldd`: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or without the arrow.
    private static final Pattern LOADED = Pattern.compile("(?m)^\\s*(?:\\S+ => )?(/\\S+) \\(0x");

    private static final Pattern MISSING = Pattern.compile("(?m)^\\s*(\\S+) => not found");

    private Container() {}

    /// Writes the Containerfile and the base beside an archive. `podman build` or `docker build` in
    /// that folder makes the image.
    ///
    /// @param installation the tree that is in the archive
    /// @param archive the archive, whose root folder is called as `installation` is
    /// @param work a folder for what is made on the way
    /// @return the Containerfile
    static Path make(Path installation, Path archive, Path work)
            throws IOException, InterruptedException {
        String name = installation.getFileName().toString();
        Path tree = Files.createDirectory(work.resolve("base"));
        furnish(tree, installation);
        Path base = archive.resolveSibling(name + "-base.tar.gz");
        TarFile.pack(tree, ".", base);
        return Files.writeString(
                archive.resolveSibling("Containerfile"),
                """
                # Skyway in an image of its own: podman build -t skyway . && podman run --rm skyway demo
                FROM scratch
                ADD %s /
                ADD %s /opt/
                ENV PATH=/usr/bin
                ENV HOME=/root
                ENTRYPOINT ["/opt/%s/skyway"]
                """
                        .formatted(base.getFileName(), archive.getFileName(), name));
    }

    private static void furnish(Path tree, Path installation)
            throws IOException, InterruptedException {
        Path bin = Files.createDirectories(tree.resolve("usr/bin"));
        List<Path> loading = new ArrayList<>();
        for (String tool : TOOLS) {
            Path program = Path.of("/usr/bin", tool);
            if (!Files.exists(program)) {
                program = Path.of("/bin", tool);
            }
            if (!Files.exists(program)) {
                throw new IOException("there is no " + tool + " in /usr/bin and /bin");
            }
            Files.copy(program, bin.resolve(tool)); // what a link of alternatives leads to
            loading.add(program);
        }
        loading.add(installation.resolve("lib").resolve(Yardstick.NAME));
        try (Stream<Path> files = Files.walk(installation.resolve("runtime"))) {
            files.filter(f -> f.toString().endsWith(".so")).forEach(loading::add);
        }
        for (Path library : libraries(loading, installation.toRealPath())) {
            Path to = tree.resolve(Path.of("/").relativize(library));
            Files.createDirectories(to.getParent());
            Files.copy(library, to);
        }
        Files.createDirectories(tree.resolve("root"));
        Files.createDirectories(tree.resolve("tmp"));
        Files.createDirectories(tree.resolve("var/run"));
        Path etc = Files.createDirectories(tree.resolve("etc"));
        Files.writeString(etc.resolve("passwd"), "root:x:0:0:root:/root:/usr/bin/bash\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\n");
        Trees.touch(tree, Trees.EPOCH);
    }

    /// What programs load that is not in the installation, the dynamic linker included.
    private static Set<Path> libraries(List<Path> programs, Path installation)
            throws IOException, InterruptedException {
        Set<Path> found = new TreeSet<>();
        List<String> command = new ArrayList<>(List.of("ldd"));
        programs.forEach(p -> command.add(p.toString()));
        String text = Tool.run(installation, command);
        Matcher loaded = LOADED.matcher(text);
        while (loaded.find()) {
            Path library = Path.of(loaded.group(1));
            if (!library.toRealPath().startsWith(installation)) {
                found.add(library);
            }
        }
        // The launcher of Java loads libjvm before what needs it.
        Matcher missing = MISSING.matcher(text);
        while (missing.find()) {
            if (!missing.group(1).equals("libjvm.so")) {
                throw new IOException(missing.group(1) + " is not on this host; install it");
            }
        }
        return found;
    }
}
