package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.skyway.vswitch.pipeline.Program;
import org.skyway.vswitch.pipeline.Tables;

/// Look-ups and hits of each table, one row for each poll thread.
public final class TableCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[][] lookups;
    private final long[][] matches;

    TableCounters(int threads) {
        lookups = new long[threads][Tables.COUNT];
        matches = new long[threads][Tables.COUNT];
    }

    void add(int thread, Program program, long packets) {
        long[] row = lookups[thread];
        for (int table : program.lookedUp()) {
            CELL.setOpaque(row, table, row[table] + packets);
        }
        row = matches[thread];
        for (int table : program.matched()) {
            CELL.setOpaque(row, table, row[table] + packets);
        }
    }

    /// The same for packets that are looked up in one table, and hit an entry there.
    void add(int thread, int table, long packets) {
        long[] row = lookups[thread];
        CELL.setOpaque(row, table, row[table] + packets);
        row = matches[thread];
        CELL.setOpaque(row, table, row[table] + packets);
    }

    /// Packets looked up in a table.
    ///
    /// @param table 0 to 254
    /// @return packets that the switch itself moved
    public long lookups(int table) {
        return sum(lookups, table);
    }

    /// Packets that hit an entry of a table.
    ///
    /// @param table 0 to 254
    /// @return packets that the switch itself moved
    public long matches(int table) {
        return sum(matches, table);
    }

    private static long sum(long[][] rows, int table) {
        long sum = 0;
        for (long[] row : rows) {
            sum += (long) CELL.getOpaque(row, table);
        }
        return sum;
    }
}
