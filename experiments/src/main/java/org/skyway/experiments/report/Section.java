package org.skyway.experiments.report;

import java.util.ArrayList;
import java.util.List;

/// A part of a report: an experiment.
///
/// @param experiment its name, as in keys
/// @param title for people
/// @param text paragraphs: how it was done, what is comparable with the paper and what is not
/// @param figures its plots
/// @param verdicts rows of the table of ratios; empty for most
/// @param findings sentences about what came out
public record Section(
        String experiment,
        String title,
        List<String> text,
        List<Figure> figures,
        List<RatioRow> verdicts,
        List<String> findings) {
    /// A section to which more is added.
    ///
    /// @param experiment its name
    /// @param title for people
    public Section(String experiment, String title) {
        this(
                experiment,
                title,
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
    }
}
