package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;

/// What stands behind `actions=`: actions, and instructions in the order in which OpenFlow has them
/// done. Anything else is refused, as by `ovs-ofctl`.
final class InstructionText {
    /// In OpenFlow's order.
    private enum Kind {
        METER("meter"),
        APPLY("apply_actions"),
        CLEAR("clear_actions"),
        WRITE("write_actions"),
        METADATA("write_metadata"),
        GOTO("goto_table");

        final String text;

        Kind(String text) {
            this.text = text;
        }

        static Kind of(String name) {
            for (Kind k : values()) {
                if (k.text.equals(name)) {
                    return k;
                }
            }
            return APPLY; // all plain actions are one such instruction
        }
    }

    private final ActionParser parser;
    private final Names names;
    private int meter = -1;
    private final List<Action> apply = new ArrayList<>();
    private boolean clear;
    private final List<Action> write = new ArrayList<>();
    private long metadata;
    private long metadataMask;
    private int gotoTable = -1;
    private Kind last;

    private InstructionText(Match match, Names names) {
        parser = new ActionParser(match, names);
        this.names = names;
    }

    /// Reads actions and instructions.
    ///
    /// @param text what stands behind `actions=`
    /// @param match what the packets match: `mod_tp_src` depends on it
    /// @throws FlowSyntaxException if it can't be understood
    static Instructions parse(String text, Match match, Names names) {
        return new InstructionText(match, names).parse(text);
    }

    private Instructions parse(String text) {
        boolean drop = false;
        for (Tokens.Token token : Tokens.of(text)) {
            String name = token.key().toLowerCase(Locale.ROOT);
            if (name.equals("drop")) {
                drop = true;
                continue;
            }
            Kind kind = Kind.of(name);
            inOrder(kind);
            take(kind, token);
        }
        if (drop && last != null) {
            throw new FlowSyntaxException(
                    "\"drop\" must not be accompanied by any other action or instruction");
        }
        checkConjunctions();
        return new Instructions(meter, apply, clear, write, metadata, metadataMask, gotoTable);
    }

    private void inOrder(Kind kind) {
        if (last != null && kind == last && kind != Kind.APPLY) {
            throw new FlowSyntaxException(
                    "duplicate %s instruction not allowed, for OpenFlow 1.1+ compatibility"
                            .formatted(kind.text));
        }
        if (last != null && kind.ordinal() < last.ordinal()) {
            throw new FlowSyntaxException(
                    "invalid instruction ordering: %s must appear before %s, for OpenFlow 1.1+ compatibility"
                            .formatted(kind.text, last.text));
        }
        last = kind;
    }

    private void take(Kind kind, Tokens.Token token) {
        String value = token.value();
        switch (kind) {
            case METER -> {
                meter = Numbers.parse("meter", value, 0xffffffffL);
                if (meter == Meter.ALL) {
                    throw new FlowSyntaxException("meter %s: all meters are none".formatted(value));
                }
            }
            case APPLY -> parser.parse(token, apply);
            case CLEAR -> clear = true;
            case WRITE -> write.addAll(parser.nested("write_actions", value));
            case METADATA -> metadata(value);
            case GOTO -> gotoTable = names.table(value);
        }
    }

    private void metadata(String value) {
        int slash = value.indexOf('/');
        metadataMask = slash < 0 ? -1 : Numbers.parse("mask", value.substring(slash + 1));
        metadata =
                Numbers.parse(
                                Field.METADATA.ovsName(),
                                slash < 0 ? value : value.substring(0, slash))
                        & metadataMask;
    }

    private void checkConjunctions() {
        boolean some = apply.stream().anyMatch(a -> a instanceof Action.Conjunction);
        boolean others =
                last != Kind.APPLY
                        || clear
                        || meter != -1
                        || apply.stream()
                                .anyMatch(a ->
                                        !(a instanceof Action.Conjunction)
                                                && !(a instanceof Action.Note));
        if (some && others) {
            throw new FlowSyntaxException(
                    "\"conjunction\" actions may be used along with \"note\" but not any other kind of action");
        }
    }
}
