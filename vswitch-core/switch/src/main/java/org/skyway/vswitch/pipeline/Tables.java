package org.skyway.vswitch.pipeline;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.ofproto.FlowEntry;

/// What the pipeline looks at: flow tables, groups, ports, learned addresses. The ofproto thread
/// writes, poll threads read.
public final class Tables {
    /// How many flow tables there are; 255 is "all of them" in OpenFlow, 254 is Open vSwitch's own.
    public static final int COUNT = 255;

    /// Fragments match like other packets, but their ports can't be seen.
    public static final int FRAGMENTS_NORMAL = 0;

    /// Fragments are dropped.
    public static final int FRAGMENTS_DROP = 1;

    private final AtomicReferenceArray<TupleTable<FlowEntry>> tables =
            new AtomicReferenceArray<>(COUNT);
    private final MacTable macs = new MacTable();
    private volatile Map<Integer, GroupState> groups = Map.of();
    private volatile Map<Integer, MeterState> meters = Map.of();
    private volatile Map<Integer, PortState> ports = Map.of();
    private volatile boolean missToController;
    private volatile int fragmentHandling;

    /// Tables without entries, groups or ports.
    public Tables() {}

    /// Adds or replaces a flow entry. Ofproto thread.
    ///
    /// @param entry the entry
    public void put(FlowEntry entry) {
        int id = entry.rule().table();
        TupleTable<FlowEntry> table = tables.get(id);
        if (table == null) {
            table = new TupleTable<>();
            tables.set(id, table);
        }
        table.put(entry.rule().match(), entry.rule().priority(), entry);
    }

    /// Removes a flow entry. Ofproto thread.
    ///
    /// @param entry the entry
    public void remove(FlowEntry entry) {
        TupleTable<FlowEntry> table = tables.get(entry.rule().table());
        if (table != null) {
            table.remove(entry.rule().match(), entry.rule().priority());
        }
    }

    /// A table's entries.
    ///
    /// @param id 0 to 254
    /// @return the table, or null if there never was an entry in it
    public TupleTable<FlowEntry> table(int id) {
        return tables.get(id);
    }

    /// Adds, replaces or removes a group. Ofproto thread.
    ///
    /// @param id its id
    /// @param group what it is now, or null if it is gone
    public void group(int id, GroupState group) {
        Map<Integer, GroupState> copy = new HashMap<>(groups);
        if (group == null) {
            copy.remove(id);
        } else {
            copy.put(id, group);
        }
        groups = copy;
    }

    /// Finds a group.
    ///
    /// @param id its id
    /// @return the group, or null
    public GroupState group(int id) {
        return groups.get(id);
    }

    /// Adds, replaces or removes a meter. Ofproto thread.
    ///
    /// @param id its id
    /// @param meter what it is now, or null if it is gone
    public void meter(int id, MeterState meter) {
        Map<Integer, MeterState> copy = new HashMap<>(meters);
        if (meter == null) {
            copy.remove(id);
        } else {
            copy.put(id, meter);
        }
        meters = copy;
    }

    /// Finds a meter.
    ///
    /// @param id its id
    /// @return the meter, or null
    public MeterState meter(int id) {
        return meters.get(id);
    }

    /// Adds or changes a port. Ofproto thread.
    ///
    /// @param port what it is now
    public void port(PortState port) {
        Map<Integer, PortState> copy = new TreeMap<>(Integer::compareUnsigned);
        copy.putAll(ports);
        copy.put(port.number(), port);
        ports = copy;
    }

    /// Removes a port. Ofproto thread.
    ///
    /// @param number its number
    public void removePort(int number) {
        Map<Integer, PortState> copy = new TreeMap<>(Integer::compareUnsigned);
        copy.putAll(ports);
        copy.remove(number);
        ports = copy;
        macs.forgetPort(number);
    }

    /// All ports, by number.
    ///
    /// @return a map that does not change
    public Map<Integer, PortState> ports() {
        return ports;
    }

    /// The learned addresses.
    ///
    /// @return the table of the bridge
    public MacTable macs() {
        return macs;
    }

    /// Whether a packet that no entry matches goes to the controllers, as it does when one of them
    /// speaks OpenFlow 1.2 or older.
    ///
    /// @return true if so
    public boolean missToController() {
        return missToController;
    }

    /// Sets what [#missToController] returns. Ofproto thread.
    ///
    /// @param value whether to send them
    public void missToController(boolean value) {
        missToController = value;
    }

    /// What is done with IP fragments: [#FRAGMENTS_NORMAL], [#FRAGMENTS_DROP], or matched as they
    /// are.
    ///
    /// @return OFPC_FRAG_ code
    public int fragmentHandling() {
        return fragmentHandling;
    }

    /// Sets what [#fragmentHandling] returns. Ofproto thread.
    ///
    /// @param bits OFPC_FRAG_ code
    public void fragmentHandling(int bits) {
        fragmentHandling = bits;
    }
}
