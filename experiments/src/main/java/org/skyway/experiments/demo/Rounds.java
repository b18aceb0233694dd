package org.skyway.experiments.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.skyway.experiments.bed.Spread;

/// What rounds, each through the switch and then past it, came to.
final class Rounds {
    /// Cores that others may use before the figures are called disturbed.
    private static final double QUIET_CORES = 0.25;

    private final List<Measured> through = new ArrayList<>();
    private final List<Measured> past = new ArrayList<>();

    /// One half of a round.
    ///
    /// @param mpps what arrived at both ends of the chain together
    /// @param switchCores the switch's share of one core
    /// @param otherCores what programs that are not ours had, in cores
    record Measured(double mpps, double switchCores, double otherCores) {
        /// Where processors are not looked at.
        static Measured of(double mpps) {
            return new Measured(mpps, Double.NaN, Double.NaN);
        }

        boolean hasProcessors() {
            return !Double.isNaN(switchCores);
        }
    }

    /// @param through through the switch
    /// @param past past it
    void add(Measured through, Measured past) {
        this.through.add(through);
        this.past.add(past);
    }

    private Spread ratios() {
        return Spread.of(
                IntStream.range(0, past.size())
                        .mapToDouble(i -> past.get(i).mpps / Math.max(1e-9, through.get(i).mpps)));
    }

    void print(PrintStream out) {
        print(out, "through the switch", through);
        print(out, "past the switch", past);
        Spread ratio = ratios();
        out.printf(
                "  ratio, round by round  %.1f times (%.1f to %.1f), %d rounds%n",
                ratio.median(), ratio.min(), ratio.max(), past.size());
        if (past.getFirst().hasProcessors()) {
            printOthers(out);
        }
    }

    private void printOthers(PrintStream out) {
        double others =
                Spread.of(
                                IntStream.range(0, past.size())
                                        .mapToDouble(i ->
                                                Math.max(
                                                        past.get(i).otherCores,
                                                        through.get(i).otherCores)))
                        .median();
        int cores = Runtime.getRuntime().availableProcessors();
        if (others > QUIET_CORES) {
            out.printf(
                    "  The machine was busy: others had %.1f of its %d cores, so these figures say little.%n",
                    others, cores);
        } else {
            out.printf(
                    "  The machine was quiet: others had %.2f of its %d cores.%n", others, cores);
        }
    }

    private static void print(PrintStream out, String what, List<Measured> halves) {
        Spread mpps = Spread.of(halves.stream().mapToDouble(Measured::mpps));
        Spread share = Spread.of(halves.stream().mapToDouble(Measured::switchCores));
        out.printf(
                "  %-22s %.3f Mpps (%.3f to %.3f)%s%n",
                what,
                mpps.median(),
                mpps.min(),
                mpps.max(),
                halves.getFirst().hasProcessors()
                        ? ", the switch busy with %.0f %% of a core".formatted(100 * share.median())
                        : "");
    }
}
