package org.skyway.experiments.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.StringJoiner;
import org.skyway.experiments.bed.Verdicts;

/// The faults that a switch may record while VNFs and controllers mistreat it: those that say what
/// somebody else did. Any other means that the switch met something that it was not made for.
public final class Tolerated {
    // spotless:off
    private static final List<Row> ROWS =
            List.of(
                    new Row("datapath",                   "stuck thread",      "a poll thread that got no core for a second on a busy machine"),
                    new Row("poll thread: .*",            "InternalError",     "a region that its VNF cut short is noticed by this"),
                    new Row("ofproto thread: .*",         "InternalError",     "a region that its VNF cut short is noticed by this"),
                    new Row("ofproto thread: connection", "refused|.*bound.*", "a controller that asks for too much is refused"),
                    new Row("pipeline",                   "gave up",           "a controller's rules lead a packet round in circles"),
                    new Row("ctl: connection",            "too many",          "somebody opens more than there may be"));
    // spotless:on

    private record Row(String where, String what, String why) {}

    private Tolerated() {}

    /// Judges what a switch has recorded.
    ///
    /// @param verdicts where
    /// @param faults as in `ctl show`
    public static void judge(Verdicts verdicts, JsonNode faults) {
        StringJoiner tolerated = new StringJoiner("; ");
        StringJoiner mistakes = new StringJoiner("; ");
        for (JsonNode f : faults) {
            String where = f.get("where").asText();
            String what = f.get("what").asText();
            boolean known =
                    ROWS.stream().anyMatch(r -> where.matches(r.where) && what.matches(r.what));
            (known ? tolerated : mistakes)
                    .add(
                            "%d x %s: %s%s"
                                    .formatted(
                                            f.get("count").asLong(),
                                            where,
                                            what,
                                            known ? "" : " (" + f.get("last").asText() + ")"));
        }
        verdicts.judge(
                "faults of the switch's own",
                mistakes.length() == 0,
                (mistakes.length() == 0 ? "none" : mistakes.toString())
                        + (tolerated.length() == 0 ? "" : "; caused by others: " + tolerated));
    }
}
