package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.text.FlowText;

/// What one packet meets on its way through the tables, as lines that look like those of Open
/// vSwitch's `ofproto/trace`: each table with the entry that was hit, below it what is done; what a
/// `resubmit` leads to is indented.
public final class PacketTrace {
    private static final String STEP = "    ";

    private final List<String> lines = new ArrayList<>();
    private String indent = "";

    /// A trace of nothing yet.
    public PacketTrace() {}

    /// The lines so far.
    ///
    /// @return lines for a reader
    public List<String> lines() {
        return List.copyOf(lines);
    }

    void lookedUp(int table, FlowRule rule) {
        if (rule == null) {
            lines.add("%s%2d. No match.".formatted(indent, table));
            return;
        }
        String match = FlowText.print(rule.match());
        String cookie = rule.cookie() == 0 ? "" : ", cookie 0x" + Long.toHexString(rule.cookie());
        lines.add(
                "%s%2d. %s%spriority %d%s"
                        .formatted(
                                indent,
                                table,
                                match,
                                match.isEmpty() ? "" : ", ",
                                rule.priority(),
                                cookie));
        if (rule.instructions().meter() >= 0) {
            note("meter:" + rule.instructions().meter());
        }
        if (FlowText.print(rule.instructions()).equals("drop")) {
            note("drop");
        }
    }

    void instructed(Instructions i) {
        if (i.clear()) {
            note("clear_actions");
        }
        if (!i.write().isEmpty()) {
            note("write_actions(" + FlowText.print(i.write()) + ")");
        }
        if (i.metadataMask() != 0) {
            note(
                    "write_metadata:0x%x%s"
                            .formatted(
                                    i.metadata(),
                                    i.metadataMask() == -1L
                                            ? ""
                                            : "/0x%x".formatted(i.metadataMask())));
        }
        if (i.gotoTable() >= 0) {
            note("goto_table:" + i.gotoTable());
        }
    }

    void acted(Action action) {
        note(FlowText.print(List.of(action)));
    }

    void note(String text) {
        lines.add(indent + STEP + text);
    }

    void enter() {
        indent += STEP;
    }

    void leave() {
        indent = indent.substring(STEP.length());
    }
}
