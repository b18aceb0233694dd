package org.skyway.experiments.figures;

import java.util.List;
import org.skyway.experiments.process.ThreadClock;
import org.skyway.experiments.report.Key;
import org.skyway.experiments.report.Method;
import org.skyway.experiments.report.RatioRow;

/// A poll thread with nothing to do: its share of a core, and how long the first packet takes.
final class IdleRow implements FigureRow {
    private static final double REST_SECONDS = 1.5;
    private static final double WATCH_SECONDS = 2;
    private static final double PACKETS_PER_SECOND =
            0.6; // each after more than a second without one
    private static final double PACKETS_SECONDS = 3.5;

    IdleRow() {}

    @Override
    public String name() {
        return "idle";
    }

    private static double roundSeconds() {
        return 0.7 + REST_SECONDS + WATCH_SECONDS + PACKETS_SECONDS + 0.5;
    }

    @Override
    public double seconds(Plan plan) {
        return 12 + plan.rounds() * roundSeconds();
    }

    @Override
    public String missing(Plan plan) {
        return null;
    }

    @Override
    public List<RatioRow> measure(MeasuredSession session) {
        Key share =
                Ratios.key(
                        "idle-share", Method.NONE, "Skyway", "poll thread, share of a core", "%");
        Key first =
                Ratios.key(
                        "idle-first-packet", Method.NONE, "Skyway", "first packet, latency", "ms");
        try (SkywayBed bed = new SkywayBed(session, 2)) {
            Ends ends = bed.pair(null, null, "yield");
            bed.bypass(false);
            ends.mpps(0.1, 1);
            ThreadClock clock = ThreadClock.of(bed.vswitchd().pid(), "poll-");
            for (int round = 1; round <= session.plan().rounds(); round++) {
                record Seen(double share, double latency) {}
                var framed =
                        session.framed(
                                bed.programs(),
                                bed.vnfs(),
                                () -> {
                                    Waits.sleep(REST_SECONDS);
                                    long cpu = clock.nanos();
                                    long since = System.nanoTime();
                                    Waits.sleep(WATCH_SECONDS);
                                    double busy =
                                            (double) (clock.nanos() - cpu)
                                                    / (System.nanoTime() - since);
                                    Ends.Trial trial =
                                            ends.leftOnly(
                                                    PACKETS_PER_SECOND / 1e6, PACKETS_SECONDS);
                                    return new Seen(100 * busy, trial.report().p50() / 1e6);
                                });
                session.keep(share, round, framed.value().share, framed.conditions());
                session.keep(first, round, framed.value().latency, framed.conditions());
                session.advance(roundSeconds(), "bench, idle, round " + round);
            }
        }
        // spotless:off
        return List.of(
                Ratios.figure(session, "idle-share", "a poll thread after 1 s without packets", share, 1, true),
                Ratios.figure(session, "idle-first-packet", "the first packet after more than 1 s, through the switch", first, 1, true));
        // spotless:on
    }
}
