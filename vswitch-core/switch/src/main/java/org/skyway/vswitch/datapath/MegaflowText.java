package org.skyway.vswitch.datapath;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.pipeline.DatapathProgram;

/// Megaflows as lines for a reader. Any thread: what a poll thread removes meanwhile may still be
/// among them.
final class MegaflowText {
    private MegaflowText() {}

    /// @param actions says what a program does
    static List<String> of(
            LiveFlows live, Function<DatapathProgram, String> actions, long nowNanos) {
        List<String> lines = new ArrayList<>();
        int end = live.end();
        LiveFlows.Places places = live.places();
        for (int place = 0; place < end && place < places.ids().length; place++) {
            Megaflow flow = places.id(place) == 0 ? null : places.flows()[place];
            if (flow != null) {
                lines.add(line(flow, actions, nowNanos));
            }
        }
        return lines;
    }

    private static String line(
            Megaflow flow, Function<DatapathProgram, String> actions, long nowNanos) {
        String match = FlowText.print(flow.match);
        long silent = Math.max(0, nowNanos - flow.usedNanos) / 1_000_000;
        return "recirc_id(%s)%s, used:%d.%03ds, actions:%s"
                .formatted(
                        flow.rest == null ? "0" : "0x1",
                        match.isEmpty() ? "" : "," + match,
                        silent / 1000,
                        silent % 1000,
                        actions.apply(flow.program));
    }
}
