package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.report.Conditions;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;

/// What each stage of a chain does alone with a core of its own, in one round, and the bound of a
/// chain that follows for a core each.
///
/// @param family whose stages: the beginning of the paths' names
/// @param pair two ends that send to each other directly, a core each; Mpps each way; not a number
///   if there is no direct way
/// @param forward a VNF that forwards, fed by one program on another core; Mpps each way
/// @param through the switch with one core, two ports and all packets both ways between them; Mpps
///   each way; not a number if there is no switch
/// @param conditions of the round
record StageRates(
        String family, double pair, double forward, double through, Conditions conditions) {
    /// What a chain past the switch is bound by.
    ///
    /// @param vnfs in the chain
    double past(int vnfs) {
        return vnfs == 2 ? pair : Math.min(pair, forward);
    }

    /// What a chain through the switch is bound by: one core serves all hops, both ways.
    ///
    /// @param vnfs in the chain
    double through(int vnfs) {
        double bound = through / (vnfs - 1);
        bound = Double.isNaN(pair) ? bound : Math.min(bound, pair);
        return vnfs == 2 || Double.isNaN(forward) ? bound : Math.min(bound, forward);
    }

    /// Keeps the stages, and the bounds of all chains.
    ///
    /// @param session whose
    /// @param experiment its name
    /// @param round from 1
    /// @param throughPath the path through the switch; null if there is none
    /// @param pastPath the path past it; null if there is none
    void keep(
            MeasuredSession session,
            String experiment,
            int round,
            String throughPath,
            String pastPath) {
        Plan plan = session.plan();
        for (int n = Math.max(2, plan.chainFrom()); n <= plan.chainTo(); n++) {
            String x = Integer.toString(n);
            if (throughPath != null) {
                session.keep(key(experiment, throughPath, x), round, through(n), conditions);
            }
            if (pastPath != null) {
                session.keep(key(experiment, pastPath, x), round, past(n), conditions);
            }
        }
        stage(session, experiment, round, "pair", pair);
        stage(session, experiment, round, "forward", forward);
        stage(session, experiment, round, "switch", through);
    }

    private void stage(
            MeasuredSession session, String experiment, int round, String stage, double mpps) {
        if (!Double.isNaN(mpps)) {
            Key key = new Key(experiment, Method.CORE_EACH, family, stage, "stage", "Mpps");
            session.keep(key, round, mpps, conditions);
        }
    }

    private static Key key(String experiment, String path, String x) {
        return new Key(experiment, Method.PER_STAGE, path, x, "throughput", "Mpps");
    }

    /// What stages mean, for the report.
    static final List<String> EXPLANATION =
            List.of(
                    "Stages: pair is two ends that send to each other directly, a core each; forward is one VNF with a core"
                            + " of its own between the two ports of a feeder on another core; switch is the switch's one poll"
                            + " thread on a core of its own between the two ports of a feeder on another. Where the feeder is the"
                            + " slower of the two, the stage could do more than is shown, so a bound is a lower one.",
                    "From the stages follows what a chain of n VNFs with a core each is bound by: past the switch the least"
                            + " of pair and forward; through it that, or what the switch does by n − 1 hops, if that is less.");
}
