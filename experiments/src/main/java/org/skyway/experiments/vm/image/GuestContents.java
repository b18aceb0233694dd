package org.skyway.experiments.vm.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

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
}
