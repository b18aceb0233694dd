package org.skyway.openflow.message;

/// Adds, changes or deletes meters.
///
/// @param command 0 to add, 1 to modify, 2 to delete
/// @param meter the meter as it shall be
public record MeterMod(int command, Meter meter) implements Message {}
