package org.skyway.vswitch.link;

import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.vswitch.ofproto.BypassCounters;

/// What a sender has counted in one epoch of a link: its statistics block now, less what that said
/// when the epoch began. Ofproto thread.
///
/// The time of last use is the time at which the count was seen to have grown, and not one that the
/// sender writes: a guest's clock is not this host's, and a VNF could keep a flow alive for ever by
/// lying.
final class SenderCounters implements BypassCounters {
    private final StatisticsBlock statistics;
    private final long basePackets;
    private final long baseBytes;
    private long packets;
    private long bytes;
    private long lastUsedNanos = Long.MIN_VALUE;
    private boolean settled;

    SenderCounters(StatisticsBlock statistics) {
        this(statistics, statistics.txPackets(), statistics.txBytes());
    }

    private SenderCounters(StatisticsBlock statistics, long basePackets, long baseBytes) {
        this.statistics = statistics;
        this.basePackets = basePackets;
        this.baseBytes = baseBytes;
    }

    /// Settles, and goes on counting in another object exactly where this one stopped: for a link
    /// whose traffic is from now on counted to other entries.
    SenderCounters split() {
        settle();
        return new SenderCounters(statistics, basePackets + packets, baseBytes + bytes);
    }

    /// Reads the block once more and then never again: it may be unmapped.
    void settle() {
        sample();
        settled = true;
    }

    void sample() {
        if (settled) {
            return;
        }
        // The VNF's word: whatever it writes, a counter does not go back.
        long p = Math.max(packets, statistics.txPackets() - basePackets);
        if (p != packets) {
            packets = p;
            lastUsedNanos = System.nanoTime();
        }
        bytes = Math.max(bytes, statistics.txBytes() - baseBytes);
    }

    @Override
    public long packets() {
        sample();
        return packets;
    }

    @Override
    public long bytes() {
        sample();
        return bytes;
    }

    @Override
    public long lastUsedNanos() {
        sample();
        return lastUsedNanos;
    }
}
