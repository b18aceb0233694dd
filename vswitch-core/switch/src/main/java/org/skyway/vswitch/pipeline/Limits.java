package org.skyway.vswitch.pipeline;

/// How much one packet may cause. The limits of Open vSwitch (`ovs-actions(7)`, "Error Handling"),
/// looked at where it does: before a table and before a group. And two of our own that are looked
/// at before each action, because without them groups in groups, or many a `check_pkt_larger`, take
/// as long as they like.
final class Limits {
    /// How deep tables and groups may call each other. Calls of later tables do not count: they
    /// can't be a loop.
    static final int MAX_DEPTH = 64;

    /// How often a packet may go on to a table, the first aside.
    static final int MAX_RESUBMITS = 4096;

    /// How many bytes of datapath actions there may be before another table or group.
    static final int MAX_BYTES = 0xffff;

    /// How many bytes may be on the stack before another table or group.
    static final int MAX_STACK = 0xffff;

    /// How many actions may be carried out in all.
    static final int MAX_ACTIONS = 1 << 17;

    /// How many bytes of datapath actions there may be in all.
    static final int MOST_BYTES = 1 << 20;

    int resubmits;
    private int actions;

    /// What stands against another table or group that makes the packet be dropped.
    ///
    /// @param depth of what calls it
    /// @return a sentence, or null
    String against(int depth, ValueStack stack) {
        if (depth >= MAX_DEPTH) {
            return "tables and groups call each other more than " + MAX_DEPTH + " deep";
        }
        if (resubmits >= MAX_RESUBMITS) {
            return "a packet goes on to more than " + MAX_RESUBMITS + " tables";
        }
        if (ValueStack.bytes(stack) > MAX_STACK) {
            return "more than " + MAX_STACK + " bytes are on the stack";
        }
        return null;
    }

    /// What stands against more actions.
    ///
    /// @param more how many
    /// @param bytes of datapath actions by now
    /// @return a sentence, or null
    String againstActions(int more, int bytes) {
        actions += more;
        if (actions > MAX_ACTIONS) {
            return "more than " + MAX_ACTIONS + " actions are carried out for a packet";
        }
        return bytes > MOST_BYTES ? "a packet causes more than 1 MiB of datapath actions" : null;
    }
}
