package org.skyway.vswitch.ofproto;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;

/// Which learned entries must go with those that they were learned by: a `learn` action with
/// `delete_learned` has all entries of its table with its cookie deleted when the last entry with
/// such an action goes or does something else. Ofproto thread only.
final class LearnedCookies {
    /// NX_LEARN_F_DELETE_LEARNED.
    private static final int DELETE_LEARNED = 2;

    /// Where to, and with which cookie, entries are learned.
    record Target(int table, long cookie) {}

    private final Map<Target, Integer> teachers = new HashMap<>();
    private final Deque<Target> orphans = new ArrayDeque<>();

    private static boolean teaches(Action a) {
        return a instanceof Action.Learn l && (l.flags() & DELETE_LEARNED) != 0;
    }

    private static Target target(Action a) {
        Action.Learn l = (Action.Learn) a;
        return new Target(l.table(), l.cookie());
    }

    /// An entry came.
    void added(FlowRule rule) {
        for (Action a : rule.instructions().apply()) {
            if (teaches(a)) {
                teachers.merge(target(a), 1, Integer::sum);
            }
        }
    }

    /// An entry went.
    void removed(FlowRule rule) {
        for (Action a : rule.instructions().apply()) {
            if (teaches(a)) {
                Target t = target(a);
                if (teachers.merge(t, -1, (n, less) -> n + less == 0 ? null : n + less) == null) {
                    orphans.add(t);
                }
            }
        }
    }

    /// All entries went, and those that they taught with them.
    void removeAll() {
        teachers.clear();
    }

    /// What nobody teaches any more.
    ///
    /// @return the next such target; null if there is none
    Target nextOrphan() {
        for (Target t = orphans.poll(); t != null; t = orphans.poll()) {
            if (!teachers.containsKey(t)) {
                return t;
            }
        }
        return null;
    }

    /// What happened since the last orphan was asked for has been taken back.
    void rollBack() {
        orphans.clear();
    }
}
