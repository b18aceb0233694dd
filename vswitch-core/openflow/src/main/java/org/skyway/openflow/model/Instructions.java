package org.skyway.openflow.model;

import java.util.List;

/// What a rule does with the packets that it matches, in the order in which it is done (OpenFlow
/// 1.3.5, "Instructions"): meter, apply, clear, write, metadata, goto. An OpenFlow 1.0 action list
/// is `apply` alone.
///
/// @param meter the meter to apply, or -1
/// @param apply actions to do at once, in order
/// @param clear whether the action set is emptied
/// @param write actions to put into the action set
/// @param metadata bits to write to the metadata
/// @param metadataMask which bits to write; 0 for none
/// @param gotoTable the table to go on with, or -1
public record Instructions(
        int meter,
        List<Action> apply,
        boolean clear,
        List<Action> write,
        long metadata,
        long metadataMask,
        int gotoTable) {
    /// Drops the packet.
    public static final Instructions DROP =
            new Instructions(-1, List.of(), false, List.of(), 0, 0, -1);

    /// Copies the lists.
    public Instructions {
        apply = List.copyOf(apply);
        write = List.copyOf(write);
    }

    /// Only does actions.
    ///
    /// @param actions in order
    /// @return instructions without anything else
    public static Instructions apply(Action... actions) {
        return apply(List.of(actions));
    }

    /// Only does actions.
    ///
    /// @param actions in order
    /// @return instructions without anything else
    public static Instructions apply(List<Action> actions) {
        return new Instructions(-1, actions, false, List.of(), 0, 0, -1);
    }

    /// The same and then another table.
    ///
    /// @param table the table to go on with, or -1 for none
    /// @return new instructions
    public Instructions withGoto(int table) {
        return new Instructions(meter, apply, clear, write, metadata, metadataMask, table);
    }
}
