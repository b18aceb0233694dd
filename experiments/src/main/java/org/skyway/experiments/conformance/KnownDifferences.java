package org.skyway.experiments.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Differences that are meant to be, each with its reason.
final class KnownDifferences {
    /// A row of the table.
    ///
    /// @param name a short one
    /// @param reason why Skyway does not do as Open vSwitch does
    /// @param alike makes what both did alike, if this is all that differs
    record Known(String name, String reason, UnaryOperator<String> alike) {}

    private static final Pattern TOS_BITS =
            Pattern.compile("NXM_OF_IP_TOS\\[(\\d+)(?:\\.\\.(\\d+))?]");
    private static final Pattern SELECT_BYTES =
            Pattern.compile("(group_id=.*packet_count=\\d+),byte_count=\\d+(.*)");

    static final List<Known> TABLE =
            List.of(
                    new Known(
                            "dscp-name",
                            "Bits of the DSCP have two names, NXM_OF_IP_TOS[2..7] and"
                                    + " OXM_OF_IP_DSCP[]; a dump shows the one that Skyway keeps"
                                    + " them by.",
                            text -> TOS_BITS.matcher(text).replaceAll(KnownDifferences::dscp)),
                    new Known(
                            "nw-ttl-name",
                            "`mod_nw_ttl` and `set_field:…->nw_ttl` are one action to Skyway; a"
                                    + " dump shows the first.",
                            text -> text.replaceAll("set_field:(\\d+)->nw_ttl", "mod_nw_ttl:$1")),
                    new Known(
                            "group-bytes",
                            "Open vSwitch sends a packet round again for a select group, and from"
                                    + " then on counts it with the tags pushed before; Skyway"
                                    + " counts every packet with the length it came with.",
                            text -> {
                                String t = text;
                                for (String before = ""; !before.equals(t); ) {
                                    before = t;
                                    t = SELECT_BYTES.matcher(t).replaceAll("$1$2");
                                }
                                return t;
                            }));

    private KnownDifferences() {}

    private static String dscp(MatchResult m) {
        int first = Integer.parseInt(m.group(1));
        int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
        String bits = first == last ? "" + (first - 2) : (first - 2) + ".." + (last - 2);
        return first == 2 && last == 7 ? "OXM_OF_IP_DSCP[]" : "OXM_OF_IP_DSCP[" + bits + "]";
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
