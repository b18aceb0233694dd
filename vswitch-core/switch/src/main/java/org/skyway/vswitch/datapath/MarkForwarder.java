package org.skyway.vswitch.datapath;

import org.skyway.bypass.ring.Mark;
import org.skyway.vswitch.counters.BurstLog;

/// Passes on the marks by which VNFs change between their links' ways. The poll thread.
final class MarkForwarder {
    /// How often a mark is tried to be passed on before it is dropped.
    private static final int TRIES = 3;

    private final Datapath datapath;
    private final OpenBurst burst;
    private final BurstLog log;

    MarkForwarder(Datapath datapath, OpenBurst burst) {
        this.datapath = datapath;
        this.burst = burst;
        log = burst.log();
    }

    /// Passes on the mark at the head of a port's ring. Marks follow the packets before them. One
    /// that finds no room waits, and this port's packets with it; one that can't be dealt with does
    /// not wait for ever.
    ///
    /// @return how many marks were dealt with: 1, or 0 if it waits
    int forward(RxPort rx) {
        DatapathPort port = rx.port;
        long mark = port.rxMark();
        Mark.Kind kind =
                Mark.is(mark, Mark.Kind.TO_BYPASS)
                        ? Mark.Kind.TO_BYPASS
                        : Mark.is(mark, Mark.Kind.TO_NORMAL) ? Mark.Kind.TO_NORMAL : null;
        boolean stray = true;
        try {
            MarkRoute route = port.markRoute(Mark.epoch(mark));
            if (route != null && kind != null) {
                stray = false;
                if (!route.target().sendMark(burst, Mark.of(kind, route.slot(), route.epoch()))) {
                    burst.end(null);
                    return 0;
                }
            }
        } catch (Throwable e) {
            datapath.survived("poll thread: mark", e);
            burst.end(null);
            if (++rx.markFailures < TRIES) {
                return 0; // memory that was cut short is replaced by now
            }
            stray = true;
        }
        rx.markFailures = 0;
        if (stray) {
            port.traffic().add(log, Traffic.STRAY_MARKS, 1);
        }
        port.takeRxMark();
        burst.end(port);
        rx.away = kind == Mark.Kind.TO_BYPASS && port.hasOneSender();
        return 1;
    }

    /// Sends a mark of the switch's own.
    ///
    /// @return false if there was no room
    boolean send(MarkRoute route, Mark.Kind kind) {
        try {
            return route.target().sendMark(burst, Mark.of(kind, route.slot(), route.epoch()));
        } finally {
            burst.end(null);
        }
    }
}
