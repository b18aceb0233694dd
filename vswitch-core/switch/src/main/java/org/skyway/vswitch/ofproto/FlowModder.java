package org.skyway.vswitch.ofproto;

import java.util.Collection;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// Does flow-mods as Open vSwitch does: checks everything first, then changes the tables and tells
/// the forwarding side and whoever watches. Ofproto thread only.
final class FlowModder {
    /// OFPRR_ codes: why an entry went.
    static final int REASON_IDLE = 0;

    static final int REASON_HARD = 1;
    static final int REASON_DELETE = 2;
    static final int REASON_GROUP_DELETE = 3;
    static final int REASON_METER_DELETE = 4;
    static final int REASON_EVICTION = 5;

    private static final int MANY = 1024;

    /// Who asked for a change, to be told of it in short.
    ///
    /// @param connection who; null for the switch itself
    /// @param xid of the request
    record Requester(Connection connection, int xid) {
        static final Requester SWITCH = new Requester(null, 0);
    }

    private final OfSwitch bridge;
    private final Tables tables;
    private final Undo undo;
    private final LearnedCookies learned = new LearnedCookies();

    FlowModder(OfSwitch bridge, Tables tables, Undo undo) {
        this.bridge = bridge;
        this.tables = tables;
        this.undo = undo;
    }

    /// Does a flow-mod whole, or throws and has changed nothing.
    ///
    /// @throws OpenFlowException if it is refused
    void apply(FlowMod m, Version version, Requester requester) {
        check(m, version);
        applyChecked(m, requester);
    }

    private static boolean deletes(FlowMod m) {
        return m.command() == FlowMod.Command.DELETE
                || m.command() == FlowMod.Command.DELETE_STRICT;
    }

