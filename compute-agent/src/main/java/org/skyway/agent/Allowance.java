package org.skyway.agent;

/// How often something may be done: so many times at once, and so many in a second after that.
/// Thread-safe.
public final class Allowance {
    private final int most;
    private final double perNano;
    private double left;
    private long lastNanos;

    /// All of it is there at first.
    ///
    /// @param most how many times at once
    /// @param perSecond how many in a second in the long run
    public Allowance(int most, int perSecond) {
        this.most = most;
        perNano = perSecond / 1e9;
        left = most;
        lastNanos = System.nanoTime();
    }

    /// Takes one.
    ///
    /// @return false if there is none left for now
    public synchronized boolean take() {
        long now = System.nanoTime();
        left = Math.min(most, left + (now - lastNanos) * perNano);
        lastNanos = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }

    /// How long until there is one again.
    ///
    /// @return nanoseconds, 0 or more
    public synchronized long waitNanos() {
        return left >= 1 ? 0 : (long) ((1 - left) / perNano);
    }
}
