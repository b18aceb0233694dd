package org.skyway.vswitch.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What went wrong inside the switch and was survived. A thread of the switch drops the smallest
/// unit that it can (a packet, a message, a port's turn), records here what was thrown, and goes
/// on. Each kind, which is a place and a class of error, is counted for ever and logged at most
/// once a second. Any thread; does not throw, not even when memory is short.
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final long QUIET_NANOS = 1_000_000_000L;

    /// Kinds that are told apart; what comes beyond is counted as one.
    private static final int MOST_KINDS = 256;

    private static final Kind OTHERS = new Kind("elsewhere", "others");

    private final ConcurrentHashMap<Kind, Record> records = new ConcurrentHashMap<>();

    /// No faults yet.
    public Faults() {}

    private record Kind(String where, String what) {}

    /// One kind of fault.
    ///
    /// @param where which part of the switch dropped something, and what: `poll thread: packet`
    /// @param what the class of what was thrown
    /// @param count how often
    /// @param last the last message
    /// @param lastTime when that was
    public record Fault(String where, String what, long count, String last, Instant lastTime) {}

    private static final class Record {
        final AtomicLong count = new AtomicLong();
        final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - QUIET_NANOS - 1);
        final AtomicInteger untold = new AtomicInteger();
        volatile String last = "";
        volatile long lastMillis;
    }

    /// Notes that something was dropped because of an error.
    ///
    /// @param where which part of the switch dropped what, a constant: it is a key
    /// @param error what was thrown
    public void record(String where, Throwable error) {
        try {
            note(
                    where,
                    error.getClass().getSimpleName(),
                    String.valueOf(error.getMessage()),
                    error);
        } catch (Throwable hopeless) {
            // Out of memory or of stack, most likely; the caller goes on all the same.
        }
    }

    /// Notes that something was dropped for a reason that is no error of the switch's own.
    ///
    /// @param where which part of the switch dropped what, a constant: it is a key
    /// @param what a word or two for the kind
    /// @param message what happened, to which object, and what to do
    public void record(String where, String what, String message) {
        try {
            note(where, what, message, null);
        } catch (Throwable hopeless) {
            // As above.
        }
    }

    private void note(String where, String what, String message, Throwable error) {
        Kind kind = new Kind(where, what);
        Record r = records.get(kind);
        if (r == null) {
            r =
                    records.computeIfAbsent(
                            records.size() < MOST_KINDS ? kind : OTHERS, k -> new Record());
        }
        r.count.incrementAndGet();
        r.last = message;
        r.lastMillis = System.currentTimeMillis();
        long now = System.nanoTime();
        long told = r.toldNanos.get();
        if (now - told <= QUIET_NANOS || !r.toldNanos.compareAndSet(told, now)) {
            r.untold.incrementAndGet();
            return;
        }
        int untold = r.untold.getAndSet(0);
        String more =
                untold == 0 ? "" : " (and " + untold + " more of this kind since the last line)";
        if (error == null) {
            LOG.warn("{}: {}: {}{}", where, what, message, more);
        } else {
            LOG.error("{}: {}{}", where, what, more, error);
        }
    }

    /// All kinds so far.
    ///
    /// @return the most frequent first
    public List<Fault> list() {
        List<Fault> all = new ArrayList<>();
        records.forEach((kind, r) ->
                all.add(
                        new Fault(
                                kind.where(),
                                kind.what(),
                                r.count.get(),
                                r.last,
                                Instant.ofEpochMilli(r.lastMillis))));
        all.sort(Comparator.comparingLong(Fault::count).reversed());
        return all;
    }

    /// How often anything went wrong.
    ///
    /// @return the sum over all kinds
    public long total() {
        return records.values().stream().mapToLong(r -> r.count.get()).sum();
    }
}
