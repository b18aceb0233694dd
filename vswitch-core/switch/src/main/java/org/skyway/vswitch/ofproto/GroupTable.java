package org.skyway.vswitch.ofproto;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.GroupEntry.Bucket;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// The group table. Ofproto thread only.
final class GroupTable {
    /// OFPG_MAX: the highest id of a group.
    static final int MAX_ID = 0xffffff00;

    private static final int MAX_BUCKET_ID = 0xffffff00;

    private final OfSwitch bridge;
    private final Tables tables;
    private final Undo undo;

    GroupTable(OfSwitch bridge, Tables tables, Undo undo) {
        this.bridge = bridge;
        this.tables = tables;
        this.undo = undo;
    }

    boolean has(int id) {
        return find(id) != null;
    }

    GroupState find(int id) {
        return tables.group(id);
    }

    /// All of them, by id.
    Collection<GroupState> all() {
        return tables.groups().values();
    }

    /// Does a group-mod whole, or throws and has changed nothing.
    ///
    /// @return the same request, or as it is told to others: whether it added or modified
    /// @throws OpenFlowException if it is refused
    GroupMod apply(GroupMod m, FlowModder.Requester requester) {
        switch (m.command()) {
            case GroupMod.ADD -> add(m);
            case GroupMod.MODIFY, GroupMod.INSERT_BUCKET, GroupMod.REMOVE_BUCKET -> modify(m);
            case GroupMod.ADD_OR_MODIFY -> {
                boolean there = has(m.group());
                return apply(
                        new GroupMod(
                                there ? GroupMod.MODIFY : GroupMod.ADD,
                                m.group(),
                                m.type(),
                                m.commandBucket(),
                                m.entry()),
                        requester);
            }
            default -> delete(m.group(), requester);
        }
        return m;
    }

    private static OpenFlowException refused(ErrorCode error, int id) {
        return new OpenFlowException(error, "group %d".formatted(id & 0xffffffffL));
    }

    private static void checkId(int id) {
        if (Integer.compareUnsigned(id, MAX_ID) > 0) {
            throw refused(ErrorCode.OFPGMFC_INVALID_GROUP, id);
        }
    }

    private void add(GroupMod m) {
        if (has(m.group())) {
            throw refused(ErrorCode.OFPGMFC_GROUP_EXISTS, m.group());
        }
        checkId(m.group());
        put(m.entry(), bridge.now());
    }

    /// Puts in a group that a copy of the tables has.
    void restore(GroupEntry entry) {
        restore(entry, bridge.now());
    }

    /// Puts in a group that was made before.
    GroupState restore(GroupEntry entry, long created) {
        return put(entry, created);
    }

    private GroupState put(GroupEntry entry, long created) {
        GroupState now = new GroupState(entry, created, bridge.forwarding()::newCounters);
        change(entry.id(), now);
        return now;
    }

    // What is taken back has its counters again.
    private void change(int id, GroupState now) {
        GroupState old = find(id);
        tables.group(id, now);
        bridge.forwarding().groupChanged(id, now);
        undo.note(() -> change(id, old));
    }

    private void modify(GroupMod m) {
        GroupState old = find(m.group());
        if (old == null) {
            throw refused(ErrorCode.OFPGMFC_UNKNOWN_GROUP, m.group());
        }
        GroupEntry now =
                switch (m.command()) {
                    case GroupMod.INSERT_BUCKET -> insert(old.group(), m);
                    case GroupMod.REMOVE_BUCKET -> remove(old.group(), m);
                    default -> m.entry();
                };
        put(now, old.createdNanos());
    }

    private static GroupEntry with(GroupEntry g, List<Bucket> buckets) {
        return new GroupEntry(
                g.id(),
                g.type(),
                buckets,
                g.selectionMethod(),
                g.selectionParam(),
                g.selectionFields());
    }

    private static int indexOf(List<Bucket> buckets, int id) {
        for (int i = 0; i < buckets.size(); i++) {
            if (buckets.get(i).id() == id) {
                return i;
            }
        }
        return -1;
    }

    private static GroupEntry insert(GroupEntry old, GroupMod m) {
        int where = m.commandBucket();
        boolean after = Integer.compareUnsigned(where, MAX_BUCKET_ID) <= 0;
        int at = after ? indexOf(old.buckets(), where) : -1;
        if (after && at < 0) {
            throw refused(ErrorCode.OFPGMFC_UNKNOWN_BUCKET, m.group());
        }
        Set<Integer> ids = new HashSet<>();
        old.buckets().forEach(b -> ids.add(b.id()));
        for (Bucket b : m.entry().buckets()) {
            if (!ids.add(b.id())) {
                throw refused(ErrorCode.OFPGMFC_BUCKET_EXISTS, m.group());
            }
        }
        List<Bucket> buckets = new ArrayList<>(old.buckets());
        int index = after ? at + 1 : where == GroupMod.BUCKET_LAST ? buckets.size() : 0;
        buckets.addAll(index, m.entry().buckets());
        return with(old, buckets);
    }

    private static GroupEntry remove(GroupEntry old, GroupMod m) {
        List<Bucket> buckets = new ArrayList<>(old.buckets());
        switch (m.commandBucket()) {
            case GroupMod.BUCKET_ALL -> buckets.clear();
            case GroupMod.BUCKET_FIRST -> {
                if (!buckets.isEmpty()) {
                    buckets.removeFirst();
                }
            }
            case GroupMod.BUCKET_LAST -> {
                if (!buckets.isEmpty()) {
                    buckets.removeLast();
                }
            }
            default -> {
                int at = indexOf(buckets, m.commandBucket());
                if (at < 0) {
                    throw refused(ErrorCode.OFPGMFC_UNKNOWN_BUCKET, m.group());
                }
                buckets.remove(at);
            }
        }
        return with(old, buckets);
    }

    /// Deletes all groups, for the switch's own reasons.
    void deleteAll() {
        delete(GroupMod.ALL, FlowModder.Requester.SWITCH);
    }

    private void delete(int id, FlowModder.Requester requester) {
        if (id == GroupMod.ALL) {
            // No version of the map changes.
            for (int each : tables.groups().keySet()) {
                deleteOne(each, requester);
            }
        } else {
            deleteOne(id, requester);
        }
    }

    /// Deletes a group and the entries that use it; that there is none is no error.
    private void deleteOne(int id, FlowModder.Requester requester) {
        if (!has(id)) {
            return;
        }
        for (FlowEntry e : bridge.users().ofGroup(id)) {
            bridge.flows().remove(e, FlowModder.REASON_GROUP_DELETE, requester);
        }
        change(id, null);
    }
}
