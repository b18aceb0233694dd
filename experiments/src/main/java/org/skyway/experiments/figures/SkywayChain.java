package org.skyway.experiments.figures;

import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.tester.Tester;

/// A chain of Java VNFs on a [SkywayBed], of which the first and the last are source and sink.
final class SkywayChain implements MeasuredChain {
    static final String THROUGH = "Skyway through the switch";
    static final String PAST = "Skyway past the switch";

    private final SkywayBed bed;
    private final Ends ends;
    private final boolean spins;

    /// @param session whose
    /// @param vnfs how many, ends included; at least 2
    /// @param cores of all of them
    SkywayChain(MeasuredSession session, int vnfs, Cores cores) {
        int ports = 2 * (vnfs - 1);
        spins = !cores.idle().equals("backoff");
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
            List<int[]> pairs = new ArrayList<>();
            for (int port = 1; port < ports; port += 2) {
                pairs.add(new int[] {port, port + 1});
            }
            bed.connect(pairs.toArray(new int[0][]));
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
        return List.of(new Lane(THROUGH, false), new Lane(PAST, true));
    }

    private final class Lane implements Way {
        private final String path;
        private final boolean past;

        Lane(String path, boolean past) {
            this.path = path;
            this.past = past;
        }

        @Override
        public String path() {
            return path;
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
            return spins // else all of them sleep with nothing to do
                    ? bed.programs().stream().filter(p -> p != bed.vswitchd()).toList()
                    : List.of();
        }
    }

    @Override
    public void close() {
        bed.close();
    }
}
