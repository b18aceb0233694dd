package org.skyway.vswitch.counters;

import org.skyway.ivshmem.region.Memory;

/// Where the logs of poll threads are in a file, and where its mebibytes were mapped when they were
/// written: a log has addresses. Under the lock of its [CounterMemory].
///
/// ```
/// offset    bytes  field of the block that RedoLog's block names
///      0        8  block of the newest log
///      8        8  its tag; 0: there is none
///     24        8  tag (CounterMemory)
///     64 + 8i   8  address of mebibyte i; 0 if that goes with the process
/// ```
final class BurstLogs {
    static final int TAG_OF_NEWEST = 8;
    static final int CHUNKS = CounterMemory.LINE;

    /// Lines of the block.
    static final int LINES = 1 + 8 * CounterMemory.MOST_CHUNKS / CounterMemory.LINE;

    private final CounterMemory memory;
    private final long address;

    /// @param block of [#LINES], in the file
    BurstLogs(CounterMemory memory, int block) {
        this.memory = memory;
        address = memory.address(block);
    }

    /// Notes where a part of the file is. Before anything in it is handed out.
    void mapped(int chunk, long at) {
        memory.store(address + CHUNKS + 8L * chunk, at);
    }

    /// Makes a log.
    ///
    /// @param thread index of a poll thread
    /// @param block of [BurstLog#LINES], in the file
    BurstLog create(int thread, int block) {
        BurstLog log = over(thread, block);
        long at = memory.address(block);
        Memory.putLong(at + BurstLog.PREVIOUS, Memory.getLong(address));
        Memory.putLong(at + BurstLog.PREVIOUS_TAG, Memory.getLong(address + TAG_OF_NEWEST));
        memory.store(address + TAG_OF_NEWEST, 0);
        memory.store(address, block);
        memory.store(address + TAG_OF_NEWEST, memory.tag(block));
        return log;
    }

    /// Makes a log where there is one already, whose thread has ended.
    ///
    /// @param thread index of a poll thread
    /// @param block its block
    BurstLog over(int thread, int block) {
        long at = memory.address(block);
        BurstLog log =
                memory.isStepped()
                        ? new SteppedBurstLog(thread, block, at, memory)
                        : new BurstLog(thread, block, at);
        log.done();
        return log;
    }

    /// Writes as its memory does, which was told how.
    private static final class SteppedBurstLog extends BurstLog {
        private final CounterMemory memory;

        SteppedBurstLog(int thread, int block, long address, CounterMemory memory) {
            super(thread, block, address);
            this.memory = memory;
        }

        @Override
        void store(long address, long value) {
            memory.store(address, value);
        }
    }
}
