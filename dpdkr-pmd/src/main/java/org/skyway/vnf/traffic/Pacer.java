package org.skyway.vnf.traffic;

/// Says how many packets are due at a rate. A stall is caught up with, but only so far: whoever was
/// held up for a second shall not flood the next one.
final class Pacer {
    private static final long MOST_DEBT_NANOS = 10_000_000;

    private final double nanosPerPacket;
    private double nextNanos; // when the next packet is due, relative to the start
    private long start = Long.MIN_VALUE;

    Pacer(double packetsPerSecond) {
        nanosPerPacket = 1e9 / packetsPerSecond;
    }

    int due(long nowNanos, int most) {
        if (start == Long.MIN_VALUE) {
            start = nowNanos;
        }
        double now = nowNanos - start;
        if (now - nextNanos > MOST_DEBT_NANOS + most * nanosPerPacket) {
            nextNanos = now - MOST_DEBT_NANOS;
        }
        double packets = (now - nextNanos) / nanosPerPacket;
        return packets < 0 ? 0 : (int) Math.min(most, packets + 1);
    }

    void sent(int packets) {
        nextNanos += packets * nanosPerPacket;
    }
}
