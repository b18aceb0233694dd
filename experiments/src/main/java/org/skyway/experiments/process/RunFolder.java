package org.skyway.experiments.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.skyway.ivshmem.region.RegionStore;

/// A run directory of an experiment's own, deleted afterwards, together with the regions of a
/// switch that ran there: it may have been killed, and regions of virtual machines' ports outlive
/// any.
public final class RunFolder implements AutoCloseable {
    private final Path path;
    private final Runnable atExit = this::delete;

    /// Makes one with a short name, because sockets in it may have no long one.
    public RunFolder() {
        try {
            path = Files.createTempDirectory("skyway-");
        } catch (IOException e) {
            throw new ExperimentException("can't make a run directory: " + e, e);
        }
        AtExit.add(atExit);
    }

    /// Where it is.
    ///
    /// @return the directory
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        AtExit.remove(atExit);
        delete();
    }

    private void delete() {
        if (!Files.exists(path)) {
            return;
        }
        try {
            RegionStore.of(path).removeLeftovers(true);
        } catch (IOException e) {
            throw new ExperimentException("can't remove the regions of " + path + ": " + e, e);
        }
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new ExperimentException("can't remove " + path + ": " + e, e);
        }
    }
}
