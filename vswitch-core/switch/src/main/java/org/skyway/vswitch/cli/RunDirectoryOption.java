package org.skyway.vswitch.cli;

import java.nio.file.Path;
import org.skyway.ivshmem.region.RunDirectory;
import picocli.CommandLine.Option;

/// The option that says where the switch runs.
final class RunDirectoryOption {
    @Option(
            names = "--rundir",
            paramLabel = "DIR",
            description = "run directory (default: $SKYWAY_RUNDIR, else /var/run/skyway)")
    private Path directory;

    void take(PlainWords words) {
        directory = Path.of(words.single());
    }

    /// What was said; null for nothing.
    Path given() {
        return directory;
    }

    Path path() {
        return directory == null ? RunDirectory.path() : directory;
    }
}
