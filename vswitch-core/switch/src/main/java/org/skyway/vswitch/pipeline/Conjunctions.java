package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Match;
import org.skyway.pipeline.classifier.TupleTable;
import org.skyway.vswitch.tables.FlowEntry;

/// Look-ups in tables with conjunctive flows (`ovs-fields(7)`, "Conjunctive Match Fields"): an
/// entry with a `conjunction` action is a clause of several; when one of each clause of an id
/// matches, the packet is looked up again with `conj_id` set to it.
final class Conjunctions {
    private static final int HIGHEST = Integer.MAX_VALUE;

    private Conjunctions() {}

    /// Finds the entry that a packet hits when what it hits first is a clause.
    ///
    /// @param first that clause
    /// @param table where
    /// @param version in which version of it
    /// @param key the packet; its conj_id is changed for a while
    /// @param examined collects what the answer depends on
    /// @return the entry, or null
    static FlowEntry resolve(
            FlowEntry first,
            TupleTable<FlowEntry> table,
            long version,
            long[] key,
            long[] examined) {
        FlowEntry hit = first;
        while (hit != null && isClause(hit)) {
            int priority = hit.rule().priority();
            List<FlowEntry> clauses = new ArrayList<>();
            table.collect(key, priority, examined, version, clauses);
            for (int id : satisfied(clauses)) {
                long before = Field.CONJ_ID.get(key);
                Field.CONJ_ID.set(key, id);
                FlowEntry resolved = ordinary(table, version, key, examined);
                Field.CONJ_ID.set(key, before);
                if (resolved != null) {
                    return resolved;
                }
            }
            FlowEntry plain = ordinary(clauses, Set.of());
            hit = plain != null ? plain : table.lookup(key, examined, version, priority);
        }
        return hit;
    }

    // The entry that a packet hits, clauses left out: the one that matches a conj_id often has
    // their priority. As in Open vSwitch, a clause hides what has the same match and a lower
    // priority.
    private static FlowEntry ordinary(
            TupleTable<FlowEntry> table, long version, long[] key, long[] examined) {
        Set<Match> hidden = new HashSet<>();
        FlowEntry hit = table.lookup(key, examined, version, HIGHEST);
        while (hit != null && (isClause(hit) || !hidden.isEmpty())) {
            int priority = hit.rule().priority();
            List<FlowEntry> alike = new ArrayList<>();
            table.collect(key, priority, examined, version, alike);
            FlowEntry plain = ordinary(alike, hidden);
            if (plain != null) {
                return plain;
            }
            alike.stream()
                    .filter(Conjunctions::isClause)
                    .forEach(e -> hidden.add(e.rule().match()));
            hit = table.lookup(key, examined, version, priority);
        }
        return hit;
    }

    private static FlowEntry ordinary(List<FlowEntry> entries, Set<Match> hidden) {
        for (FlowEntry entry : entries) {
            if (!isClause(entry) && !hidden.contains(entry.rule().match())) {
                return entry;
            }
        }
        return null;
    }

    /// Whether an entry is a clause of a conjunction.
    static boolean isClause(FlowEntry entry) {
        for (Action action : entry.rule().instructions().apply()) {
            if (action instanceof Action.Conjunction) {
                return true;
            }
        }
        return false;
    }

    private static List<Integer> satisfied(List<FlowEntry> entries) {
        Map<Integer, Long> seen = new HashMap<>(); // by id, a bit for each clause
        List<Integer> satisfied = new ArrayList<>();
        for (FlowEntry entry : entries) {
            for (Action action : entry.rule().instructions().apply()) {
                if (action instanceof Action.Conjunction(int id, int clause, int clauses)) {
                    long bits = seen.merge(id, 1L << clause, (a, b) -> a | b);
                    if (bits == (1L << clauses) - 1 && !satisfied.contains(id)) {
                        satisfied.add(id);
                    }
                }
            }
        }
        return satisfied;
    }
}
