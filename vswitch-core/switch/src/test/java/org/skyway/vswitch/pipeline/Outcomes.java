package org.skyway.vswitch.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.skyway.openflow.text.FlowText;

/// What programs do, as texts that are equal exactly when the programs are.
final class Outcomes {
    private Outcomes() {}

    static String text(DatapathProgram program) {
        return "%s; entries %s; looked up %s, matched %s; %d groups"
                .formatted(
                        actions(program),
                        Arrays.toString(program.entries()),
                        Arrays.toString(program.lookedUp()),
                        Arrays.toString(program.matched()),
                        program.groups().length);
    }

    static List<String> actions(DatapathProgram program) {
        List<String> texts = new ArrayList<>();
        for (DatapathAction action : program.actions()) {
            texts.add(
                    switch (action) {
                        case DatapathAction.Rewrite(long[] values, long[] masks) -> {
                            long[] written = new long[masks.length];
                            Arrays.setAll(written, w -> values[w] & masks[w]);
                            yield "rewrite %s/%s".formatted(hex(written), hex(masks));
                        }
                        case DatapathAction.ToController c ->
                                "controller %d %d %d %x %d %d %s %s"
                                        .formatted(
                                                c.maxLength(),
                                                c.reason(),
                                                c.table(),
                                                c.cookie(),
                                                c.controllerId(),
                                                c.inPort(),
                                                hex(c.metadata()),
                                                c.rest() == null ? "" : rest(c.rest()));
                        case DatapathAction.Learned learned ->
                                "learn " + FlowText.print(learned.rule());
                        case DatapathAction.Recirculate(Frozen rest) -> rest(rest);
                        default -> action.toString();
                    });
        }
        return texts;
    }

    private static String rest(Frozen rest) {
        long[] key = new long[org.skyway.openflow.model.FlowKey.WORDS];
        rest.restore(key);
        return "recirculate %s %s %s %s %d %s"
                .formatted(
                        rest.jobs(),
                        rest.stack(),
                        rest.actionSet(),
                        hex(key),
                        rest.inPort(),
                        rest.hashed());
    }

    private static String hex(long[] words) {
        StringBuilder text = new StringBuilder();
        for (int w = 0; w < words.length; w++) {
            if (words[w] != 0) {
                text.append("%d=%x ".formatted(w, words[w]));
            }
        }
        return text.toString();
    }
}
