package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.classifier.TableEntry;
import org.skyway.pipeline.classifier.TupleTable;

/// Everything that a verdict depends on: tables, groups, ports, settings.
final class Pipeline {
    private static final int TABLES = 255;

    private boolean missToController;
    private boolean missesGoOn;
    private FragmentHandling fragments = FragmentHandling.NORMAL;
    private final IntFunction<TupleTable<? extends TableEntry>> tables;
    private final List<TupleTable<Alone>> own; // null: somebody else changes the tables
    private final IntFunction<GroupEntry> groups;
    private final Map<Integer, GroupEntry> ownGroups = new HashMap<>();
    private final Supplier<Map<Integer, PortState>> ports;
    private final Set<Integer> known; // which of the ports count
    private final Map<Integer, String> held = new HashMap<>();

    /// A rule that nobody knows more of.
    private record Alone(FlowRule rule) implements TableEntry {}

    /// With tables of its own.
    ///
    /// @param ports by number
    /// @param known the numbers of those that there are for the detector
    Pipeline(Supplier<Map<Integer, PortState>> ports, Set<Integer> known) {
        own = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            own.add(new TupleTable<>());
        }
        tables = own::get;
        groups = ownGroups::get;
        this.ports = ports;
        this.known = known;
    }

    /// With somebody else's tables, who has changed them before it tells of it.
    ///
    /// @param tables by number; null where there is none
    /// @param groups by id; null where there is none
    /// @param ports by number
    /// @param known the numbers of those that there are for the detector
    Pipeline(
            IntFunction<TupleTable<? extends TableEntry>> tables,
            IntFunction<GroupEntry> groups,
            Supplier<Map<Integer, PortState>> ports,
            Set<Integer> known) {
        own = null;
        this.tables = tables;
        this.groups = groups;
        this.ports = ports;
        this.known = known;
    }

    /// The entries of a table that some packets may match, by descending priority.
    Iterator<? extends TableEntry> overlapping(int table, SymbolicPacket packet, Budget budget) {
        TupleTable<? extends TableEntry> entries = tables.apply(table);
        return entries == null
                ? Collections.emptyIterator()
                : entries.overlapping(packet, budget::charge);
    }

    /// Whether its tables are nobody else's, who would change them.
    boolean hasOwnTables() {
        return own != null;
    }

    void add(FlowRule rule) {
        if (own != null) {
            own.get(rule.table()).put(rule.match(), rule.priority(), new Alone(rule));
        }
    }

    /// Takes out the entry with the table, priority and match of another.
    ///
    /// @return false if there is none
    boolean remove(FlowRule rule) {
        return own == null || own.get(rule.table()).remove(rule.match(), rule.priority());
    }

    /// The entry with the table, priority and match of another.
    ///
    /// @return the entry; null if there is none
    FlowRule get(FlowRule like) {
        TupleTable<? extends TableEntry> table = tables.apply(like.table());
        TableEntry found = table == null ? null : table.get(like.match(), like.priority());
        return found == null ? null : found.rule();
    }

    /// Whether packets that no entry matches are told to controllers.
    boolean missToController() {
        return missToController;
    }

    void missToController(boolean told) {
        missToController = told;
    }

    /// Whether packets that no entry matches go on to the next table.
    boolean missesGoOn() {
        return missesGoOn;
    }

    void missesGoOn(boolean value) {
        missesGoOn = value;
    }

    FragmentHandling fragments() {
        return fragments;
    }

    void fragments(FragmentHandling handling) {
        fragments = handling;
    }

    /// What tables can see.
    PacketDomain domain() {
        return fragments == FragmentHandling.MATCHED
                ? PacketDomain.PORTS_SHOWN
                : PacketDomain.PORTS_HIDDEN;
    }

    GroupEntry group(int id) {
        return groups.apply(id);
    }

    void group(int id, GroupEntry group) {
        if (own != null) {
            ownGroups.compute(id, (_, _) -> group); // null removes it
        }
    }

    /// A port as it is now.
    ///
    /// @return null if there is none
    PortState port(int number) {
        Integer key = number;
        return known.contains(key) ? ports.get().get(key) : null;
    }

    /// All ports.
    Iterable<PortState> ports() {
        return ports.get().values().stream().filter(p -> known.contains(p.number())).toList();
    }

    /// Why packets that come in or leave at a port must pass the switch; null if they need not.
    String held(int number) {
        return held.get(number);
    }

    /// Sets what [#held] returns.
    ///
    /// @return what it returned before
    String hold(int number, String reason) {
        return reason == null ? held.remove(number) : held.put(number, reason);
    }
}
