package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// One choice on the way through the pipeline, linked to the one before: a table lookup, or whether
/// a packet has the field that an action writes.
///
/// @param previous the choice before; null for the first
/// @param table the table, or [#NO_TABLE] for the other kind
/// @param before the packets as they were
/// @param hit the entry that they hit; null for none
/// @param higher what they did not match although it comes first; only the first `higherCount`
/// @param higherCount see `higher`
record Step(
        Step previous,
        int table,
        SymbolicPacket before,
        FlowRule hit,
        List<Match> higher,
        int higherCount) {
    static final int NO_TABLE = -1;

    /// What the packets of a cube must not match if they are to come this way, in terms of how they
    /// came in.
    static List<Match> excluded(Step last, Cube within, Budget budget) {
        List<Match> excluded = new ArrayList<>();
        for (Step step = last; step != null; step = step.previous) {
            budget.charge(step.higherCount);
            for (int i = 0; i < step.higherCount; i++) {
                Match match = step.higher.get(i);
                if (!step.before.overlaps(match)) {
                    continue;
                }
                Match pulledBack = step.before.pullBack(match);
                if (pulledBack != null && within.overlaps(pulledBack)) {
                    excluded.add(pulledBack);
                }
            }
        }
        return excluded;
    }

    /// The entry that was hit last.
    static FlowRule lastRule(Step last) {
        Step step = last;
        while (step != null && step.hit == null) {
            step = step.previous;
        }
        return step == null ? null : step.hit;
    }

    /// The lookups up to a step, first one first.
    static List<Step> lookups(Step last) {
        List<Step> lookups = new ArrayList<>();
        for (Step step = last; step != null; step = step.previous) {
            if (step.table != NO_TABLE) {
                lookups.add(step);
            }
        }
        return lookups.reversed();
    }
}
