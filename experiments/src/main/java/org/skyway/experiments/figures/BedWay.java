package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.process.Program;

/// A chain of Java VNFs on a [SkywayBed] as one way: through the switch, or past it.
///
/// @param bed which
/// @param spins whether VNFs poll though nothing comes, else they sleep with nothing to do
/// @param past whether past the switch
/// @param ends what sends and counts
record BedWay(SkywayBed bed, boolean spins, boolean past, Rate ends) implements Way {
    /// See [Way#mpps].
    interface Rate {
        /// Mpps that arrive.
        double mpps(double settleSeconds, double seconds);
    }

    /// Both ways, through the switch first.
    static List<Way> both(SkywayBed bed, Cores cores, Rate ends) {
        boolean spins = !cores.idle().equals("backoff");
        return List.of(new BedWay(bed, spins, false, ends), new BedWay(bed, spins, true, ends));
    }

    @Override
    public String path() {
        return past ? SkywayChain.PAST : SkywayChain.THROUGH;
    }

    @Override
    public void select() {
        bed.bypass(past);
    }

    @Override
    public double mpps(double settleSeconds, double seconds) {
        return ends.mpps(settleSeconds, seconds);
    }

    @Override
    public List<Program> programs() {
        return bed.programs();
    }

    @Override
    public List<Program> pollers() {
        return spins ? bed.vnfs() : List.of();
    }
}
