package org.skyway.vswitch.datapath;

import org.skyway.vswitch.ofproto.FlowCounters;
import org.skyway.vswitch.ofproto.FlowEntry;
import org.skyway.vswitch.pipeline.Program;

/// What one poll thread has cached of a [Program]: with its ports found. Belongs to that thread and
/// dies with the version of the tables that it was made of.
final class Megaflow {
    final Program program;
    final DatapathPort onlyOutput; // the port, if all that is done is one output; else null
    final boolean drops;

    Megaflow(Program program, DatapathPort onlyOutput) {
        this.program = program;
        this.onlyOutput = onlyOutput;
        drops = program.actions().length == 0;
    }

    void count(int thread, long packets, long bytes, long nowNanos, TableCounters tables) {
        for (FlowEntry entry : program.entries()) {
            entry.counters().add(thread, packets, bytes, nowNanos);
        }
        for (FlowCounters group : program.groups()) {
            group.add(thread, packets, bytes, nowNanos);
        }
        tables.add(thread, program, packets);
        if (program.source() != null) {
            program.source().refresh(nowNanos);
        }
    }
}
