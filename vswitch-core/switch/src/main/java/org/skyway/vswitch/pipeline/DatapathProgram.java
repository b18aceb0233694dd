package org.skyway.vswitch.pipeline;

import java.util.List;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.MacTable;

/// What the pipeline does with all packets that agree on certain bits, and whom to count them to.
/// Immutable.
public final class DatapathProgram {
    private final DatapathAction[] actions;
    private final FlowEntry[] entries;
    private final int[] lookedUp;
    private final int[] matched;
    private final int onlyOutput;
    private final MacTable.Entry source;
    private final FlowCounters[] groups;

    /// A program.
    ///
    /// @param actions what to do, in order
    /// @param entries the flow entries hit, in order
    /// @param lookedUp the tables looked up, in order
    /// @param matched those of them in which an entry was hit
    /// @param source the learned address that the packets refresh, or null
    /// @param groups counters of the groups and buckets that the packets run through
    public DatapathProgram(
            List<DatapathAction> actions,
            List<FlowEntry> entries,
            int[] lookedUp,
            int[] matched,
            MacTable.Entry source,
            List<FlowCounters> groups) {
        this.actions = actions.toArray(new DatapathAction[0]);
        this.entries = entries.toArray(new FlowEntry[0]);
        this.lookedUp = lookedUp;
        this.matched = matched;
        this.source = source;
        this.groups = groups.toArray(new FlowCounters[0]);
        onlyOutput =
                this.actions.length == 1 && this.actions[0] instanceof DatapathAction.Output(int p)
                        ? p
                        : -1;
    }

    /// What to do. Not to be changed.
    ///
    /// @return the actions in order; none drops
    public DatapathAction[] actions() {
        return actions;
    }

    /// Whom to count to. Not to be changed.
    ///
    /// @return the flow entries hit, in order
    public FlowEntry[] entries() {
        return entries;
    }

    /// The tables that were looked up. Not to be changed.
    ///
    /// @return table numbers, one for each look-up
    public int[] lookedUp() {
        return lookedUp;
    }

    /// The tables in which an entry was hit. Not to be changed.
    ///
    /// @return table numbers, one for each hit
    public int[] matched() {
        return matched;
    }

    /// The port, if the packet is only sent out of one port, unchanged.
    ///
    /// @return its number, or -1 if anything else is done
    public int onlyOutput() {
        return onlyOutput;
    }

    /// The groups and buckets on the way. Not to be changed.
    ///
    /// @return their counters
    public FlowCounters[] groups() {
        return groups;
    }

    /// The learned address that these packets refresh.
    ///
    /// @return its entry, or null
    public MacTable.Entry source() {
        return source;
    }
}
