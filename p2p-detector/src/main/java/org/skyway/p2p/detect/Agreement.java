package org.skyway.p2p.detect;

import java.util.List;
import org.skyway.openflow.model.FlowRule;

/// Why a link holds without a look at the single entries: whatever entry the packets hit, they end
/// up at the same port. And why its counters can't be attributed: two packets that hit different
/// entries.
///
/// Many entries that agree are common (an access list that lets all through), and then a change of
/// one of them need not cost a look at all the others: one that is added must agree too, one that
/// is removed must not be the one that catches the rest, and both must leave the two packets alone.
final class Agreement {
    private static final long BUDGET = 2_000;

    private final int to;
    private final List<Explorer.LookedUp> lookUps;
    private final Grounds explored; // grows with what is added
    private final Grounds witnesses;

    Agreement(int to, List<Explorer.LookedUp> lookUps, Grounds explored, Grounds witnesses) {
        this.to = to;
        this.lookUps = lookUps;
        this.explored = explored;
        this.witnesses = witnesses;
    }

    /// Whether it still holds without a rule.
    boolean survivesRemovalOf(FlowRule rule) {
        if (witnesses.touchedBy(rule)) {
            return false;
        }
        for (Explorer.LookedUp lookUp : lookUps) {
            if (concerns(lookUp, rule) && rule.priority() == lookUp.floor()) {
                return false;
            }
        }
        return true;
    }

    /// Whether it still holds with a rule more.
    boolean survivesAdditionOf(FlowRule rule, Pipeline pipeline) {
        if (witnesses.touchedBy(rule)) {
            return false;
        }
        Explorer explorer = new Explorer(pipeline, explored, new Budget(BUDGET), new Unanimous(to));
        try {
            for (Explorer.LookedUp lookUp : List.copyOf(lookUps)) {
                if (concerns(lookUp, rule) && !explorer.add(rule, lookUp)) {
                    return false;
                }
            }
        } catch (Budget.Exceeded e) {
            return false;
        }
        lookUps.addAll(explorer.lookUps());
        return lookUps.size() <= Explorer.MOST_KEPT;
    }

    private static boolean concerns(Explorer.LookedUp lookUp, FlowRule rule) {
        return lookUp.job().table() == rule.table()
                && rule.priority() >= lookUp.floor()
                && lookUp.asked().overlaps(rule.match());
    }

    /// Wants every branch to end at one port.
    private record Unanimous(int to) implements Explorer.Leaves {
        @Override
        public boolean ended(Branch branch) {
            return branch.left && branch.to == to && !branch.uncertain;
        }

        @Override
        public boolean broken(Branch branch, String reason, FlowRule rule, boolean certain) {
            return false;
        }
    }
}
