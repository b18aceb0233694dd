package org.skyway.experiments.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.process.ExperimentException;

/// What a switch holds at a moment.
///
/// @param files its regions in shared memory
/// @param mappings of them in its memory
/// @param threads of its process
/// @param descriptors open ones
record Holdings(int files, int mappings, int threads, int descriptors) {
    // Compilers and agents of the JVM come and go.
    private static final int THREADS_SLACK = 6;

    // The tools that ask come by connections, which end a little later than they do.
    private static final int DESCRIPTORS_SLACK = 3;

    static Holdings of(SwitchProcess vswitch) {
        Path process = Path.of("/proc", Long.toString(vswitch.program().pid()));
        try (Stream<String> maps = Files.lines(process.resolve("maps"));
                Stream<Path> tasks = Files.list(process.resolve("task"))) {
            return new Holdings(
                    vswitch.regions(),
                    (int) maps.filter(l -> l.contains("/skyway-") && l.contains("rw-s")).count(),
                    (int) tasks.count(),
                    vswitch.descriptors());
        } catch (IOException e) {
            throw new ExperimentException("can't read " + process + ": " + e, e);
        }
    }

    /// Whether nothing was left behind since.
    boolean isNoMoreThan(Holdings before) {
        return files <= before.files
                && mappings <= before.mappings
                && threads <= before.threads + THREADS_SLACK
                && descriptors <= before.descriptors + DESCRIPTORS_SLACK;
    }

    @Override
    public String toString() {
        return "%d/%d/%d/%d".formatted(files, mappings, threads, descriptors);
    }
}
