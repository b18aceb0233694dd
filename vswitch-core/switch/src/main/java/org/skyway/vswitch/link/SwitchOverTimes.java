package org.skyway.vswitch.link;

/// How long the switch-overs of a link took, as a histogram. Ofproto thread.
public final class SwitchOverTimes {
    private static final long[] MOST_NANOS = {
        100_000,
        300_000,
        1_000_000,
        3_000_000,
        10_000_000,
        30_000_000,
        100_000_000,
        300_000_000,
        1_000_000_000,
        3_000_000_000L
    };

    private final long[] counts = new long[MOST_NANOS.length + 1];
    private long sumNanos;

    SwitchOverTimes() {}

    /// Up to what each of the counts goes.
    ///
    /// @return seconds, ascending; the last is infinite
    public static double[] bounds() {
        double[] seconds = new double[MOST_NANOS.length + 1];
        for (int i = 0; i < MOST_NANOS.length; i++) {
            seconds[i] = MOST_NANOS[i] / 1e9;
        }
        seconds[MOST_NANOS.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    void add(long nanos) {
        int i = 0;
        while (i < MOST_NANOS.length && nanos > MOST_NANOS[i]) {
            i++;
        }
        counts[i]++;
        sumNanos += nanos;
    }

    /// How many took how long.
    ///
    /// @return for each of [#bounds] those that took no longer than it, but longer than the one
    ///   before it
    public long[] counts() {
        return counts.clone();
    }

    /// How long all took together.
    ///
    /// @return nanoseconds
    public long sumNanos() {
        return sumNanos;
    }
}
