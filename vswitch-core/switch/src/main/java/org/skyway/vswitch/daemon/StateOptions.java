package org.skyway.vswitch.daemon;

import java.nio.file.Path;
import org.skyway.ivshmem.region.RunDirectory;

/// Where a switch keeps what the one after it has to know.
///
/// @param directory the directory; null if nothing is to be kept
/// @param forget whether to begin without what an earlier switch knew
/// @param takeOver whether a switch that runs is to hand over
public record StateOptions(Path directory, boolean forget, boolean takeOver) {
    /// Nothing is kept.
    public static final StateOptions NONE = new StateOptions(null, false, false);

    /// Root's, unless told otherwise.
    public static final Path OF_ROOT = Path.of("/var/lib/skyway");

    /// The directory that a switch has unless it is told another.
    ///
    /// @param runDirectory the run directory
    /// @return for root with the usual run directory one that is there after a reboot; else one in
    ///   the run directory
    public static Path defaultDirectory(Path runDirectory) {
        boolean usual = runDirectory.toAbsolutePath().equals(RunDirectory.OF_ROOT);
        return usual ? OF_ROOT : runDirectory.resolve("state");
    }
}
