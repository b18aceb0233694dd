package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a guest runs, beside kernel and shell.
sealed interface GuestContents permits JavaContents, LinuxContents, TestpmdContents {
    /// What it is, besides [#files]: another text is another image.
    List<String> identity();

    /// The files that it is made of.
    List<Path> files();

    /// The kernel modules that it needs and not every guest has, in the order in which they must be
    /// loaded; also part of what it is.
    default List<String> modules() {
        return List.of();
    }

    /// The resource that is the guest's `/start`: runs the program that its arguments name.
    String script();

    /// QEMU's name of the least processor that runs it.
    String cpuModel();

    /// Whether its programs know `--idle rest`.
    boolean canRest();

    /// Puts it into a guest's file system.
    ///
    /// @param root where that is
    /// @throws IOException if a step fails; the message says which
    /// @throws InterruptedException if interrupted meanwhile
    void install(Path root) throws IOException, InterruptedException;

    /// Copies files of the host.
    ///
    /// @param places where each goes in a guest, and where it is on the host
    /// @param root of the guest's file system
    /// @throws IOException if one can't be copied
    static void copy(Map<String, Path> places, Path root) throws IOException {
        for (Map.Entry<String, Path> place : places.entrySet()) {
            Path target = root.resolve(place.getKey());
            Files.createDirectories(target.getParent());
            Files.copy(place.getValue().toRealPath(), target);
        }
    }
}
