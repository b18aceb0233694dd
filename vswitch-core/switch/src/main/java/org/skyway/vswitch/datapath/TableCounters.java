package org.skyway.vswitch.datapath;

import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.counters.SavedCounters;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.tables.Tables;

/// Look-ups and hits of each table, one row for each poll thread.
public final class TableCounters {
    private static final int ROWS = Tables.COUNT + 1; // a round figure of bytes
    private static final long PAIR = 16; // look-ups and hits of a table, beside each other
    private static final int MATCHES = 8; // where in that hits are
    private static final int CELLS = (int) PAIR * ROWS; // bytes of a thread
    private static final int SUMS = 32 * ROWS; // bytes of what was bypassed
    private static final int THREADS = CounterMemory.LINE + 2 * SUMS;

    private final CounterMemory memory;
    private final int block;
    private final long address;
    private final int threads;

    TableCounters(CounterMemory memory, int threads) {
        this.memory = memory;
        this.threads = threads;
        block = memory.allocate(this, (THREADS + CELLS * threads) / CounterMemory.LINE);
        address = memory.address(block);
    }

    /// @param log of the calling poll thread
    void add(BurstLog log, DatapathProgram program, long packets) {
        long row = address + THREADS + (long) CELLS * log.thread();
        for (int table : program.lookedUp()) {
            log.add(row + PAIR * table, packets, 0);
        }
        for (int table : program.matched()) {
            log.add(row + PAIR * table, 0, packets);
        }
    }

    /// The same for packets that are looked up in one table, and hit an entry there.
    void add(BurstLog log, int table, long packets) {
        log.add(address + THREADS + (long) CELLS * log.thread() + PAIR * table, packets, packets);
    }

    /// Where look-ups of bypassed packets are counted.
    ///
    /// @param table 0 to 254
    /// @return address of a row as [org.skyway.vswitch.counters.FlowBlock] has it
    public long bypassedLookups(int table) {
        return address + CounterMemory.LINE + 32L * table;
    }

    /// Where hits of bypassed packets are counted.
    ///
    /// @param table 0 to 254
    /// @return address of a row as [org.skyway.vswitch.counters.FlowBlock] has it
    public long bypassedMatches(int table) {
        return bypassedLookups(table) + SUMS;
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
    /// @param savedBlock the block in it
    /// @param tag of that block
    /// @param savedThreads how many poll threads that switch had
    public void resume(SavedCounters saved, int savedBlock, long tag, int savedThreads) {
        for (int at = CounterMemory.LINE; at < THREADS; at += 8) {
            Memory.putLong(address + at, saved.word(savedBlock, tag, at));
        }
        for (int t = 0; t < savedThreads; t++) {
            for (int at = 0; at < CELLS; at += 8) {
                Memory.addLongOpaque(
                        address + THREADS + at,
                        saved.word(savedBlock, tag, THREADS + CELLS * t + at));
            }
        }
    }

    /// Packets looked up in a table.
    ///
    /// @param table 0 to 254
    /// @return packets that the switch itself moved
    public long lookups(int table) {
        return sum(address + THREADS + PAIR * table);
    }

    /// Packets that hit an entry of a table.
    ///
    /// @param table 0 to 254
    /// @return packets that the switch itself moved
    public long matches(int table) {
        return sum(address + THREADS + MATCHES + PAIR * table);
    }

    private long sum(long cell) {
        long sum = 0;
        for (int t = 0; t < threads; t++) {
            sum += Memory.getLongOpaque(cell + (long) CELLS * t);
        }
        return sum;
    }
}
