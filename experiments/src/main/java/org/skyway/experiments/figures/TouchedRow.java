package org.skyway.experiments.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;
import org.skyway.vswitch.daemon.ControlClient;

/// Packets of a bypassed port that the switch touches: those that it says it has moved itself.
final class TouchedRow implements FigureRow {
    TouchedRow() {}

    @Override
    public String name() {
        return "touched";
    }

    @Override
    public double seconds(Plan plan) {
        return 12 + plan.rounds() * (plan.seconds() + 1.2);
    }

    @Override
    public String missing(Plan plan) {
        return null;
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Key touched =
                Ratios.key(
                        "touched",
                        Method.NONE,
                        "Skyway",
                        "packets that the switch moved",
                        "packets");
        try (SkywayBed bed = new SkywayBed(session, 2)) {
            Ends ends = bed.pair(null, null, "backoff");
            bed.bypass(true);
            for (int round = 1; round <= session.plan().rounds(); round++) {
                long before = moved(bed);
                var framed =
                        session.framed(
                                bed.programs(),
                                List.of(),
                                () -> ends.mpps(0.1, session.plan().seconds()));
                session.keep(touched, round, moved(bed) - before, framed.conditions());
                session.advance(session.plan().seconds() + 1.2, "bench, touched, round " + round);
            }
        }
        return List.of(
                Ratios.figure(
                        session,
                        "touched",
                        "packets of a bypassed port that the switch moved",
                        touched,
                        0,
                        true));
    }

    // What ports counted, less what went past.
    private static long moved(SkywayBed bed) {
        long all = bed.received();
        for (JsonNode link : bed.control().ask(ControlClient.request("links"))) {
            all -= link.get("packets").asLong();
        }
        return all;
    }
}
