package org.skyway.experiments.figures;

import java.util.List;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;

/// Rounds in turn: each way once, then each way again, so that what comes and goes on a machine
/// meets all of them.
final class Turns {
    private static final double FRAME_SECONDS = 0.4; // the yardstick

    private Turns() {}

    /// How long [#throughput] takes.
    static double seconds(Plan plan, int ways) {
        return ways * (warmUpSeconds(plan) + plan.rounds() * roundSeconds(plan));
    }

    private static double roundSeconds(Plan plan) {
        return FRAME_SECONDS + plan.settleSeconds() + plan.seconds() + 0.4;
    }

    private static double warmUpSeconds(Plan plan) {
        return plan.quick() ? 1 : 3;
    }

    /// Measures how much goes through.
    ///
    /// @param session whose
    /// @param experiment its name
    /// @param method how cores were assigned
    /// @param x where on the horizontal axis
    /// @param ways all of them up
    static void throughput(
            MeasuredSession session,
            String experiment,
            Method method,
            String x,
            List<? extends Way> ways) {
        Plan plan = session.plan();
        for (Way way : ways) {
            way.select();
            way.mpps(0.1, warmUpSeconds(plan)); // compilers
            session.advance(warmUpSeconds(plan), experiment + ", " + x + ": warming up");
        }
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Way way : ways) {
                way.select();
                one(
                        session,
                        way,
                        round,
                        new Key(experiment, method, way.path(), x, "throughput", "Mpps"),
                        w -> w.mpps(plan.settleSeconds(), plan.seconds()));
                session.advance(
                        roundSeconds(plan),
                        "%s, %s, round %d of %d".formatted(experiment, x, round, plan.rounds()));
            }
        }
    }

    /// Measures several things one after the other, round by round, all of a round between the same
    /// two looks at the yardstick.
    ///
    /// @param session whose
    /// @param what for people
    /// @param roundSeconds how long a round takes
    /// @param programs whose load is not that of others
    /// @param pollers those of them that poll though nothing comes
    /// @param measures what is measured by where it is kept, in order
    static void compare(
            MeasuredSession session,
            String what,
            double roundSeconds,
            List<Program> programs,
            List<Program> pollers,
            SequencedMap<Key, DoubleSupplier> measures) {
        for (int round = 1; round <= session.plan().rounds(); round++) {
            var framed =
                    session.framed(
                            programs,
                            pollers,
                            () ->
                                    measures.values().stream()
                                            .mapToDouble(DoubleSupplier::getAsDouble)
                                            .toArray());
            int i = 0;
            for (Key key : measures.keySet()) {
                session.keep(key, round, framed.value()[i++], framed.conditions());
            }
            session.advance(roundSeconds, "%s, round %d".formatted(what, round));
        }
    }

    private static void one(
            MeasuredSession session, Way way, int round, Key key, ToDoubleFunction<Way> measure) {
        var framed =
                session.framed(way.programs(), way.pollers(), () -> measure.applyAsDouble(way));
        session.keep(key, round, framed.value(), framed.conditions());
    }
}
