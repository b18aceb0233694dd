package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.List;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.counters.FlowBlock;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Dependencies;
import org.skyway.vswitch.pipeline.Frozen;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

/// What one poll thread has cached of a [DatapathProgram]: with its ports found. Belongs to that
/// thread, but for [#kill], which anyone may call who knows that the outcome may be another one
/// now.
final class Megaflow {
    private static final VarHandle VALID_IN;
    private static final long NEVER = -1;

    static {
        try {
            VALID_IN = MethodHandles.lookup().findVarHandle(Megaflow.class, "validIn", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final DatapathProgram program;
    final DatapathPort onlyOutput; // the port, if all that is done is one output; else null
    final boolean drops;

    // For packets that hit one entry and count nowhere else, as most do: where that entry counts,
    // without a look at the program, which lies elsewhere in memory.
    private final long only; // address of a FlowBlock of the program's; 0 if it is not so simple
    private final int table;

    private long validIn; // the epoch that it belongs to, or NEVER; opaque
    long usedNanos;

    // Where it is kept, for whoever keeps it.
    final Frozen rest; // what was left to do when the packet was read anew; null for the first time
    final Match match;
    final Dependencies dependencies;
    MegaflowTable.Subtable subtable;
    Megaflow next; // in its bucket
    long hash;
    long[] values; // of the subtable's mask words, in order
    int place = -1; // among the live ones
    MacIndex.Node macs; // the first; null if it depends on no address

    /// One that is not kept.
    Megaflow(DatapathProgram program) {
        this(program, null, null, null, null, NEVER);
    }

    /// One that is to be kept.
    ///
    /// @param onlyOutput the port, if all that is done is one output and the port is there; else
    ///   null
    /// @param rest what was left to do, or null
    /// @param match the packets that it is about
    /// @param dependencies what else the outcome depends on
    /// @param epoch in which it was found out
    Megaflow(
            DatapathProgram program,
            DatapathPort onlyOutput,
            Frozen rest,
            Match match,
            Dependencies dependencies,
            long epoch) {
        this.program = program;
        this.onlyOutput = onlyOutput;
        this.rest = rest;
        this.match = match;
        this.dependencies = dependencies;
        drops = program.actions().length == 0;
        boolean simple =
                program.entries().length == 1
                        && program.lookedUp().length == 1
                        && program.matched().length == 1
                        && program.groups().length == 0
                        && program.source() == null;
        only = simple ? program.entries()[0].counters().address() : 0;
        table = simple ? program.matched()[0] : 0;
        validIn = epoch;
    }

    /// One without flow entries, that is not kept.
    static Megaflow of(DatapathAction... actions) {
        int[] none = {};
        return new Megaflow(
                new DatapathProgram(List.of(actions), List.of(), none, none, null, List.of()));
    }

    /// Whether it may be used.
    ///
    /// @param epoch of now
    boolean isValid(long epoch) {
        return (long) VALID_IN.getOpaque(this) == epoch;
    }

    /// Has it never be used again, in the passes that begin from now on. Any thread.
    void kill() {
        VALID_IN.setOpaque(this, NEVER);
    }

    void count(OpenBurst burst, long packets, long bytes, long nowNanos, TableCounters tables) {
        usedNanos = nowNanos;
        final BurstLog log = burst.log();
        if (only != 0) {
            FlowBlock.add(only, log, packets, bytes, nowNanos);
            Reference.reachabilityFence(this); // and with it whose block it is
            burst.count(table, packets);
            return;
        }
        for (FlowEntry entry : program.entries()) {
            entry.counters().add(log, packets, bytes, nowNanos);
        }
        for (FlowCounters group : program.groups()) {
            group.add(log, packets, bytes, nowNanos);
        }
        tables.add(log, program, packets);
        if (program.source() != null) {
            program.source().refresh(nowNanos);
        }
    }
}
