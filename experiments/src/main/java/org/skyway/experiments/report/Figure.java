package org.skyway.experiments.report;

/// A plot: the medians of all paths of an experiment's metric over the horizontal axis.
///
/// @param name of its files
/// @param experiment whose values
/// @param metric which of them
/// @param title above it
/// @param xTitle with the unit
/// @param yTitle with the unit
/// @param logX whether the horizontal axis is logarithmic
/// @param logY whether the vertical axis is logarithmic
public record Figure(
        String name,
        String experiment,
        String metric,
        String title,
        String xTitle,
        String yTitle,
        boolean logX,
        boolean logY) {}
