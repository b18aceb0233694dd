package org.skyway.vswitch.tables;

import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.message.Meter;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;

/// A meter at work: token buckets, one for each band (OpenFlow 1.3.5, "Meters"; the arithmetic of
/// Open vSwitch's user space datapath). Poll threads share it, so each packet of a metered flow
/// takes its monitor, which nobody else wants when one thread polls; other flows never come here.
public final class MeterState {
    /// What [#admit] returns for a packet that goes on as it is.
    public static final int PASS = 0;

    /// What [#admit] returns for a packet that is to be dropped.
    public static final int DROP = -1;

    private static final int KBPS = 1;
    private static final int BURST = 1 << 2;
    private static final int BAND_DROP = 1;

    // A block of counters has a row for each poll thread: packets and bytes at 0, in the first one
    // how many rows there are at 16 (0: one), and of each band packets and bytes from 32 on.
    private static final int BYTES = 8;
    private static final int ROWS = 16;
    private static final int BANDS = 32;
    private static final int BAND = 16;

    private final Meter meter;
    private final long createdNanos;
    private final long[] tokens; // thousandths of a packet, or bits
    private final CounterMemory memory;
    private final int threads;
    private final int stride; // bytes of a thread
    private final int block;
    private final long address;
    private long lastMillis;

    /// A meter with full buckets.
    ///
    /// @param meter its configuration
    /// @param createdNanos when it was made
    /// @param nowNanos [System#nanoTime]
    /// @param memory where its counters lie
    /// @param threads how many poll threads there are
    public MeterState(
            Meter meter, long createdNanos, long nowNanos, CounterMemory memory, int threads) {
        this.meter = meter;
        this.createdNanos = createdNanos;
        this.memory = memory;
        this.threads = threads;
        tokens = new long[meter.bands().size()];
        stride = BANDS + BAND * tokens.length + CounterMemory.LINE - 1 & -CounterMemory.LINE;
        block = memory.allocate(this, threads * stride / CounterMemory.LINE);
        address = memory.address(block);
        Memory.putLong(address + ROWS, threads);
        lastMillis = nowNanos / 1_000_000;
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = capacity(i);
        }
    }

    /// What a controller made.
    ///
    /// @return its configuration
    public Meter meter() {
        return meter;
    }

    /// When it was made; to modify it is not to make it.
    ///
    /// @return a [System#nanoTime]
    public long createdNanos() {
        return createdNanos;
    }

    /// Goes on from what was counted by a switch that is no more. Before any packet comes by.
    ///
    /// @param saved its memory
    /// @param savedBlock the meter's block in it
    /// @param tag of that block
    /// @param savedThreads how many poll threads that switch had
    public synchronized void resume(
            SavedCounters saved, int savedBlock, long tag, int savedThreads) {
        long rows = Math.clamp(saved.word(savedBlock, tag, ROWS), 1, savedThreads);
        for (int at = 0; at < BANDS + BAND * tokens.length; at += BYTES) {
            if (at == ROWS) {
                at = BANDS;
            }
            long sum = 0;
            for (int t = 0; t < rows; t++) {
                sum += saved.word(savedBlock, tag, t * stride + at);
            }
            Memory.putLong(address + at, sum);
        }
    }

    /// Where its counters lie.
    ///
    /// @return number of the block
    public int block() {
        return block;
    }

    /// What tells the block from its former and later users.
    ///
    /// @return its tag
    public long tag() {
        return memory.tag(block);
    }

    private long capacity(int band) {
        Meter.Band b = meter.bands().get(band);
        long burst = (meter.flags() & BURST) != 0 ? b.burstSize() & 0xffff_ffffL : 0;
        return (burst == 0 ? b.rate() & 0xffff_ffffL : burst) * 1000;
    }

    /// Decides about a packet.
    ///
    /// @param log of the calling poll thread
    /// @param length its length in bytes
    /// @param nowNanos [System#nanoTime]
    /// @return [#PASS], [#DROP], or by how much its drop precedence is to be raised
    public synchronized int admit(BurstLog log, int length, long nowNanos) {
        final long row = address + (long) stride * log.thread();
        log.add(row, 1, length);
        long millis = nowNanos / 1_000_000;
        long elapsed = Math.max(0, millis - lastMillis);
        lastMillis = Math.max(lastMillis, millis);
        long volume = (meter.flags() & KBPS) != 0 ? length * 8L : 1000;
        int exceeded = -1;
        long highest = -1;
        for (int i = 0; i < tokens.length; i++) {
            long rate = meter.bands().get(i).rate() & 0xffff_ffffL;
            tokens[i] = Math.min(capacity(i), tokens[i] + elapsed * rate);
            if (tokens[i] >= volume) {
                tokens[i] -= volume;
            } else if (rate > highest) {
                exceeded = i;
                highest = rate;
            }
        }
        if (exceeded < 0) {
            return PASS;
        }
        log.add(row + BANDS + (long) BAND * exceeded, 1, length);
        Meter.Band band = meter.bands().get(exceeded);
        return band.type() == BAND_DROP ? DROP : band.precedenceLevel();
    }

    /// Packets that came by.
    ///
    /// @return packets
    public synchronized long packets() {
        return sum(0);
    }

    /// Bytes that came by.
    ///
    /// @return bytes
    public synchronized long bytes() {
        return sum(BYTES);
    }

    /// Packets that a band did something to.
    ///
    /// @param band its place in the meter
    /// @return packets
    public synchronized long bandPackets(int band) {
        return sum(BANDS + BAND * band);
    }

    /// Bytes that a band did something to.
    ///
    /// @param band its place in the meter
    /// @return bytes
    public synchronized long bandBytes(int band) {
        return sum(BANDS + BAND * band + BYTES);
    }

    private long sum(int at) {
        long sum = 0;
        for (int t = 0; t < threads; t++) {
            sum += Memory.getLongOpaque(address + (long) stride * t + at);
        }
        return sum;
    }
}