    /// Looks whether a flow-mod makes sense by itself, whatever is in the tables.
    ///
    /// @throws OpenFlowException if it does not
    static void check(FlowMod m, Version version) {
        ActionCheck.check(version, m.match(), m.instructions(), m.table());
        if (deletes(m)) {
            return;
        }
        targetTable(m.table());
        if (m.bufferId() != -1) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BUFFER_UNKNOWN, "nothing is buffered here");
        }
    }

    /// Does a flow-mod that [#check] has passed.
    ///
    /// @throws OpenFlowException if the tables are not such that it can be done
    void applyChecked(FlowMod m, Requester requester) {
        int table = deletes(m) ? m.table() : targetTable(m.table());
        switch (m.command()) {
            case ADD -> add(m, table, requester);
            case MODIFY, MODIFY_STRICT -> modify(m, table, requester);
            case DELETE, DELETE_STRICT -> delete(m, requester);
        }
        removeOrphans();
    }

    /// Removes the learned entries that nobody teaches any more. They may have taught others.
    private void removeOrphans() {
        for (LearnedCookies.Target t = learned.nextOrphan(); t != null; t = learned.nextOrphan()) {
            for (FlowEntry e : bridge.tables().select(t.table(), FlowFilter.learned(t.cookie()))) {
                remove(e, REASON_DELETE, Requester.SWITCH);
            }
        }
    }

    /// Which learned entries go with others.
    LearnedCookies learned() {
        return learned;
    }

    private static int targetTable(int table) {
        FlowTables.check(table);
        int target = table == FlowMod.ALL_TABLES ? 0 : table;
        if (FlowTables.readOnly(target)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_EPERM, "table %d is read-only".formatted(target));
        }
        return target;
    }

    private void checkReferences(Instructions i) {
        if (i.meter() != -1 && !bridge.meters().has(i.meter())) {
            throw noMeter(i.meter());
        }
        checkReferences(i.apply());
        checkReferences(i.write());
    }

    /// Refuses actions that name groups or meters that are not there.
    void checkReferences(List<Action> actions) {
        for (int i = 0; i < actions.size(); i++) { // for each of very many entries
            Action a = actions.get(i);
            if (a instanceof Action.Group g && !bridge.groups().has(g.id())) {
                throw new OpenFlowException(
                        ErrorCode.OFPBAC_BAD_OUT_GROUP,
                        "there is no group %d".formatted(g.id() & 0xffffffffL));
            } else if (a instanceof Action.Meter m && !bridge.meters().has(m.id())) {
                throw noMeter(m.id());
            } else if (a instanceof Action.Clone c) {
                checkReferences(c.actions());
            }
        }
    }

    // What the datapath tells itself may be named only as what it always is.
    private static void checkHidden(FlowMod m) {
        if (m.match().maskOf(Field.DP_HASH) != 0 || m.match().valueOf(Field.RECIRC_ID) != 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_EPERM, "no controller may match dp_hash or recirc_id");
        }
    }

    private static OpenFlowException noMeter(int id) {
        return new OpenFlowException(
                ErrorCode.OFPMMFC_INVALID_METER,
                "there is no meter %d".formatted(id & 0xffffffffL));
    }

    private void add(FlowMod m, int table, Requester requester) {
        checkHidden(m);
        checkReferences(m.instructions());
        FlowRule rule = rule(m, table, m.match(), m.priority());
        FlowEntry old = tables.find(rule);
        long now = bridge.now();
        if (old != null) {
            boolean reset = (m.flags() & FlowRule.RESET_COUNTS) != 0;
            FlowCounters counters = reset ? counters() : old.counters();
            long cookie = m.newCookie() == -1 ? old.rule().cookie() : m.newCookie();
            replace(
                    old,
                    old.replacedBy(withCookie(rule, cookie), now, now, counters),
                    true,
                    requester);
            return;
        }
        if ((m.flags() & FlowRule.CHECK_OVERLAP) != 0 && tables.overlaps(rule)) {
            throw new OpenFlowException(
                    ErrorCode.OFPFMFC_OVERLAP, "an entry of the same priority overlaps");
        }
        makeRoom(table, requester);
        FlowEntry entry = new FlowEntry(rule, now, now, counters());
        insert(entry);
        undo.note(() -> takeOut(entry));
        bridge.monitors().added(entry, requester);
        bridge.vacancies().check(table);
    }

    private void insert(FlowEntry entry) {
        tables.put(entry);
        learned.added(entry.rule());
        bridge.users().added(entry);
        bridge.forwarding().entryAdded(entry);
        bridge.timeouts().added(entry);
    }

    /// Puts in an entry that a copy of the tables has. There must be none in its place.
    void restore(FlowEntry entry) {
        insert(entry);
    }

    private boolean takeOut(FlowEntry entry) {
        if (!tables.remove(entry)) {
            return false;
        }
        learned.removed(entry.rule());
        bridge.users().removed(entry);
        bridge.forwarding().entryRemoved(entry);
        bridge.timeouts().removed(entry);
        return true;
    }

    private void exchange(FlowEntry old, FlowEntry now) {
        tables.put(now);
        learned.added(now.rule());
        learned.removed(old.rule());
        bridge.users().removed(old);
        bridge.users().added(now);
        bridge.forwarding().entryReplaced(old, now);
        bridge.timeouts().replaced(old, now);
    }

    private void makeRoom(int table, Requester requester) {
        Collection<FlowEntry> entries = tables.entries(table);
        if (entries.size() < FlowTables.MAX_ENTRIES) {
            return;
        }
        FlowEntry victim =
                bridge.tables().settings(table).eviction ? Eviction.choose(entries) : null;
        if (victim == null) {
            throw new OpenFlowException(
                    ErrorCode.OFPFMFC_TABLE_FULL,
                    "table %d holds %d entries".formatted(table, entries.size()));
        }
        remove(victim, REASON_EVICTION, requester);
    }

    private FlowCounters counters() {
        return bridge.forwarding().newCounters();
    }

    private static FlowRule rule(FlowMod m, int table, Match match, int priority) {
        return new FlowRule(
                table,
                priority,
                match,
                m.instructions(),
                m.newCookie(),
                m.idleTimeout(),
                m.hardTimeout(),
                m.flags(),
                m.importance());
    }

    private static FlowRule withCookie(FlowRule r, long cookie) {
        return new FlowRule(
                r.table(),
                r.priority(),
                r.match(),
                r.instructions(),
                cookie,
                r.idleTimeout(),
                r.hardTimeout(),
                r.flags(),
                r.importance());
    }

    private void replace(FlowEntry old, FlowEntry now, boolean added, Requester requester) {
        exchange(old, now);
        undo.note(() -> exchange(now, old));
        bridge.monitors().replaced(old, now, added, requester);
    }

    private void modify(FlowMod m, int addTable, Requester requester) {
        // Read-only tables count as found only if nothing else is.
        List<FlowEntry> found = bridge.tables().select(m.table(), FlowFilter.modified(m));
        if (found.isEmpty()) {
            if (m.newCookie() != -1 && m.cookieMask() == 0) {
                add(m, addTable, requester);
            }
            return;
        }
        checkReferences(m.instructions());
        boolean reset = (m.flags() & FlowRule.RESET_COUNTS) != 0;
        for (FlowEntry old : found) {
            FlowRule r = old.rule();
            FlowRule rule =
                    new FlowRule(
                            r.table(),
                            r.priority(),
                            r.match(),
                            m.instructions(),
                            m.modifyCookie() ? m.newCookie() : r.cookie(),
                            r.idleTimeout(),
                            r.hardTimeout(),
                            r.flags(),
                            r.importance());
            FlowEntry now =
                    old.replacedBy(
                            rule,
                            old.createdNanos(),
                            bridge.now(),
                            reset ? counters() : old.counters());
            replace(old, now, false, requester);
        }
    }

    private void delete(FlowMod m, Requester requester) {
        if (m.command() == FlowMod.Command.DELETE
                && FlowTables.readOnly(m.table())
                && m.table() != FlowMod.ALL_TABLES
                && FlowFilter.deleted(m).meansTheSwitchsOwn()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_EPERM, "table %d is read-only".formatted(m.table()));
        }
        List<FlowEntry> found = bridge.tables().select(m.table(), FlowFilter.deleted(m));
        if (found.size() >= MANY && found.size() == tables.size() && nobodyWatches()) {
            removeAll(found);
            return;
        }
        for (FlowEntry e : found) {
            remove(e, REASON_DELETE, requester);
        }
    }

    // Whoever is told of entries one by one sees them go one by one.
    private boolean nobodyWatches() {
        return !bridge.monitors().areThere() && !bridge.vacancies().areWatched();
    }

    // The same as to remove each, at a fraction of the cost: nothing is left to be looked for.
    private void removeAll(List<FlowEntry> all) {
        tables.removeAll();
        learned.removeAll();
        bridge.users().removeAll();
        bridge.timeouts().removeAll();
        bridge.forwarding().allRemoved(all);
        undo.note(() -> all.forEach(this::insert));
        for (FlowEntry e : all) {
            if ((e.rule().flags() & FlowRule.SEND_FLOW_REMOVED) != 0) {
                bridge.removals().add(e, REASON_DELETE);
            }
        }
    }

    /// Takes an entry out of its table, tells everybody, and has FLOW_REMOVED sent when its
    /// counters are final.
    void remove(FlowEntry entry, int reason, Requester requester) {
        if (!takeOut(entry)) {
            return;
        }
        undo.note(() -> insert(entry));
        bridge.monitors().removed(entry, reason, requester);
        bridge.vacancies().check(entry.rule().table());
        if ((entry.rule().flags() & FlowRule.SEND_FLOW_REMOVED) != 0
                && !bridge.tables().hidden(entry)) {
            bridge.removals().add(entry, reason);
        }
        removeOrphans();
    }

    /// Installs an entry of the switch's own that controllers see and may change.
    void addVisible(FlowRule rule) {
        long now = bridge.now();
        insert(new FlowEntry(rule, now, now, counters()));
    }

    /// Installs an entry that controllers don't see.
    ///
    /// @return the entry
    FlowEntry addHidden(FlowRule rule) {
        long now = bridge.now();
        FlowEntry entry = new FlowEntry(rule, now, now, counters());
        tables.put(entry);
        bridge.tables().hide(entry);
        bridge.forwarding().entryAdded(entry);
        return entry;
    }

    /// Removes what [#addHidden] installed.
    void removeHidden(FlowEntry entry) {
        if (tables.remove(entry)) {
            bridge.forwarding().entryRemoved(entry);
        }
        bridge.tables().unhide(entry);
    }
}
