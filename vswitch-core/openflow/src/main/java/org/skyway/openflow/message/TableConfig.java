package org.skyway.openflow.message;

/// A table's configuration (OpenFlow 1.4, "Table Description").
///
/// @param table its number
/// @param config OFPTC_ bits
/// @param evictionFlags what is considered when evicting
/// @param vacancyDown percent; -1 if there are no vacancy events
/// @param vacancyUp percent
/// @param vacancy percent that is free now
public record TableConfig(
        int table, int config, int evictionFlags, int vacancyDown, int vacancyUp, int vacancy) {}
