package org.skyway.experiments.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.skyway.experiments.conformance.lab.Lab;
import org.skyway.experiments.conformance.lab.Recorder;
import org.skyway.experiments.conformance.lab.Side;
import org.skyway.experiments.process.ExperimentException;

/// Gives a switch the dump of its own flows back, as people do who save and restore them: it must
/// be taken, and say what is there.
final class Restoration {
    private Restoration() {}

    /// Tries it with what both switches have now.
    ///
    /// @param version OpenFlow wire version
    /// @return null if Skyway's dump can be restored, or Open vSwitch's can't either: `ovs-ofctl`
    ///   can't read all that it prints
    static Difference check(Lab lab, int version) {
        String skyway = refused(lab, lab.skyway(), version);
        if (skyway == null || refused(lab, lab.ovs(), version) != null) {
            return null;
        }
        return new Difference(Difference.Kind.DUMPS, "the dump is restored", "it is taken", skyway);
    }

    private static String refused(Lab lab, Side side, int version) {
        Path file = lab.scratch().resolve("restored");
        String v = Recorder.name(version);
        String bridge = side.bridge();
        try {
            String dump = side.ofctl("-O", v, "--no-stats", "--no-names", "dump-flows", bridge);
            Files.write(file, dump.lines().filter(l -> l.startsWith(" ")).toList());
            side.ofctl("-O", v, "--no-names", "add-flows", bridge, file.toString());
            side.ofctl("-O", v, "--no-names", "diff-flows", bridge, file.toString());
            return null;
        } catch (ExperimentException e) {
            return e.getMessage();
        } catch (IOException e) {
            throw new ExperimentException("can't write " + file + ": " + e, e);
        }
    }
}
