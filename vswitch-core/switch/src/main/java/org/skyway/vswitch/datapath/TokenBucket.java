package org.skyway.vswitch.datapath;

/// Bits that may be sent now: they come at a rate, and no more than a burst of them is kept. Counts
/// in billionths of a bit, so that nothing is lost by rounding however often it is looked at. Not
/// for several threads.
final class TokenBucket {
    private static final long PART = 1_000_000_000;

    /// The largest burst that can be counted.
    static final long MOST_BITS = Long.MAX_VALUE / PART / 2;

    private final long rate;
    private final long most; // parts
    private long parts; // may be owed
    private long filledNanos;

    /// A full one.
    ///
    /// @param bitsPerSecond 1 or more
    /// @param burstBits 1 to [#MOST_BITS]
    /// @param nowNanos [System#nanoTime]
    TokenBucket(long bitsPerSecond, long burstBits, long nowNanos) {
        rate = bitsPerSecond;
        most = burstBits * PART;
        parts = most;
        filledNanos = nowNanos;
    }

    /// Adds what has come since.
    ///
    /// @param nowNanos [System#nanoTime]; earlier than before is as before
    void fill(long nowNanos) {
        final long nanos = nowNanos - filledNanos;
        if (nanos <= 0) {
            return;
        }
        filledNanos = nowNanos;
        final long missing = most - parts;
        parts = nanos > missing / rate ? most : parts + nanos * rate;
    }

    /// Whether there are as many.
    boolean has(long bits) {
        return bits * PART <= parts;
    }

    /// Takes them, whether they are there or not; no more than a burst can be owed.
    void take(long bits) {
        parts = Math.max(-most, parts - bits * PART);
    }
}
