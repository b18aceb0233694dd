package org.skyway.vswitch.ofproto;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.skyway.openflow.message.FlowStats;
import org.skyway.vswitch.tables.FlowEntry;

/// What is told of the entries that a filter accepts. There may be very many, so an iterator looks
/// at each only when it comes to it: whoever asked reads the first while others are still written.
/// Ofproto thread, and only as long as no table changes.
final class SelectedFlows extends AbstractList<FlowStats> {
    private final FlowTables tables;
    private final int table;
    private final FlowFilter filter;
    private final Function<FlowEntry, FlowStats> stats;
    private List<FlowEntry> selected; // null unless somebody asked for more than an iterator

    SelectedFlows(
            FlowTables tables, int table, FlowFilter filter, Function<FlowEntry, FlowStats> stats) {
        FlowTables.check(table);
        this.tables = tables;
        this.table = table;
        this.filter = filter;
        this.stats = stats;
    }

    @Override
    public Iterator<FlowStats> iterator() {
        if (filter.strict()) {
            return super.iterator();
        }
        Iterator<FlowEntry> walk = new EntryWalk(tables, table, filter);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return walk.hasNext();
            }

            @Override
            public FlowStats next() {
                return stats.apply(walk.next());
            }
        };
    }

    @Override
    public FlowStats get(int index) {
        return stats.apply(selected().get(index));
    }

    @Override
    public int size() {
        return selected().size();
    }

    private List<FlowEntry> selected() {
        if (selected == null) {
            selected = tables.select(table, filter);
        }
        return selected;
    }
}
