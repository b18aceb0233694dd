package org.skyway.vswitch.datapath;

import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;

/// What the switch itself moved through a port, and in the first line what went past it. Each poll
/// thread adds to lines of its own; anyone reads the sums.
public final class Traffic {
    /// Index of packets received from the port.
    public static final int RX_PACKETS = 0;

    /// Index of bytes received from the port.
    public static final int RX_BYTES = 1;

    /// Index of packets sent to the port.
    public static final int TX_PACKETS = 2;

    /// Index of bytes sent to the port.
    public static final int TX_BYTES = 3;

    /// Index of packets received and dropped because of an error: the packet's, the switch's, or a
    /// tag that found no room.
    public static final int RX_DROPPED = 4;

    /// Index of packets dropped because the port took no more, or failed to take them.
    public static final int TX_DROPPED = 5;

    /// Index of marks that belonged to no link.
    public static final int STRAY_MARKS = 6;

    private static final int STRIDE = 2 * CounterMemory.LINE; // bytes for each thread

    /// Where the rows of bypassed packets are, as [org.skyway.vswitch.counters.FlowBlock] has them:
    /// received and sent.
    public static final int BYPASS_RX = 0;

    /// The second of them.
    public static final int BYPASS_TX = 32;

    /// Where packets are counted that were cut off from a bypass.
    public static final int LOST = 56;

    private static final int TAG = 24;
    private static final int THREADS = CounterMemory.LINE;

    private final CounterMemory memory;
    private final int block;
    private final long address;
    private final int threads;

    Traffic(CounterMemory memory, int threads) {
        this.memory = memory;
        this.threads = threads;
        block = memory.allocate(this, 1 + 2 * threads);
        address = memory.address(block);
    }

    /// @param log of the calling poll thread
    void add(BurstLog log, int counter, long n) {
        log.add(cell(log.thread(), counter), n, 0);
    }

    /// @param log of the calling poll thread
    /// @param packets [#RX_PACKETS] or [#TX_PACKETS], behind which is the counter of bytes
    void add(BurstLog log, int packets, long n, long bytes) {
        log.add(cell(log.thread(), packets), n, bytes);
    }

    /// Counts what can't be taken back.
    void addForGood(int thread, int counter, long n) {
        Memory.addLongOpaque(cell(thread, counter), n);
    }

    private long cell(int thread, int counter) {
        return address + THREADS + (long) thread * STRIDE + counter * 8L;
    }

    /// Where the port's block is.
    ///
    /// @return an address; at [#BYPASS_RX], [#BYPASS_TX] and [#LOST] it is the ofproto thread's
    public long address() {
        return address;
    }

    /// Where they lie.
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

    /// Goes on from what was counted by a switch that is no more. Before any thread counts.
    ///
    /// @param saved its memory
    /// @param savedBlock the port's block in it
    /// @param tag of that block
    /// @param savedThreads how many poll threads that switch had
    public void resume(SavedCounters saved, int savedBlock, long tag, int savedThreads) {
        for (int at = 0; at < CounterMemory.LINE; at += 8) {
            if (at != TAG) {
                Memory.putLong(address + at, saved.word(savedBlock, tag, at));
            }
        }
        for (int t = 0; t < savedThreads; t++) {
            for (int counter = 0; counter <= STRAY_MARKS; counter++) {
                int at = THREADS + t * STRIDE + counter * 8;
                addForGood(0, counter, saved.word(savedBlock, tag, at));
            }
        }
    }

    /// A counter's sum over all threads.
    ///
    /// @param counter one of the indices
    /// @return packets or bytes
    public long sum(int counter) {
        long sum = 0;
        for (int t = 0; t < threads; t++) {
            sum += Memory.getLongOpaque(cell(t, counter));
        }
        return sum;
    }
}
