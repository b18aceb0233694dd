package org.skyway.vswitch.ofproto;

import java.util.List;
import java.util.function.IntConsumer;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.tables.FlowEntry;

/// Which entries a request is about.
///
/// @param match strict: the entry's match; else what must cover it
/// @param strict whether match and priority must be the entry's own
/// @param priority the entry's, if strict
/// @param cookie what the cookie must be, under the mask
/// @param cookieMask which bits of the cookie to compare
/// @param outPort only entries that output there; [OfPort#ANY] for all
/// @param outGroup only entries that use this group; [GroupMod#ANY] for all
record FlowFilter(
        Match match,
        boolean strict,
        int priority,
        long cookie,
        long cookieMask,
        int outPort,
        int outGroup) {
    /// The entries that a modification is about: it does not look at ports and groups.
    static FlowFilter modified(FlowMod m) {
        boolean strict = m.command() == FlowMod.Command.MODIFY_STRICT;
        return new FlowFilter(
                m.match(),
                strict,
                m.priority(),
                m.cookie(),
                m.cookieMask(),
                OfPort.ANY,
                GroupMod.ANY);
    }

    /// The entries that a deletion is about.
    static FlowFilter deleted(FlowMod m) {
        boolean strict = m.command() == FlowMod.Command.DELETE_STRICT;
        return new FlowFilter(
                m.match(),
                strict,
                m.priority(),
                m.cookie(),
                m.cookieMask(),
                m.outPort(),
                m.outGroup());
    }

    /// The entries that statistics are wanted of.
    static FlowFilter wanted(StatsRequest.Flow r) {
        return new FlowFilter(
                r.match(), false, 0, r.cookie(), r.cookieMask(), r.outPort(), r.outGroup());
    }

    /// The entries with a cookie.
    static FlowFilter learned(long cookie) {
        return new FlowFilter(Match.ANY, false, 0, cookie, -1, OfPort.ANY, GroupMod.ANY);
    }

    /// Whether it accepts the entries of the read-only table, which have no cookie, and which Open
    /// vSwitch has and Skyway does without.
    boolean meansTheSwitchsOwn() {
        return match.equals(Match.ANY)
                && (cookie & cookieMask) == 0
                && outPort == OfPort.ANY
                && outGroup == GroupMod.ANY;
    }

    boolean accepts(FlowEntry entry) {
        FlowRule rule = entry.rule();
        return ((rule.cookie() ^ cookie) & cookieMask) == 0
                && (strict
                        ? rule.priority() == priority && rule.match().equals(match)
                        : match.covers(rule.match()))
                && outputsTo(rule.instructions(), outPort)
                && usesGroup(rule.instructions(), outGroup);
    }

    /// Whether instructions output to a port, or any port will do.
    static boolean outputsTo(Instructions i, int port) {
        return port == OfPort.ANY || outputsTo(i.apply(), port) || outputsTo(i.write(), port);
    }

    private static boolean outputsTo(Iterable<Action> actions, int port) {
        for (Action a : actions) {
            boolean hit =
                    switch (a) {
                        case Action.Output o -> o.port() == port;
                        case Action.Enqueue e -> e.port() == port;
                        case Action.Controller c -> port == OfPort.CONTROLLER;
                        case Action.Clone c -> outputsTo(c.actions(), port);
                        default -> false;
                    };
            if (hit) {
                return true;
            }
        }
        return false;
    }

    /// Whether instructions use a group, or any group will do.
    static boolean usesGroup(Instructions i, int group) {
        return group == GroupMod.ANY || usesGroup(i.apply(), group) || usesGroup(i.write(), group);
    }

    private static boolean usesGroup(Iterable<Action> actions, int group) {
        for (Action a : actions) {
            if (a instanceof Action.Group g && g.id() == group
                    || a instanceof Action.Clone c && usesGroup(c.actions(), group)) {
                return true;
            }
        }
        return false;
    }

    /// The groups that instructions name, each time.
    static void eachGroup(Instructions i, IntConsumer to) {
        eachGroup(i.apply(), to);
        eachGroup(i.write(), to);
    }

    private static void eachGroup(List<Action> actions, IntConsumer to) {
        for (int i = 0; i < actions.size(); i++) {
            Action a = actions.get(i);
            if (a instanceof Action.Group g) {
                to.accept(g.id());
            } else if (a instanceof Action.Clone c) {
                eachGroup(c.actions(), to);
            }
        }
    }
}
