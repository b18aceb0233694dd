package org.skyway.vswitch.link;

import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.vswitch.tables.BypassCounters;

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
    private long toldPackets; // to anyone; a final figure is not below
    private long toldBytes;
    private long lastUsedNanos = Long.MIN_VALUE;
    private boolean fixed;

    SenderCounters(StatisticsBlock statistics) {
        this(statistics, statistics.txPackets(), statistics.txBytes());
    }

    /// Counts on from where another switch began.
    ///
    /// @param basePackets what the block said then
    /// @param baseBytes what the block said then
    SenderCounters(StatisticsBlock statistics, long basePackets, long baseBytes) {
        this.statistics = statistics;
        this.basePackets = basePackets;
        this.baseBytes = baseBytes;
    }

    long basePackets() {
        return basePackets;
    }

    long baseBytes() {
        return baseBytes;
    }

    /// Settles, and goes on counting in another object exactly where this one stopped: for a link
    /// whose traffic is from now on counted to other entries.
    SenderCounters split() {
        settle();
        return new SenderCounters(statistics, basePackets + packets, baseBytes + bytes);
    }

    /// Reads the block once more and then never again for [#packets] and [#bytes]: it may be
    /// unmapped, or what it says from now on may not count.
    void settle() {
        sample();
        fixed = true;
    }

    /// Corrects a settled figure to what was delivered, as far as nobody has been told more.
    ///
    /// @param deliveredPackets as the receiver counted them; untrusted
    /// @param deliveredBytes their bytes; untrusted
    void correct(long deliveredPackets, long deliveredBytes) {
        // What it counted since it was settled may have been delivered, too.
        long mostPackets = Math.max(packets, statistics.txPackets() - basePackets);
        long mostBytes = Math.max(bytes, statistics.txBytes() - baseBytes);
        packets = Math.clamp(deliveredPackets, toldPackets, mostPackets);
        bytes = Math.clamp(deliveredBytes, toldBytes, mostBytes);
    }

    /// What the sender's block said when the settled figure was reached.
    ///
    /// @return packets of all epochs
    long counted() {
        return basePackets + packets;
    }

    /// Packets, for those who only watch: the figure may still be corrected.
    long seenPackets() {
        sample();
        return packets;
    }

    /// Bytes, for those who only watch.
    long seenBytes() {
        sample();
        return bytes;
    }

    void sample() {
        if (fixed) {
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
        toldPackets = packets;
        return packets;
    }

    @Override
    public long bytes() {
        sample();
        toldBytes = bytes;
        return bytes;
    }

    @Override
    public long lastUsedNanos() {
        sample();
        return lastUsedNanos;
    }
}
