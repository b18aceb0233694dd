package org.skyway.experiments.report;

import org.skyway.experiments.bed.Spread;

/// What the rounds of a key came to.
///
/// @param key what was measured
/// @param placement how far apart the two cores were
/// @param rounds how many
/// @param spread of their values
/// @param toYardstick median of the values by the yardstick of their round; not a number if there
///   was none, or if the values are no rates of packets
public record Summary(Key key, Placement placement, int rounds, Spread spread, double toYardstick) {
    /// How far apart the two cores were, as the yardstick shows it. A virtual machine's cores come
    /// to lie near each other and far from each other within minutes.
    public enum Placement {
        /// All rounds, however they lay.
        ALL,
        /// The yardstick did at least half of the best it did in this run.
        NEAR,
        /// It did less.
        FAR
    }
}
