package org.skyway.openflow.message;

/// Changes a table's configuration.
///
/// @param table 0 to 254, or 255 for all
/// @param config OFPTC_ bits
/// @param evictionFlags OpenFlow 1.4: OFPTMPEF14_ bits; -1 if not given
/// @param vacancyDown OpenFlow 1.4: percent; -1 if not given
/// @param vacancyUp OpenFlow 1.4: percent; -1 if not given
public record TableMod(int table, int config, int evictionFlags, int vacancyDown, int vacancyUp)
        implements Message {}
