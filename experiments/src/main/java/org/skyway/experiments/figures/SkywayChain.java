package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.tester.Tester;

/// A chain of Java VNFs on a [SkywayBed], of which the first and the last are source and sink.
final class SkywayChain implements MeasuredChain {
    static final String THROUGH = "Skyway through the switch";
    static final String PAST = "Skyway past the switch";

    private final SkywayBed bed;
    private final Ends ends;
    private final Cores cores;

    /// @param session whose
    /// @param vnfs how many, ends included; at least 2
    /// @param cores of all of them
    SkywayChain(MeasuredSession session, int vnfs, Cores cores) {
        int ports = 2 * (vnfs - 1);
        this.cores = cores;
        bed =
                cores.switchCore() == null
                        ? new SkywayBed(session, ports)
                        : new SkywayBed(session, ports, "--cores", cores.switchCore().toString());
        try {
            for (int i = 1; i < vnfs - 1; i++) {
                bed.forward(2 * i, 2 * i + 1, cores.vnfCores().get(i), cores.idle());
            }
            Tester left = bed.tester(cores.vnfCores().getFirst(), cores.idle(), 1);
            Tester right = bed.tester(cores.vnfCores().getLast(), cores.idle(), ports);
            ends = Ends.of(left, right, session.plan().size());
            bed.connectNeighbours(1, ports);
        } catch (RuntimeException e) {
            bed.close();
            throw e;
        }
    }

    SkywayBed bed() {
        return bed;
    }

    @Override
    public Ends ends() {
        return ends;
    }

    @Override
    public boolean sharesClock() {
        return true;
    }

    @Override
    public List<Way> ways() {
        return BedWay.both(bed, cores, ends::mpps);
    }

    @Override
    public void close() {
        bed.close();
    }
}
