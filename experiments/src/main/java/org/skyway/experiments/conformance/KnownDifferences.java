package org.skyway.experiments.conformance;

import java.util.List;
import java.util.function.Predicate;

/// Differences that are meant to be, each with its reason.
final class KnownDifferences {
    /// A row of the table.
    ///
    /// @param name a short one
    /// @param reason why Skyway does not do as Open vSwitch does
    /// @param is whether a difference is this one
    record Known(String name, String reason, Predicate<Difference> is) {}

    static final List<Known> TABLE = List.of();

    private KnownDifferences() {}

    /// Finds what a difference is.
    ///
    /// @return the row, or null if it is not explained
    static Known find(Difference difference) {
        return TABLE.stream().filter(k -> k.is().test(difference)).findFirst().orElse(null);
    }
}
