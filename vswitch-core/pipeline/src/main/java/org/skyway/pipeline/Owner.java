package org.skyway.pipeline;

import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;

/// In whose name something is done.
///
/// @param table of the entry at work; 0 if there is none
/// @param rule the entry at work; null if there is none
/// @param tableMiss whether it is its table's table-miss entry
/// @param inGroup whether a group's bucket is at work, here or in what called this
/// @param inActionSet whether an action set is
/// @param depth how many calls of the same or an earlier table, and of groups, led here
public record Owner(
        int table,
        FlowRule rule,
        boolean tableMiss,
        boolean inGroup,
        boolean inActionSet,
        int depth) {
    /// Nobody: a packet that has just come in.
    public static final Owner NONE = new Owner(0, null, false, false, false, 0);

    /// The cookie to report.
    ///
    /// @return the entry's; all ones if there is none
    public long cookie() {
        return rule == null ? -1L : rule.cookie();
    }

    /// Nobody but an entry whose table does not matter.
    ///
    /// @param other the entry; null for none
    /// @return the same for it
    public Owner of(FlowRule other) {
        return new Owner(table, other, false, inGroup, inActionSet, depth);
    }

    /// An entry that was hit.
    Owner hit(int where, FlowRule entry, int deeper) {
        boolean miss = entry.priority() == 0 && entry.match().equals(Match.ANY);
        return new Owner(where, entry, miss, inGroup, inActionSet, depth + deeper);
    }

    Owner inBucket() {
        return new Owner(table, rule, tableMiss, true, inActionSet, depth + 1);
    }

    Owner asActionSet() {
        return new Owner(table, rule, tableMiss, inGroup, true, depth);
    }

    /// The same once a packet was read anew: which entry it is nobody knows, as in Open vSwitch,
    /// but for its table and its cookie.
    Owner readAnew() {
        return new Owner(table, rule, false, false, false, 0);
    }
}
