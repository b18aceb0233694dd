package org.skyway.experiments.conformance;

/// Something in which the two switches were not alike.
///
/// @param kind what was compared
/// @param where what led to it
/// @param ovs what Open vSwitch did
/// @param skyway what Skyway did
record Difference(Kind kind, String where, String ovs, String skyway) {
    /// What was compared.
    enum Kind {
        /// Answers to flow-mods and group-mods.
        ERRORS,
        /// What came out of the ports.
        FRAMES,
        /// What went to the controller.
        PACKET_INS,
        /// What the controller was told of flows that were removed.
        REMOVED,
        /// Flows and groups, with their counters.
        DUMPS,
        /// Counters of tables and ports.
        COUNTERS
    }

    @Override
    public String toString() {
        return "%s differ: %s%n--- Open vSwitch%n%s%n--- Skyway%n%s%n"
                .formatted(kind, where, ovs.stripTrailing(), skyway.stripTrailing());
    }
}
