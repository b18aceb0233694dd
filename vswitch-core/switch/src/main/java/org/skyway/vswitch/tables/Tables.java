package org.skyway.vswitch.tables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.pcollections.TreePMap;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.pipeline.classifier.TupleTable;

/// What the pipeline looks at: flow tables, groups, ports, learned addresses.
///
/// The ofproto thread writes, and what it asks for is the newest state. Readers, such as each run
/// of the pipeline, see the version that was published last when they began, and nothing of later
/// changes; so a bundle is seen whole or not at all, and what is rolled back never. Learned
/// addresses have no versions.
public final class Tables {
    /// How many flow tables there are; 255 is "all of them" in OpenFlow, 254 is Open vSwitch's own.
    public static final int COUNT = 255;

    /// Fragments match like other packets, but their ports can't be seen.
    public static final int FRAGMENTS_NORMAL = 0;

    /// Fragments are dropped.
    public static final int FRAGMENTS_DROP = 1;

    /// Changes of entries that are told one by one.
    private static final int MOST_CHANGES = 1024;

    private final AtomicReferenceArray<TupleTable<FlowEntry>> tables =
            new AtomicReferenceArray<>(COUNT);
    private final MacTable macs = new MacTable();
    private volatile TablesVersion published =
            new TablesVersion(
                    tables,
                    0,
                    none(),
                    none(),
                    none(),
                    false,
                    Map.of(),
                    0,
                    NormalConfig.DEFAULT,
                    Map.of(),
                    macs);

    // Ofproto thread only from here.
    private TreePMap<Integer, GroupState> groups = none();
    private TreePMap<Integer, MeterState> meters = none();
    private TreePMap<Integer, PortState> ports = none();
    private final Set<Integer> portsGone = new HashSet<>();
    private final Set<Integer> portsSetUp = new HashSet<>(); // otherwise, for NORMAL
    private boolean missToController;
    private Map<Integer, TableMiss> misses = Map.of();
    private int fragmentHandling;
    private NormalConfig normal = NormalConfig.DEFAULT;
    private Map<Integer, PortQos> qos = Map.of();
    private TablesVersion newest =
            published.in(TupleTable.NEWEST); // null if it is not this any more
    private final List<FlowRule> changed = new ArrayList<>();
    private boolean everything;

    /// Tables without entries, groups or ports.
    public Tables() {}

    private static <V> TreePMap<Integer, V> none() {
        return TreePMap.empty(Integer::compareUnsigned);
    }

    /// The version that readers see.
    ///
    /// @return counts up with [#publish]
    public long version() {
        return published.version();
    }

    /// What readers see. Any thread.
    ///
    /// @return as of the last [#publish]
    public TablesVersion published() {
        return published;
    }

    /// What they will see once it is published. Ofproto thread.
    ///
    /// @return as of now
    public TablesVersion newest() {
        if (newest == null) {
            newest =
                    new TablesVersion(
                            tables,
                            TupleTable.NEWEST,
                            groups,
                            meters,
                            ports,
                            missToController,
                            misses,
                            fragmentHandling,
                            normal,
                            qos,
                            macs);
        }
        return newest;
    }

    /// Makes every change since the last call visible to readers, all at once. Ofproto thread.
    ///
    /// @return what changed
    public TableChanges publish() {
        TableChanges changes =
                new TableChanges(next(), everything, everything ? List.of() : changed);
        changed.clear();
        everything = false;
        published = newest().in(changes.version());
        portsGone.forEach(macs::forgetPort);
        portsSetUp.forEach(macs::forgetPort);
        return changes;
    }

    // The version in which changes will be seen.
    private long next() {
        return published.version() + 1;
    }

    /// Drops what no reader sees that began with a version or a later one. Ofproto thread, when all
    /// readers of earlier versions are done.
    ///
    /// @param oldest the version of the oldest reader that may still be at work
    public void reclaim(long oldest) {
        reclaim(oldest, Integer.MAX_VALUE);
    }

    /// The same in parts, so that nobody waits for all of it.
    ///
    /// @param oldest the version of the oldest reader that may still be at work
    /// @param most entries to drop at most
    /// @return whether all is done
    public boolean reclaim(long oldest, int most) {
        int left = most;
        for (int i = 0; i < COUNT && left > 0; i++) {
            TupleTable<FlowEntry> table = tables.get(i);
            if (table != null) {
                left -= table.reclaim(oldest, left);
            }
        }
        if (oldest == published.version()) {
            // Readers that still knew them may have learned more there.
            portsGone.forEach(macs::forgetPort);
            portsGone.clear();
            portsSetUp.forEach(macs::forgetPort);
            portsSetUp.clear();
        }
        return left > 0;
    }

