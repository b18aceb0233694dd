package org.skyway.p2p.detect;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;

/// Everything that decides a packet's fate: tables, groups, ports.
final class Pipeline {
    private static final int TABLES = 255;

    private boolean missToController;
    private FragmentHandling fragments = FragmentHandling.NORMAL;
    private final RuleTable[] tables = new RuleTable[TABLES];
    private final Map<Integer, GroupEntry> groups = new HashMap<>();
    private final TreeMap<Integer, PortState> ports = new TreeMap<>(Integer::compareUnsigned);

    /// A table.
    ///
    /// @return the table; null if it never had an entry
    RuleTable table(int id) {
        return tables[id];
    }

    void add(FlowRule rule) {
        int id = rule.table();
        if (tables[id] == null) {
            tables[id] = new RuleTable();
        }
        tables[id].add(rule);
    }

    boolean remove(FlowRule rule) {
        RuleTable table = tables[rule.table()];
        return table != null && table.remove(rule);
    }

    /// The entry with the table, priority and match of another.
    ///
    /// @return the entry; null if there is none
    FlowRule get(FlowRule like) {
        RuleTable table = tables[like.table()];
        return table == null ? null : table.get(like);
    }

    /// Whether packets that no entry matches are told to controllers.
    boolean missToController() {
        return missToController;
    }

    void missToController(boolean told) {
        missToController = told;
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
        return groups.get(id);
    }

    void group(int id, GroupEntry group) {
        if (group == null) {
            groups.remove(id);
        } else {
            groups.put(id, group);
        }
    }

    PortState port(int number) {
        return ports.get(number);
    }

    /// All ports by number.
    Iterable<PortState> ports() {
        return ports.values();
    }

    void port(int number, PortState port) {
        if (port == null) {
            ports.remove(number);
        } else {
            ports.put(number, port);
        }
    }
}
