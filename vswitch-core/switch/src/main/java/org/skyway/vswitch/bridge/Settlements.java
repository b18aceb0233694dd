package org.skyway.vswitch.bridge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.link.Link;
import org.skyway.vswitch.link.Links;

/// Changes on their way to be effective: until their links are off and every poll thread has
/// forgotten what was before. Whoever needs to know when that is leaves a note here and does
/// something else meanwhile. Ofproto thread; waits for nobody.
final class Settlements {
    /// How often it looks at once; by then a poll thread or a sender that runs has done its part.
    private static final int EAGER_LOOKS = 400;

    private static final int SPINNING_LOOKS = 200;
    private static final int SPINS = 50; // at the beginning: some microseconds
    private static final int PATIENT_LOOKS = 100;
    private static final long PAUSE_NANOS = 20_000;
    private static final long STUCK_NANOS = 1_000_000_000L;

    private final Datapath datapath;
    private final Faults faults;
    private final List<Settlement> open = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private Executor owner;
    private final Notes notes;
    private Runnable advanceLinks;
    private boolean chasing;
    private int looks;
    private long warnedNanos;

    /// Changes that take effect together.
    private static final class Settlement {
        final Object by; // who asked for them; null for the switch itself
        final List<Link> links; // that must be off
        final long ticket; // of the datapath, that must be settled
        final long notes; // that must be written
        final Set<Integer> ports; // whose links do not begin before it is over
        final Runnable over;
        final long sinceNanos = System.nanoTime();

        Settlement(
                Object by,
                List<Link> links,
                long ticket,
                long notes,
                Set<Integer> ports,
                Runnable over) {
            this.notes = notes;
            this.by = by;
            this.links = links;
            this.ticket = ticket;
            this.ports = ports;
            this.over = over;
        }
    }

    private record Waiter(Set<Settlement> on, Runnable then) {}

    /// @param notes for the switch that comes after this one
    Settlements(Datapath datapath, Faults faults, Notes notes) {
        this.notes = notes;
        this.datapath = datapath;
        this.faults = faults;
    }

    /// Before the first settlement.
    ///
    /// @param links takes links that are on their way off as far as they can go now
    void start(Executor ofprotoThread, Runnable links) {
        owner = ofprotoThread;
        advanceLinks = links;
    }

    /// Begins one. What is done by the time it looks a few times is over when this returns.
    ///
    /// @param by who asked for it; null for the switch itself
    /// @param revoked links that must be off
    /// @param ticket of the datapath
    /// @param ports whose links are not to begin before it is over
    /// @param over what to do then
    void begin(
            Object by,
            Collection<Link> revoked,
            long ticket,
            Collection<Integer> ports,
            Runnable over) {
        open.add(
                new Settlement(
                        by, List.copyOf(revoked), ticket, notes.commit(), Set.copyOf(ports), over));
        looks = 0;
        check();
        for (int i = 0; i < SPINS && !open.isEmpty(); i++) {
            Thread.onSpinWait();
            check();
        }
        chase();
    }

    /// Does something when no poll thread uses any more what it could find before now.
    void afterGrace(Runnable then) {
        begin(null, List.of(), datapath.ticket(), List.of(), then);
    }

    /// Does something when all that somebody has asked for is effective; at once if it is.
    ///
    /// @param by who; null for everybody
    void whenSettled(Object by, Runnable then) {
        Set<Settlement> on = new HashSet<>();
        for (Settlement s : open) {
            if (by == null || s.by == by) {
                on.add(s);
            }
        }
        if (on.isEmpty()) {
            then.run();
        } else {
            waiters.add(new Waiter(on, then));
        }
    }

    /// Whether changes that concern a port are still on their way.
    boolean concerns(int port) {
        return open.stream().anyMatch(s -> s.ports.contains(port));
    }

    /// Ends what has come to its end. Also to be called from the clock.
    ///
    /// @return whether there was any on its way
    boolean check() {
        if (open.isEmpty()) {
            return false;
        }
        advanceLinks.run();
        long now = System.nanoTime();
        List<Settlement> over = new ArrayList<>();
        long settled = Long.MIN_VALUE; // the last ticket that is known to be
        // The last one first: a poll thread goes on meanwhile, and what is found settled now is
        // settled in all that were begun before, so none ends before an earlier one.
        for (int i = open.size() - 1; i >= 0; i--) {
            Settlement s = open.get(i);
            if (!s.links.stream().allMatch(Links::isOff) || !notes.areWritten(s.notes)) {
                continue;
            }
            if (s.ticket <= settled || datapath.isSettled(s.ticket)) {
                settled = Math.max(settled, s.ticket);
                over.add(open.remove(i));
            } else if (now - s.sinceNanos > STUCK_NANOS && now - warnedNanos > STUCK_NANOS) {
                warnedNanos = now;
                String who = datapath.waitsFor(s.ticket);
                if (who != null) {
                    faults.record("datapath", "stuck thread", who);
                }
            }
        }
        Collections.reverse(over);
        over.forEach(s -> survive(s.over));
        if (!over.isEmpty()) {
            release(over);
        }
        return true;
    }

    private void release(List<Settlement> over) {
        List<Runnable> ready = new ArrayList<>();
        waiters.removeIf(w -> {
            over.forEach(w.on::remove);
            if (w.on.isEmpty()) {
                ready.add(w.then);
            }
            return w.on.isEmpty();
        });
        ready.forEach(this::survive);
    }

    private void survive(Runnable work) {
        faults.survive("ofproto thread: end of a change", work);
    }

    // Looks again and again between other work of the event loop, for some milliseconds; then the
    // clock does.
    private void chase() {
        if (!open.isEmpty() && !chasing && looks < EAGER_LOOKS + PATIENT_LOOKS) {
            chasing = true;
            owner.execute(this::look);
        }
    }

    private void look() {
        chasing = false;
        if (looks++ < SPINNING_LOOKS) {
            Thread.onSpinWait();
        } else if (looks < EAGER_LOOKS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        check();
        chase();
    }
}