    private void note(FlowRule rule) {
        if (changed.size() >= MOST_CHANGES) {
            everything = true;
        }
        if (!everything) {
            changed.add(rule);
        }
    }

    private void changedAll() {
        newest = null;
        everything = true;
        changed.clear();
    }

    /// Adds or replaces a flow entry. Ofproto thread.
    ///
    /// @param entry the entry
    public void put(FlowEntry entry) {
        note(entry.rule());
        int id = entry.rule().table();
        TupleTable<FlowEntry> table = tables.get(id);
        if (table == null) {
            table = new TupleTable<>();
            tables.set(id, table);
        }
        FlowRule rule = entry.rule();
        entry.place(table.put(rule.match(), rule.priority(), entry, next()));
    }

    /// Removes a flow entry, if it is still in its place. Ofproto thread.
    ///
    /// @param entry the entry
    /// @return whether it was
    public boolean remove(FlowEntry entry) {
        FlowRule rule = entry.rule();
        TupleTable<FlowEntry> table = tables.get(rule.table());
        if (table == null || !table.removeAt(entry.place(), next())) {
            return false;
        }
        note(rule);
        return true;
    }

    /// Removes all flow entries. Ofproto thread.
    public void removeAll() {
        changedAll();
        for (int i = 0; i < COUNT; i++) {
            TupleTable<FlowEntry> table = tables.get(i);
            if (table != null) {
                table.removeAll(next());
            }
        }
    }

    /// Finds a flow entry. Ofproto thread.
    ///
    /// @param id of the table, 0 to 254
    /// @param priority its priority
    /// @param match its match
    /// @return the entry with just these; null if there is none
    public FlowEntry find(int id, int priority, Match match) {
        TupleTable<FlowEntry> table = tables.get(id);
        return table == null ? null : table.get(match, priority);
    }

    /// Finds the flow entry of a rule. Ofproto thread.
    ///
    /// @param rule the rule, or one of the same table, priority and match
    /// @return the entry; null if there is none
    public FlowEntry find(FlowRule rule) {
        return find(rule.table(), rule.priority(), rule.match());
    }

    /// Whether an entry of the same table and priority could match a packet that a rule matches,
    /// too. Ofproto thread.
    ///
    /// @param rule the rule
    /// @return true if so
    public boolean overlaps(FlowRule rule) {
        TupleTable<FlowEntry> table = tables.get(rule.table());
        return table != null && table.overlaps(rule.match(), rule.priority());
    }

    /// A table's entries in the order in which they were added. Ofproto thread.
    ///
    /// @param id 0 to 254
    /// @return a view, which must not be gone through while the table changes
    public Collection<FlowEntry> entries(int id) {
        TupleTable<FlowEntry> table = tables.get(id);
        return table == null ? List.of() : table.values();
    }

    /// How many flow entries there are. Ofproto thread.
    ///
    /// @return entries of all tables, hidden ones included
    public int size() {
        int n = 0;
        for (int i = 0; i < COUNT; i++) {
            n += entries(i).size();
        }
        return n;
    }

    /// A table, of which look-ups see all that was put there, published or not. Ofproto thread.
    ///
    /// @param id 0 to 254
    /// @return the table, or null if there never was an entry in it
    public TupleTable<FlowEntry> table(int id) {
        return tables.get(id);
    }

    /// All groups, by id. Ofproto thread.
    ///
    /// @return a map that does not change
    public Map<Integer, GroupState> groups() {
        return groups;
    }

    /// Adds, replaces or removes a group. Ofproto thread.
    ///
    /// @param id its id
    /// @param group what it is now, or null if it is gone
    public void group(int id, GroupState group) {
        changedAll();
        groups = group == null ? groups.minus(id) : groups.plus(id, group);
    }

    /// Finds a group. Ofproto thread.
    ///
    /// @param id its id
    /// @return the group, or null
    public GroupState group(int id) {
        return groups.get(id);
    }

