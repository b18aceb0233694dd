package org.skyway.experiments.bed;

import org.HdrHistogram.Histogram;

/// How long something took, again and again. Any thread.
public final class Latencies {
    private static final long MOST_MICROS = 120_000_000;

    private final Histogram micros = new Histogram(1, MOST_MICROS, 3);
    private final String what;

    /// Nothing yet.
    ///
    /// @param what for people, plural: `barriers`
    public Latencies(String what) {
        this.what = what;
    }

    /// One more.
    ///
    /// @param nanos how long it took
    public synchronized void add(long nanos) {
        micros.recordValue(Math.clamp(nanos / 1000, 1, MOST_MICROS));
    }

    /// How many.
    ///
    /// @return those so far
    public synchronized long count() {
        return micros.getTotalCount();
    }

    /// The longest.
    ///
    /// @return milliseconds; 0 if there was none
    public synchronized double maxMillis() {
        return micros.getTotalCount() == 0 ? 0 : micros.getMaxValue() / 1e3;
    }

    /// What 99 of 100 took at most.
    ///
    /// @return milliseconds
    public synchronized double p99Millis() {
        return micros.getValueAtPercentile(99) / 1e3;
    }

    @Override
    public synchronized String toString() {
        return "%,d %s: median %.1f ms, p99 %.1f ms, max %.1f ms"
                .formatted(
                        count(),
                        what,
                        micros.getValueAtPercentile(50) / 1e3,
                        p99Millis(),
                        maxMillis());
    }
}
