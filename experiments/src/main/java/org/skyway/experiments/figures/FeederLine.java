package org.skyway.experiments.figures;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.dpdk.Feeder;
import org.skyway.experiments.peers.ReservedPages;
import org.skyway.experiments.process.Program;

/// Our feeder on a [Fabric], whose ports 1 and 2 it owns with one thread.
final class FeederLine implements AutoCloseable {
    /// Pages of 2 MiB that a feeder takes.
    static final int HUGE_PAGES = 120;

    private final Fabric fabric;
    private final Feeder feeder;

    /// @param session whose
    /// @param program from [Feeder#build]
    /// @param fabric closed with this; nothing is connected on it yet
    /// @param huge pages for it
    /// @param core of the feeder
    FeederLine(MeasuredSession session, Path program, Fabric fabric, ReservedPages huge, int core) {
        this.fabric = fabric;
        List<String> eal =
                new ArrayList<>(
                        List.of(
                                "--lcores",
                                "0@" + core,
                                "--no-pci",
                                "--no-telemetry",
                                "--single-file-segments",
                                "-m",
                                "192",
                                "--huge-dir",
                                huge.mount().toString(),
                                "--huge-unlink=existing",
                                "--file-prefix",
                                huge.mount().getParent().getFileName()
                                        + "-f"
                                        + System.identityHashCode(this)));
        try {
            if (DpdkDriver.missing() == null) {
                eal.addAll(List.of("-d", DpdkDriver.FILE));
            }
            for (int i = 0; i < 2; i++) {
                eal.addAll(List.of("--vdev", fabric.device(i, i + 1)));
            }
            session.note("feeder " + String.join(" ", eal).replaceAll("/tmp/[^ ,]*/", "DIR/"));
            feeder =
                    new Feeder(
                            program,
                            session.scratch(),
                            session.chronicle().of("feeder, " + fabric.path()),
                            eal);
        } catch (RuntimeException e) {
            fabric.close();
            throw e;
        }
    }

    Fabric fabric() {
        return fabric;
    }

    void frames(Path file) {
        feeder.frames(file);
    }

    /// Runs, with nobody else at work.
    ///
    /// @param mpps each way; 0 for flat out
    /// @param plan how long
    /// @param both ways
    Feeder.Run run(double mpps, Plan plan, boolean both) {
        fabric.active(true);
        Feeder.Run run = feeder.run(mpps, plan.settleSeconds(), plan.seconds(), both);
        fabric.active(false);
        return run;
    }

    List<Program> programs() {
        List<Program> programs = new ArrayList<>(fabric.programs());
        programs.add(feeder.program());
        return programs;
    }

    @Override
    public void close() {
        fabric.active(true);
        feeder.close();
        fabric.close();
    }
}
