package org.skyway.experiments.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Differences that are meant to be, each with its reason.
final class KnownDifferences {
    /// A row of the table.
    ///
    /// @param name a short one
    /// @param reason why Skyway does not do as Open vSwitch does
    /// @param alike makes what both did alike, if this is all that differs
    record Known(String name, String reason, UnaryOperator<String> alike) {}

    static final List<Known> TABLE =
            List.of(
                    new Known(
                            "unknown-field-error",
                            "For a set-field of an unknown field Open vSwitch answers BAD_SET_LEN"
                                    + " or BAD_SET_TYPE as its hash table happens to lie; Skyway"
                                    + " always answers BAD_SET_TYPE.",
                            text ->
                                    text.replaceAll("(?m)^(0[1-6]01\\w{12}0002)000e", "$1000d")
                                            .replace("BAD_SET_LEN", "BAD_SET_TYPE")),
                    new Known(
                            "other-error",
                            "A command that both refuse, for another of its mistakes: an action"
                                    + " that Skyway does not know (debug_recirc, nat without ct,"
                                    + " tunnel metadata) is reported as such, whatever else is"
                                    + " wrong.",
                            KnownDifferences::error));

    private KnownDifferences() {}

    // Leaves of an error message that it is one.
    private static String error(String text) {
        return text.contains("OFPT_ERROR") ? "refused" : text;
    }

    /// Finds what explains a difference.
    ///
    /// @return the rows, or none if it is not explained
    static List<Known> find(Difference difference) {
        String ovs = sorted(difference.ovs());
        String skyway = sorted(difference.skyway());
        List<Known> used = new ArrayList<>();
        for (Known known : TABLE) {
            String a = known.alike().apply(ovs);
            String b = known.alike().apply(skyway);
            if (!a.equals(ovs) || !b.equals(skyway)) {
                used.add(known);
            }
            ovs = a;
            skyway = b;
        }
        return sorted(ovs).equals(sorted(skyway)) ? used : List.of();
    }

    private static String sorted(String text) {
        return String.join("\n", text.lines().sorted().toList());
    }
}
