package org.skyway.experiments.report;

/// One value.
///
/// @param key what was measured
/// @param round from 1
/// @param value in the key's unit
/// @param conditions what the machine was like
public record Measurement(Key key, int round, double value, Conditions conditions) {}
