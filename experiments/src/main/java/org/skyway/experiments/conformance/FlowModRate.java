package org.skyway.experiments.conformance;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.conformance.lab.Side;
import org.skyway.experiments.process.ExperimentException;

/// How fast many flows are installed from one file, and listed, by `ovs-ofctl`.
public final class FlowModRate {
    /// Seconds that `ovs-ofctl` took.
    ///
    /// @param add to install them one by one, each with a barrier
    /// @param bundle to install them in one bundle
    /// @param dump to list them
    /// @param delete to delete them all with one flow-mod
    public record Seconds(double add, double bundle, double dump, double delete) {}

    private static final List<String> OPTIONS =
            List.of("-O", "OpenFlow14", "--no-names", "-t", "600");

    private FlowModRate() {}

    /// Measures.
    ///
    /// @param side the switch
    /// @param file where the flows are put
    /// @param flows how many
    /// @return the times
    public static Seconds of(Side side, Path file, int flows) {
        write(file, flows);
        ofctl(side, List.of("del-flows", side.bridge()));
        double add = ofctl(side, List.of("add-flows", side.bridge(), file.toString()));
        double dump = ofctl(side, List.of("dump-flows", side.bridge()));
        double delete = ofctl(side, List.of("del-flows", side.bridge()));
        double bundle =
                ofctl(side, List.of("--bundle", "add-flows", side.bridge(), file.toString()));
        ofctl(side, List.of("del-flows", side.bridge()));
        return new Seconds(add, bundle, dump, delete);
    }

    private static void write(Path file, int flows) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < flows; i++) {
                out.write(
                        "table=0,priority=%d,ip,nw_src=10.%d.%d.%d,actions=output:%d%n"
                                .formatted(1000, i >> 16, i >> 8 & 255, i & 255, 1 + i % 4));
            }
        } catch (IOException e) {
            throw new ExperimentException("can't write " + file + ": " + e, e);
        }
    }

    private static double ofctl(Side side, List<String> words) {
        List<String> command = new ArrayList<>(OPTIONS);
        command.addAll(words);
        long start = System.nanoTime();
        side.ofctlQuietly(command);
        return (System.nanoTime() - start) / 1e9;
    }
}
