package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Java runtimes that are this JDK, cut down.
public final class Jlink {
    private Jlink() {}

    /// Makes one.
    ///
    /// @param modules what it has
    /// @param superfluous files and folders in it that are removed again
    /// @param target where to; must not exist, but the folder that it is in
    /// @throws IOException if `jlink` fails; with its words
    /// @throws InterruptedException if interrupted while waiting for it
    public static void link(List<String> modules, List<String> superfluous, Path target)
            throws IOException, InterruptedException {
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        Tool.run(
                target.getParent(),
                List.of(
                        jlink.toString(),
                        "--add-modules",
                        String.join(",", modules),
                        "--strip-java-debug-attributes",
                        "--no-header-files",
                        "--no-man-pages",
                        "--compress",
                        "zip-0",
                        "--output",
                        target.toString()));
        for (String name : superfluous) {
            Trees.delete(target.resolve(name));
        }
    }
}
