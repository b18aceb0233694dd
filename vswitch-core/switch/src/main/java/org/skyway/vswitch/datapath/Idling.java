package org.skyway.vswitch.datapath;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/// How a poll thread waits between passes that found nothing. The poll thread, unless it says
/// otherwise.
final class Idling {
    /// After so many passes without a packet, some 100 ms, it may rest for longer.
    private static final int PASSES_BEFORE_REST = 1000;

    private static final long REST_NANOS = 1_000_000;

    /// While no port has anybody who could send; see [Datapath#wake].
    private static final long NOBODY_NANOS = 100_000_000;

    /// After so long without a packet it looks seldom: its share of a core falls from some percent
    /// to less than one, and the next packet waits for less than a millisecond.
    private static final long IDLE_NANOS = 1_000_000_000;

    private static final long SELDOM_NANOS = 900_000;

    private static final int SPINS = 100;
    private static final int YIELDS = 200;

    private final CommandQueue commands;
    private final RxPorts rxPorts;
    private final IdleStrategy idle =
            new BackoffIdleStrategy(SPINS, YIELDS, 1_000, 100_000); // park up to 100 µs
    private int passes; // in a row that moved nothing
    private long movedNanos = System.nanoTime(); // when the last pass ended that moved something
    private volatile Thread resting; // while it does, who is woken for a command
    private volatile boolean over;

    /// @param commands those of the poll thread
    /// @param rxPorts those that it receives from
    Idling(CommandQueue commands, RxPorts rxPorts) {
        this.commands = commands;
        this.rxPorts = rxPorts;
    }

    /// A pass has moved something.
    ///
    /// @param nowNanos [System#nanoTime]
    void moved(int packets, long nowNanos) {
        passes = 0;
        movedNanos = nowNanos;
        idle.idle(packets);
    }

    /// A pass has moved nothing: waits for a while.
    ///
    /// @param nowNanos [System#nanoTime]
    void pause(long nowNanos) {
        if (++passes > PASSES_BEFORE_REST && nothingIsExpected()) {
            rest(nobodyIsThere() ? NOBODY_NANOS : REST_NANOS);
        } else if (nowNanos - movedNanos > IDLE_NANOS) {
            rest(SELDOM_NANOS);
        } else {
            idle.idle(0);
        }
    }

    /// Whether it sleeps between passes by now.
    boolean sleeps() {
        return passes > SPINS + YIELDS;
    }

    // Who sends past the switch does so until it obeys a command, and then it has a mark that can
    // wait for a moment; so a switch whose VNFs have bypasses leaves the cores to them.
    private boolean nothingIsExpected() {
        for (RxPort rx : rxPorts.all()) {
            if (!rx.away && rx.port.mayReceive()) {
                return false;
            }
        }
        return true;
    }

    private boolean nobodyIsThere() {
        for (RxPort rx : rxPorts.all()) {
            if (rx.port.mayReceive()) {
                return false;
            }
        }
        return true;
    }

    private void rest(long nanos) {
        resting = Thread.currentThread();
        if (commands.isEmpty() && !over) {
            LockSupport.parkNanos(nanos);
        }
        resting = null;
    }

    /// Ends its rest, if it rests. Any thread.
    void wake() {
        Thread asleep = resting;
        if (asleep != null) {
            LockSupport.unpark(asleep);
        }
    }

    /// It rests no more. Any thread.
    void stop() {
        over = true;
    }

    /// Whether it was told to stop.
    boolean isOver() {
        return over;
    }
}
