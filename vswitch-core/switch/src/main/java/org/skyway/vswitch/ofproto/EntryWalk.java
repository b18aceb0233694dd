package org.skyway.vswitch.ofproto;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.skyway.openflow.message.FlowMod;
import org.skyway.vswitch.tables.FlowEntry;

/// The entries that a filter accepts, looked at one by one: for filters that are not strict, which
/// have no better way. Ofproto thread, and only as long as no table changes.
final class EntryWalk implements Iterator<FlowEntry> {
    private final FlowTables tables;
    private final FlowFilter filter;
    private final int last;
    private int table;
    private Iterator<FlowEntry> entries;
    private FlowEntry found;

    /// @param table 0 to 254, or [FlowMod#ALL_TABLES]
    EntryWalk(FlowTables tables, int table, FlowFilter filter) {
        this.tables = tables;
        this.filter = filter;
        boolean all = table == FlowMod.ALL_TABLES;
        this.table = all ? 0 : table;
        last = all ? FlowTables.VISIBLE - 1 : table;
        entries = tables.entries(this.table).iterator();
        found = find();
    }

    private FlowEntry find() {
        while (true) {
            while (entries.hasNext()) {
                FlowEntry e = entries.next();
                if (filter.accepts(e) && !tables.hidden(e)) {
                    return e;
                }
            }
            if (table == last) {
                return null;
            }
            entries = tables.entries(++table).iterator();
        }
    }

    @Override
    public boolean hasNext() {
        return found != null;
    }

    @Override
    public FlowEntry next() {
        if (found == null) {
            throw new NoSuchElementException();
        }
        FlowEntry next = found;
        found = find();
        return next;
    }
}
