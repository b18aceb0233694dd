package org.skyway.vswitch.counters;

import org.skyway.ivshmem.region.Memory;

/// What a flow entry, a group or a bucket counts: a line for each poll thread, who alone adds to it
/// ([BurstLog]), and in the first one what was added once and for all.
///
/// ```
/// offset     bytes  field        writer
///      0         8  settled packets   ofproto thread
///      8         8  settled bytes     ofproto thread
///     16         8  settled last use  ofproto thread; 0 for never
///     24         8  tag               CounterMemory
///     32 + 64t   8  packets           poll thread t
///     40 + 64t   8  bytes             poll thread t
///     48 + 64t   8  last use          poll thread t; of no meaning without packets
/// ```
public final class FlowBlock {
    /// Where the settled row begins.
    public static final int SETTLED = 0;

    private static final int BYTES = 8;
    private static final int LAST_USED = 16;
    private static final int THREADS = 32;

    private FlowBlock() {}

    /// How long a block is.
    ///
    /// @param threads how many poll threads there are
    /// @return lines
    public static int lines(int threads) {
        return threads;
    }

    /// Adds what a burst brought. Poll threads only.
    ///
    /// @param address the block
    /// @param log of the calling poll thread
    /// @param packets how many packets
    /// @param bytes how many bytes
    /// @param nowNanos [System#nanoTime] of the burst
    public static void add(long address, BurstLog log, long packets, long bytes, long nowNanos) {
        long row = address + THREADS + (long) CounterMemory.LINE * log.thread();
        log.add(row, packets, bytes);
        Memory.putLongOpaque(row + LAST_USED, nowNanos);
    }

    /// What the poll threads counted.
    ///
    /// @param address the block
    /// @param threads how many there are
    /// @return packets
    public static long packets(long address, int threads) {
        return sum(address + THREADS, threads);
    }

    /// What the poll threads counted.
    ///
    /// @param address the block
    /// @param threads how many there are
    /// @return bytes
    public static long bytes(long address, int threads) {
        return sum(address + THREADS + BYTES, threads);
    }

    private static long sum(long address, int threads) {
        long sum = 0;
        for (int t = 0; t < threads; t++) {
            sum += Memory.getLongOpaque(address + (long) CounterMemory.LINE * t);
        }
        return sum;
    }

    /// When a poll thread counted last.
    ///
    /// @param address the block
    /// @param threads how many there are
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none ever did
    public static long lastUsedNanos(long address, int threads) {
        long last = Long.MIN_VALUE;
        for (int t = 0; t < threads; t++) {
            long row = address + THREADS + (long) CounterMemory.LINE * t;
            if (Memory.getLongOpaque(row) != 0) {
                last = later(last, Memory.getLongOpaque(row + LAST_USED));
            }
        }
        return last;
    }

    /// The later of two times, either of which may be none.
    ///
    /// @param a a [System#nanoTime], or [Long#MIN_VALUE]
    /// @param b another
    /// @return the later, or [Long#MIN_VALUE] if there is neither
    public static long later(long a, long b) {
        return a == Long.MIN_VALUE ? b : b == Long.MIN_VALUE ? a : a - b >= 0 ? a : b;
    }

    /// What was added once and for all.
    ///
    /// @param address the block, or another row of that shape
    /// @return packets
    public static long settledPackets(long address) {
        return Memory.getLong(address);
    }

    /// What was added once and for all.
    ///
    /// @param address the block, or another row of that shape
    /// @return bytes
    public static long settledBytes(long address) {
        return Memory.getLong(address + BYTES);
    }

    /// When what was added once and for all was last seen to grow.
    ///
    /// @param address the block, or another row of that shape
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if nothing was
    public static long settledLastUsedNanos(long address) {
        long last = Memory.getLong(address + LAST_USED);
        return last == 0 ? Long.MIN_VALUE : last;
    }

    /// Adds something once and for all. Ofproto thread.
    ///
    /// @param address the block, or another row of that shape
    /// @param sums what
    public static void settle(long address, Sums sums) {
        settle(address, sums, Memory::putLong);
    }

    /// Adds something once and for all, together with other changes. Ofproto thread.
    ///
    /// @param address the block, or another row of that shape
    /// @param sums what
    /// @param changes where what is to be written is noted
    public static void settle(long address, Sums sums, RedoLog changes) {
        settle(address, sums, changes::put);
    }

    private static void settle(long address, Sums sums, CounterMemory.Stores to) {
        long last = later(settledLastUsedNanos(address), sums.lastUsedNanos());
        to.put(address, Memory.getLong(address) + sums.packets());
        to.put(address + BYTES, Memory.getLong(address + BYTES) + sums.bytes());
        to.put(address + LAST_USED, last == Long.MIN_VALUE ? 0 : last);
    }

    /// What a block held when its process ended.
    ///
    /// @param packets all packets
    /// @param bytes all bytes
    /// @param lastUsedNanos a [System#nanoTime] of that process, or [Long#MIN_VALUE]
    public record Sums(long packets, long bytes, long lastUsedNanos) {
        /// Nothing.
        public static final Sums ZERO = new Sums(0, 0, Long.MIN_VALUE);
    }

    /// Reads a block of a process that is no more.
    ///
    /// @param saved its memory
    /// @param block the block's number
    /// @param tag the block's tag
    /// @param threads how many poll threads that process had
    /// @return what was counted; zero if it was lost
    public static Sums read(SavedCounters saved, int block, long tag, int threads) {
        long packets = saved.word(block, tag, SETTLED);
        long bytes = saved.word(block, tag, SETTLED + BYTES);
        long settledUse = saved.word(block, tag, SETTLED + LAST_USED);
        long last = settledUse == 0 ? Long.MIN_VALUE : settledUse;
        for (int t = 0; t < threads; t++) {
            int row = THREADS + CounterMemory.LINE * t;
            long of = saved.word(block, tag, row);
            packets += of;
            bytes += saved.word(block, tag, row + BYTES);
            if (of != 0) {
                last = later(last, saved.word(block, tag, row + LAST_USED));
            }
        }
        return new Sums(packets, bytes, last);
    }
}
