package org.skyway.experiments.figures;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.skyway.experiments.jmh.NormalPathBenchmark;
import org.skyway.experiments.jmh.PmdBenchmark;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// What is measured on one thread of this process, without a switch: what an empty ring costs a
/// poll thread, and what packets allocate.
final class InProcessRow implements FigureRow {
    private static final int EMPTY_PORTS = 16;
    private static final int WARM_UPS = 200_000;
    private static final int BURSTS = 100_000;

    InProcessRow() {}

    @Override
    public String name() {
        return "in-process";
    }

    @Override
    public double seconds(Plan plan) {
        return 5 + plan.rounds() * 1.5;
    }

    @Override
    public String missing(Plan plan) {
        return null;
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Key empty = Ratios.key("empty-ring", Method.NONE, "Skyway", "poll of an empty ring", "ns");
        Key normal =
                Ratios.key("allocation-switch", Method.NONE, "Skyway", "allocated per packet", "B");
        Key driver =
                Ratios.key("allocation-driver", Method.NONE, "Skyway", "allocated per packet", "B");
        try {
            NormalPathBenchmark none = path(0);
            NormalPathBenchmark many = path(EMPTY_PORTS);
            PmdBenchmark pmd = new PmdBenchmark();
            pmd.channel = "bypass";
            pmd.size = 64;
            pmd.open();
            for (int i = 0; i < WARM_UPS; i++) {
                none.burst();
                many.burst();
                if (i % 32 == 0) {
                    pmd.forward(); // of 1,024 packets
                }
            }
            for (int round = 1; round <= session.plan().rounds(); round++) {
                long a = nanos(none);
                long b = nanos(many);
                session.keep(
                        empty, round, (double) (b - a) / BURSTS / EMPTY_PORTS, Conditions.UNKNOWN);
                session.keep(normal, round, allocated(() -> nanos(none)), Conditions.UNKNOWN);
                session.keep(
                        driver,
                        round,
                        allocated(() -> {
                            for (int i = 0; i < BURSTS / 32; i++) {
                                pmd.forward();
                            }
                        }),
                        Conditions.UNKNOWN);
                session.advance(1.5, "bench, in process, round " + round);
            }
            pmd.close();
            none.tearDown();
            many.tearDown();
        } catch (IOException e) {
            throw new ExperimentException("no room for regions: " + e, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ExperimentException("in-process: " + e, e);
        }
        // spotless:off
        return List.of(
                Ratios.figure(session, "empty-ring", "a pass of a poll thread over a port whose ring is empty", empty, 10, true),
                Ratios.figure(session, "allocation-switch", "heap memory for a packet, through the switch", normal, 0.01, true),
                Ratios.figure(session, "allocation-driver", "heap memory for a packet, in a forwarding VNF past the switch", driver, 0.01, true));
        // spotless:on
    }

    private static NormalPathBenchmark path(int emptyPorts) throws IOException {
        NormalPathBenchmark path = new NormalPathBenchmark();
        path.rule = "in_port";
        path.flows = 1;
        path.size = 64;
        path.emptyPorts = emptyPorts;
        path.setUp();
        return path;
    }

    // The thread's own time: other programs may use the core, too.
    private static long nanos(NormalPathBenchmark path) {
        var threads = ManagementFactory.getThreadMXBean();
        long since = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < BURSTS; i++) {
            path.burst();
        }
        return threads.getCurrentThreadCpuTime() - since;
    }

    /// Bytes for each of 32 × 100,000 packets.
    private static double allocated(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return (threads.getCurrentThreadAllocatedBytes() - before) / (32.0 * BURSTS);
    }
}
