package org.skyway.vswitch.pipeline;

import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.GroupEntry;

/// When a packet has to be read anew, as in Open vSwitch.
final class Recirculation {
    private Recirculation() {}

    /// Whether an action wants to know what lay under the label that was taken off. Open vSwitch
    /// exempts only what surely does not.
    static boolean isNeededFor(Action action) {
        return switch (action) {
            case Action.Output a -> false;
            case Action.OutputReg a -> false;
            case Action.OutputTruncated a -> false;
            case Action.Enqueue a -> false;
            case Action.SetVlanVid a -> false;
            case Action.SetVlanPcp a -> false;
            case Action.SetQueue a -> false;
            case Action.Group a -> false;
            case Action.SetField a -> isNetwork(a.field());
            case Action.Load a -> isNetwork(a.target().field());
            default -> true;
        };
    }

    // Every field from MPLS upwards.
    private static boolean isNetwork(Field field) {
        return field.word() >= FlowKey.IPV4 && field.word() < FlowKey.PACKET_WORDS;
    }

    /// Whether an action may send a message that names table and cookie of its entry.
    static boolean tellsItsEntry(Action action) {
        return switch (action) {
            case Action.Output a -> true;
            case Action.OutputReg a -> true;
            case Action.OutputTruncated a -> true;
            case Action.Group a -> true;
            case Action.Controller a -> true;
            case Action.DecTtl a -> true;
            case Action.DecMplsTtl a -> true;
            case Action.Resubmit a -> a.table() == 255;
            default -> false;
        };
    }

    /// Whether a select group spreads packets by a hash that the datapath makes. Without any weight
    /// there is nothing to spread.
    static boolean wantsHash(GroupEntry group) {
        return group.buckets().stream().anyMatch(b -> b.weight() != 0);
    }
}
