package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// All flow tables as controllers see them. The last one, which Open vSwitch keeps for itself,
/// exists so that its number is answered as there: it can be named but is read-only. Ofproto thread
/// only.
final class FlowTables {
    /// Tables that controllers see: 0 to 253.
    static final int VISIBLE = 254;

    /// How many entries a table says that it can hold.
    static final int MAX_ENTRIES = 1_000_000;

    private static final int ALL = VISIBLE + 1;

    private final Tables tables;
    private final TableSettings[] settings = new TableSettings[ALL];

    /// Entries that the switch made for itself: no controller sees or touches them.
    private final Set<FlowEntry> hidden = Collections.newSetFromMap(new IdentityHashMap<>());

    FlowTables(Tables tables) {
        this.tables = tables;
        for (int i = 0; i < ALL; i++) {
            settings[i] = new TableSettings();
        }
    }

    /// The entries of a table, hidden ones included, in the order in which they were added.
    Collection<FlowEntry> entries(int table) {
        return tables.entries(table);
    }

    TableSettings settings(int table) {
        return settings[table];
    }

    /// Whether entries of a table can't be changed by controllers.
    static boolean readOnly(int table) {
        return table >= VISIBLE;
    }

    /// Refuses a table number that stands for no table.
    static void check(int table) {
        if (table != FlowMod.ALL_TABLES && table >= ALL) {
            throw new OpenFlowException(ErrorCode.OFPBRC_BAD_TABLE_ID, "table " + table);
        }
    }

    void hide(FlowEntry entry) {
        hidden.add(entry);
    }

    void unhide(FlowEntry entry) {
        hidden.remove(entry);
    }

    boolean hidden(FlowEntry entry) {
        return !hidden.isEmpty() && hidden.contains(entry);
    }

    /// Hands on every entry that the switch made for itself.
    void eachHidden(Consumer<FlowEntry> to) {
        hidden.forEach(to);
    }

    /// How many entries of a table controllers see.
    int visibleEntries(int table) {
        int n = tables.entries(table).size();
        for (FlowEntry e : hidden) {
            n -= e.rule().table() == table ? 1 : 0;
        }
        return n;
    }

    /// The entries that a filter accepts, of one table or of all.
    ///
    /// @param table 0 to 254, or [FlowMod#ALL_TABLES]
    List<FlowEntry> select(int table, FlowFilter filter) {
        check(table);
        List<FlowEntry> found = new ArrayList<>();
        if (!filter.strict()) {
            new EntryWalk(this, table, filter).forEachRemaining(found::add);
            return found;
        }
        boolean all = table == FlowMod.ALL_TABLES;
        for (int i = all ? 0 : table; i < (all ? VISIBLE : table + 1); i++) {
            FlowEntry e = tables.find(i, filter.priority(), filter.match());
            if (e != null && filter.accepts(e) && !hidden(e)) {
                found.add(e);
            }
        }
        return found;
    }
}
