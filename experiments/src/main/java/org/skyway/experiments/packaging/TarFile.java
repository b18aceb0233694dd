package org.skyway.experiments.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.skyway.experiments.vm.image.Tool;

/// Archives of which the same files make the same bytes.
final class TarFile {
    private TarFile() {}

    /// Packs a folder or what is in it.
    ///
    /// @param folder where it is
    /// @param name what of it: a name in it, or `.` for all
    /// @param target a file with a name that ends in `.tar.gz`; is replaced
    static void pack(Path folder, String name, Path target)
            throws IOException, InterruptedException {
        Path raw =
                folder.resolveSibling(
                        target.getFileName() + ".tar"); // beside the folder, not in it
        Tool.run(
                folder,
                List.of(
                        "tar",
                        "--create",
                        "--format=gnu",
                        "--sort=name",
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "--file=" + raw,
                        name));
        Tool.run(folder, List.of("gzip", "--no-name", raw.toString()));
        Files.move(
                raw.resolveSibling(raw.getFileName() + ".gz"),
                target.toAbsolutePath(),
                StandardCopyOption.REPLACE_EXISTING);
    }
}
