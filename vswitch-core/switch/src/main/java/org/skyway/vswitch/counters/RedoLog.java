package org.skyway.vswitch.counters;

import java.util.Arrays;
import org.skyway.ivshmem.region.Memory;

/// Changes several words of a [CounterMemory] at once, as a process that comes after this one sees
/// it: all of them or none, whenever this one is killed. They are noted first, then written; if the
/// notes are whole, the next process does again what they say ([SavedCounters#read]).
///
/// Words of memory that goes with the process are only written: nobody comes after it. One thread.
///
/// ```
/// offset      bytes  field of the first block of a file
///      0          8  magic
///      8          8  how many words are noted; 0: nothing is to be done again. Written last, release
///     16          8  sum over the notes
///     24          8  tag (CounterMemory)
///     32          8  number of the block where the notes are
///     40          8  its tag
///     48          8  number of the block of BurstLogs
///     56          8  its tag; 0: there is none
///     64 + 16i    8  offset of word i in the file, in the block of the notes
///     72 + 16i    8  what it becomes
/// ```
public final class RedoLog {
    static final long MAGIC = 0x31_6f_64_65_52_79_6b_53L; // "SkyRedo1"
    static final int COUNT = 8;
    static final int SUM = 16;
    static final int NOTES = 32;
    static final int NOTES_TAG = 40;
    static final int BURSTS = 48;
    static final int BURSTS_TAG = 56;
    static final int FIRST = CounterMemory.LINE;
    static final int NOTE = 16;

    private static final int FEW = 256; // words; a link's record and its entries are far fewer
    private static final int MOST = 1 << 15;

    private final CounterMemory memory;
    private final long header; // address; 0: memory that goes with the process
    private long notes; // address
    private int room; // words
    private long[] addresses = new long[FEW];
    private long[] values = new long[FEW];
    private int count;

    /// @param lasting whether the memory outlives the process; then this gets its first block
    RedoLog(CounterMemory memory, boolean lasting) {
        this.memory = memory;
        if (!lasting) {
            header = 0;
            return;
        }
        header = memory.address(memory.allocate(1));
        grow(FEW);
        Memory.putLongRelease(header, MAGIC);
    }

    /// Notes where the logs of poll threads are. Once.
    void bursts(int block) {
        memory.store(header + BURSTS, block);
        memory.store(header + BURSTS_TAG, memory.tag(block));
    }

    /// Begins a change. What another has noted and not committed, for whatever reason, is
    /// forgotten.
    ///
    /// @return this
    public RedoLog begin() {
        count = 0;
        return this;
    }

    /// Notes what a word is to become.
    ///
    /// @param address of the word, in a block of the memory
    /// @param value what it becomes with [#commit]
    public void put(long address, long value) {
        if (count == addresses.length) {
            addresses = Arrays.copyOf(addresses, 2 * count);
            values = Arrays.copyOf(values, 2 * count);
        }
        addresses[count] = address;
        values[count++] = value;
    }

    /// Changes all words that were noted. If there is no room in the file for so many notes, the
    /// words are changed one after the other.
    public void commit() {
        boolean noted = count > 1 && header != 0 && (count <= room || grow(count));
        if (noted) {
            note();
        }
        for (int i = 0; i < count; i++) {
            memory.store(addresses[i], values[i]);
        }
        if (noted) {
            memory.store(header + COUNT, 0);
        }
        count = 0;
    }

    private void note() {
        long sum = 0;
        int n = 0;
        for (int i = 0; i < count; i++) {
            long offset = memory.offset(addresses[i]);
            if (offset >= 0) {
                memory.store(notes + FIRST + (long) NOTE * n, offset);
                memory.store(notes + FIRST + (long) NOTE * n + 8, values[i]);
                sum = mix(mix(sum, offset), values[i]);
                n++;
            }
        }
        memory.store(header + SUM, sum);
        memory.store(header + COUNT, n);
    }

    // The old notes are of no use any more: nothing is to be done again.
    private boolean grow(int words) {
        int more = Integer.highestOneBit(Math.max(1, words - 1)) << 1;
        if (more > MOST) {
            return false;
        }
        int block =
                memory.allocate(1 + (NOTE * more + CounterMemory.LINE - 1) / CounterMemory.LINE);
        if (!memory.isLasting(block)) {
            return false;
        }
        notes = memory.address(block);
        room = more;
        memory.store(header + NOTES_TAG, memory.tag(block));
        memory.store(header + NOTES, block);
        return true;
    }

    /// One more value of a sum.
    static long mix(long sum, long value) {
        long x = (sum ^ value) * 0x9e3779b97f4a7c15L;
        return x ^ x >>> 29;
    }
}
