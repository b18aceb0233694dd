package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.Names;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.MeterState;

/// What a bridge's tables hold at one moment, to be looked at on another thread. Immutable: the
/// entries themselves are shared with the switch.
///
/// @param entries of all flow tables, hidden ones included, table by table
/// @param hidden those of them that the switch made for itself
/// @param groups all groups
/// @param meters all meters
/// @param evicting the tables that make room by evicting
/// @param names of ports and tables
public record TablesCopy(
        List<FlowEntry> entries,
        List<FlowEntry> hidden,
        List<GroupEntry> groups,
        List<Meter> meters,
        List<Integer> evicting,
        Names names) {
    /// Copies the lists.
    public TablesCopy {
        entries = List.copyOf(entries);
        hidden = List.copyOf(hidden);
        groups = List.copyOf(groups);
        meters = List.copyOf(meters);
        evicting = List.copyOf(evicting);
    }

    /// Tables with nothing in them.
    ///
    /// @param names of ports and tables
    /// @return the copy
    public static TablesCopy empty(Names names) {
        return new TablesCopy(List.of(), List.of(), List.of(), List.of(), List.of(), names);
    }

    static TablesCopy of(OfSwitch bridge) {
        List<FlowEntry> entries = new ArrayList<>();
        List<FlowEntry> hidden = new ArrayList<>();
        List<Integer> evicting = new ArrayList<>();
        Map<Integer, String> tableNames = new TreeMap<>();
        for (int t = 0; t <= FlowTables.VISIBLE; t++) {
            entries.addAll(bridge.tables().entries(t));
            if (bridge.tables().settings(t).eviction) {
                evicting.add(t);
            }
            tableNames.put(t, bridge.tables().settings(t).name);
        }
        bridge.tables().eachHidden(hidden::add);
        Map<Integer, String> portNames = new TreeMap<>();
        for (PortState p : bridge.forwarding().tables().ports().values()) {
            portNames.put(p.number(), p.name());
        }
        return new TablesCopy(
                entries,
                hidden,
                bridge.groups().all().stream().map(GroupState::group).toList(),
                bridge.meters().all().stream().map(MeterState::meter).toList(),
                evicting,
                new Names(portNames, tableNames));
    }
}