    /// What a group does. Ofproto thread.
    ///
    /// @param id its id
    /// @return its configuration, or null if there is no such group
    public GroupEntry groupEntry(int id) {
        GroupState state = groups.get(id);
        return state == null ? null : state.group();
    }

    /// All meters, by id. Ofproto thread.
    ///
    /// @return a map that does not change
    public Map<Integer, MeterState> meters() {
        return meters;
    }

    /// Adds, replaces or removes a meter. Ofproto thread.
    ///
    /// @param id its id
    /// @param meter what it is now, or null if it is gone
    public void meter(int id, MeterState meter) {
        changedAll();
        meters = meter == null ? meters.minus(id) : meters.plus(id, meter);
    }

    /// Finds a meter. Ofproto thread.
    ///
    /// @param id its id
    /// @return the meter, or null
    public MeterState meter(int id) {
        return meters.get(id);
    }

    /// Finds a port. Ofproto thread.
    ///
    /// @param number its number
    /// @return the port, or null
    public PortState port(int number) {
        return ports.get(number);
    }

    /// Adds or changes a port. Ofproto thread.
    ///
    /// @param port what was observed of it, and how it is configured
    public void port(PortState port) {
        changedAll();
        ports = ports.plus(port.number(), port);
        portsGone.remove(port.number());
    }

    /// Removes a port. Ofproto thread.
    ///
    /// @param number its number
    public void removePort(int number) {
        changedAll();
        ports = ports.minus(number);
        portsGone.add(number);
    }

    /// All ports, by number. Ofproto thread.
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
    /// speaks OpenFlow 1.2 or older. Ofproto thread.
    ///
    /// @return true if so
    public boolean missToController() {
        return missToController;
    }

    /// Sets what [#missToController] returns. Ofproto thread.
    ///
    /// @param value whether to send them
    public void missToController(boolean value) {
        changedAll();
        missToController = value;
    }

    /// What becomes of packets that no entry of a table matches, where somebody has said it.
    /// Ofproto thread.
    ///
    /// @return by table
    public Map<Integer, TableMiss> misses() {
        return misses;
    }

    /// Says what becomes of packets that no entry of a table matches. Ofproto thread.
    ///
    /// @param table its number
    /// @param miss what becomes of them
    public void miss(int table, TableMiss miss) {
        changedAll();
        Map<Integer, TableMiss> now = new HashMap<>(misses);
        if (miss == TableMiss.DEFAULT) {
            now.remove(table);
        } else {
            now.put(table, miss);
        }
        misses = Map.copyOf(now);
    }

    /// What is done with IP fragments: [#FRAGMENTS_NORMAL], [#FRAGMENTS_DROP], or matched as they
    /// are. Ofproto thread.
    ///
    /// @return OFPC_FRAG_ code
    public int fragmentHandling() {
        return fragmentHandling;
    }

    /// Sets what [#fragmentHandling] returns. Ofproto thread.
    ///
    /// @param bits OFPC_FRAG_ code
    public void fragmentHandling(int bits) {
        changedAll();
        fragmentHandling = bits;
    }

    /// Says how much may be sent to ports. Ofproto thread.
    ///
    /// @param now by number; the others have no limit
    public void qos(Map<Integer, PortQos> now) {
        changedAll();
        qos = Map.copyOf(now);
    }

    /// How NORMAL is set up. Ofproto thread.
    ///
    /// @return what was set last
    public NormalConfig normal() {
        return normal;
    }

    /// Sets up NORMAL. What was learned at ports that are set up otherwise than before is forgotten
    /// with [#publish]. Ofproto thread.
    ///
    /// @param now how
    public void normal(NormalConfig now) {
        changedAll();
        Set<Integer> named = new HashSet<>(normal.ports().keySet());
        named.addAll(now.ports().keySet());
        named.addAll(normal.bonds().keySet());
        named.addAll(now.bonds().keySet());
        named.removeIf(p -> now.port(p).equals(normal.port(p)) && isInTheSameBond(p, now));
        portsSetUp.addAll(named);
        if (!now.flooded().equals(normal.flooded())) {
            macs.known(0).stream().map(MacTable.Known::port).forEach(portsSetUp::add);
        }
        normal = now;
    }

    private boolean isInTheSameBond(int port, NormalConfig now) {
        Bond before = normal.bonds().get(port);
        Bond after = now.bonds().get(port);
        return before == null ? after == null : after != null && before.id() == after.id();
    }
}
