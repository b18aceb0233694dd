package org.skyway.openflow.model;

/// One line of a [Action.Learn]: where bits come from and what they become in the new flow.
///
/// @param kind what they become
/// @param source field they come from; null for an immediate
/// @param immediate the bits, big-endian, if `source` is null
/// @param target field they go to; null for [Kind#OUTPUT]
/// @param bits how many
public record LearnSpec(Kind kind, SubField source, Bytes immediate, SubField target, int bits) {
    /// What the bits become.
    public enum Kind {
        /// A field of the new flow's match.
        MATCH,
        /// A load action of the new flow.
        LOAD,
        /// An output action of the new flow.
        OUTPUT
    }
}
