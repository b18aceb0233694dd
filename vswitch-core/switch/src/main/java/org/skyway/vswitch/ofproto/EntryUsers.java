package org.skyway.vswitch.ofproto;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.vswitch.tables.FlowEntry;

/// Which entries use which groups and meters: they go with these, and statistics count them.
/// Ofproto thread only.
final class EntryUsers {
    private final Int2ObjectHashMap<Set<FlowEntry>> groups = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<Set<FlowEntry>> meters = new Int2ObjectHashMap<>();

    /// The entries that use a group, in the order in which they came to do so.
    List<FlowEntry> ofGroup(int id) {
        return users(groups, id);
    }

    /// The entries that use a meter, in the order in which they came to do so.
    List<FlowEntry> ofMeter(int id) {
        return users(meters, id);
    }

    /// How often entries name a group, each time counted.
    int references(int group) {
        int[] times = {0};
        for (FlowEntry e : ofGroup(group)) {
            FlowFilter.eachGroup(e.rule().instructions(), id -> times[0] += id == group ? 1 : 0);
        }
        return times[0];
    }

    private static List<FlowEntry> users(Int2ObjectHashMap<Set<FlowEntry>> of, int id) {
        Set<FlowEntry> users = of.get(id);
        return users == null ? List.of() : List.copyOf(users);
    }

    void added(FlowEntry entry) {
        if (mayUseAny(entry.rule().instructions())) {
            FlowFilter.eachGroup(entry.rule().instructions(), id -> add(groups, id, entry));
            eachMeter(entry.rule(), id -> add(meters, id, entry));
        }
    }

    void removed(FlowEntry entry) {
        if (mayUseAny(entry.rule().instructions())) {
            FlowFilter.eachGroup(entry.rule().instructions(), id -> remove(groups, id, entry));
            eachMeter(entry.rule(), id -> remove(meters, id, entry));
        }
    }

    // Most entries only send their packets somewhere.
    private static boolean mayUseAny(Instructions i) {
        List<Action> apply = i.apply();
        return i.meter() != -1
                || !i.write().isEmpty()
                || apply.size() > 1
                || apply.size() == 1 && !(apply.getFirst() instanceof Action.Output);
    }

    void removeAll() {
        groups.clear();
        meters.clear();
    }

    private static void add(Int2ObjectHashMap<Set<FlowEntry>> to, int id, FlowEntry entry) {
        to.computeIfAbsent(id, i -> new LinkedHashSet<>()).add(entry);
    }

    private static void remove(Int2ObjectHashMap<Set<FlowEntry>> from, int id, FlowEntry entry) {
        Set<FlowEntry> users = from.get(id);
        if (users != null && users.remove(entry) && users.isEmpty()) {
            from.remove(id);
        }
    }

    private static void eachMeter(FlowRule rule, IntConsumer to) {
        if (rule.instructions().meter() != -1) {
            to.accept(rule.instructions().meter());
        }
        for (Action a : rule.instructions().apply()) {
            if (a instanceof Action.Meter m) {
                to.accept(m.id());
            }
        }
    }
}
