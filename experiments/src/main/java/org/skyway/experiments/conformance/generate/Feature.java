package org.skyway.experiments.conformance.generate;

/// What a case may hold beside the plain things, to be switched on and off.
public enum Feature {
    /// Groups of all types.
    GROUPS,
    /// The learning switch.
    NORMAL,
    /// The `learn` action.
    LEARN,
    /// Meters that are never exceeded: when one is, is a matter of time.
    METERS,
    /// Packets that the controller sends.
    PACKET_OUTS,
    /// Conjunctive matches.
    CONJUNCTION,
    /// The `multipath` and `bundle` actions.
    MULTIPATH,
    /// Damaged flow-mods.
    GARBAGE
}
