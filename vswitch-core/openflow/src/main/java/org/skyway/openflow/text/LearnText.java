package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.LearnSpec;
import org.skyway.openflow.model.SubField;

/// `learn(…)`.
final class LearnText {
    private static final int DEFAULT_PRIORITY = 32768;

    private LearnText() {}

    static Action parse(String text, Names names) {
        int idle = 0;
        int hard = 0;
        int priority = DEFAULT_PRIORITY;
        long cookie = 0;
        int flags = 0;
        int table = 1;
        int finIdle = 0;
        int finHard = 0;
        int limit = 0;
        SubField result = null;
        List<LearnSpec> specs = new ArrayList<>();
        for (Tokens.Token token : Tokens.of(text)) {
            String value = token.value();
            switch (token.key()) {
                case "table" -> table = names.table(value);
                case "priority" -> priority = (int) Numbers.parse("priority", value) & 0xffff;
                case "idle_timeout" -> idle = Numbers.parse(token.key(), value, 0xffff);
                case "hard_timeout" -> hard = Numbers.parse(token.key(), value, 0xffff);
                case "fin_idle_timeout" -> finIdle = Numbers.parse(token.key(), value, 0xffff);
                case "fin_hard_timeout" -> finHard = Numbers.parse(token.key(), value, 0xffff);
                case "cookie" -> cookie = Numbers.parse("cookie", value);
                case "limit" -> limit = Numbers.parse("limit", value, Integer.MAX_VALUE);
                case "send_flow_rem" -> flags |= 1;
                case "delete_learned" -> flags |= 2;
                case "result_dst" -> {
                    flags |= 4;
                    result = FieldLexicon.part(value);
                    if (result.bits() != 1) {
                        throw new FlowSyntaxException(
                                "result_dst in 'learn' action must be a single bit, not " + value);
                    }
                }
                case "output" -> {
                    SubField source = FieldLexicon.part(value);
                    specs.add(
                            new LearnSpec(
                                    LearnSpec.Kind.OUTPUT, source, null, null, source.bits()));
                }
                case "load" -> specs.add(load(value));
                default -> specs.add(match(token, names));
            }
        }
        return new Action.Learn(
                idle, hard, priority, cookie, flags, table, finIdle, finHard, limit, result, specs);
    }

    private static LearnSpec load(String value) {
        int arrow = value.indexOf("->");
        if (arrow < 0) {
            throw new FlowSyntaxException("learn's \"load:%s\" lacks \"->\"".formatted(value));
        }
        String from = value.substring(0, arrow);
        SubField target = FieldLexicon.part(value.substring(arrow + 2));
        if (from.indexOf('[') >= 0 || FieldLexicon.find(from) != null) {
            return new LearnSpec(
                    LearnSpec.Kind.LOAD, FieldLexicon.part(from), null, target, target.bits());
        }
        return immediate(LearnSpec.Kind.LOAD, target, 0, Numbers.parse("load", from));
    }

    private static LearnSpec match(Tokens.Token token, Names names) {
        SubField target = FieldLexicon.part(token.key());
        if (token.delimiter() == 0) {
            return new LearnSpec(LearnSpec.Kind.MATCH, target, null, target, target.bits());
        }
        String value = token.value();
        if (value.indexOf('[') >= 0 || FieldLexicon.find(value) != null) {
            return new LearnSpec(
                    LearnSpec.Kind.MATCH, FieldLexicon.part(value), null, target, target.bits());
        }
        Field field = target.field();
        FieldValue parsed = FieldValue.parse(field, value, names);
        return immediate(LearnSpec.Kind.MATCH, target, parsed.high(), parsed.low());
    }

    private static LearnSpec immediate(LearnSpec.Kind kind, SubField target, long high, long low) {
        int bits = target.bits();
        boolean fits =
                bits < 64 ? high == 0 && low >>> bits == 0 : bits == 128 || high >>> bits - 64 == 0;
        if (!fits) {
            throw new FlowSyntaxException(
                    "learn's 0x%s does not fit into %d bits"
                            .formatted(
                                    high == 0
                                            ? Long.toHexString(low)
                                            : "%x%016x".formatted(high, low),
                                    bits));
        }
        byte[] bytes = new byte[(target.bits() + 7) / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[bytes.length - 1 - i] = (byte) ((i < 8 ? low : high) >>> 8 * (i & 7));
        }
        return new LearnSpec(kind, null, Bytes.of(bytes), target, target.bits());
    }

    static String print(Action.Learn learn) {
        List<String> items = new ArrayList<>();
        items.add("table=" + learn.table());
        add(items, "idle_timeout", learn.idleTimeout(), 0);
        add(items, "hard_timeout", learn.hardTimeout(), 0);
        add(items, "fin_idle_timeout", learn.finIdleTimeout(), 0);
        add(items, "fin_hard_timeout", learn.finHardTimeout(), 0);
        add(items, "priority", learn.priority(), DEFAULT_PRIORITY);
        if (learn.cookie() != 0) {
            items.add("cookie=0x" + Long.toHexString(learn.cookie()));
        }
        if ((learn.flags() & 1) != 0) {
            items.add("send_flow_rem");
        }
        if ((learn.flags() & 2) != 0) {
            items.add("delete_learned");
        }
        add(items, "limit", learn.limit(), 0);
        if (learn.resultTarget() != null) {
            items.add("result_dst=" + FieldLexicon.print(learn.resultTarget()));
        }
        for (LearnSpec spec : learn.specs()) {
            String source =
                    spec.source() == null
                            ? "0x" + spec.immediate()
                            : FieldLexicon.print(spec.source());
            items.add(
                    switch (spec.kind()) {
                        case OUTPUT -> "output:" + source;
                        case LOAD -> "load:" + source + "->" + FieldLexicon.print(spec.target());
                        case MATCH ->
                                spec.target().equals(spec.source())
                                        ? source
                                        : FieldLexicon.print(spec.target()) + "=" + source;
                    });
        }
        return "learn(" + String.join(",", items) + ")";
    }

    private static void add(List<String> items, String name, int value, int unless) {
        if (value != unless) {
            items.add(name + "=" + value);
        }
    }
}
