package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;

/// Which links would appear or vanish if entries were installed.
public final class WhatIf {
    private WhatIf() {}

    /// Tries entries and groups on a copy.
    ///
    /// @param detector what is there now; left alone
    /// @param groups groups to install first
    /// @param rules entries to install; each takes the place of one with its table, priority and
    ///   match
    /// @return the verdicts that would be others
    public static List<Change> installing(
            P2pDetector detector, List<GroupEntry> groups, List<FlowRule> rules) {
        P2pDetector copy = detector.copy();
        groups.forEach(group -> copy.groupChanged(group.id(), group));
        rules.forEach(copy::ruleInstalled);
        List<Change> changes = new ArrayList<>();
        for (Change change : copy.update()) {
            Verdict before = detector.verdict(change.port());
            if (!change.after().equals(before)) {
                changes.add(new Change(change.port(), before, change.after()));
            }
        }
        return changes;
    }
}
