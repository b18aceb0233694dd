package org.skyway.experiments.figures;

import java.util.List;
import java.util.stream.IntStream;
import org.skyway.experiments.report.Method;

/// Which core each program of a chain has.
///
/// @param method how they were assigned
/// @param switchCore of the switch's poll thread; null for any
/// @param vnfCores of each VNF; nulls for any
/// @param idle how VNFs wait: see `skyway vnf`
record Cores(Method method, Integer switchCore, List<Integer> vnfCores, String idle) {
    /// A core each where there are enough, else all on what there is.
    ///
    /// @param cores of the machine
    /// @param vnfs in the chain
    static Cores assign(int cores, int vnfs) {
        if (cores > vnfs) {
            return new Cores(
                    Method.CORE_EACH, 0, IntStream.rangeClosed(1, vnfs).boxed().toList(), "spin");
        }
        return new Cores(
                Method.TIME_SHARED, null, java.util.Collections.nCopies(vnfs, null), "backoff");
    }

    /// The same, but nobody sleeps: for latencies, of which sleeping would be the most.
    Cores awake() {
        return new Cores(method, switchCore, vnfCores, idle.equals("backoff") ? "yield" : idle);
    }

    /// For the report.
    String text() {
        return method == Method.CORE_EACH
                ? "the switch's poll thread on core %d, VNFs on cores %s, spinning"
                        .formatted(switchCore, vnfCores)
                : "the switch and all VNFs on all cores, yielding and then sleeping up to 0.1 ms";
    }
}
