package org.skyway.openflow.text;

import java.util.List;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;

/// Flow entries in the syntax of `ovs-ofctl -O OpenFlow13 add-flow`.
public final class FlowText {
    private static final String[] FLAGS = { // by bit
        "send_flow_rem", "check_overlap", "reset_counts", "no_packet_counts", "no_byte_counts"
    };

    private FlowText() {}

    /// Reads a flow, for instance `table=0,priority=100,in_port=1,actions=output:2`. Lines of
    /// `ovs-ofctl dump-flows` are understood too; their counters are passed over.
    ///
    /// Fields whose prerequisite is not matched are dropped, as `ovs-ofctl` does.
    ///
    /// @param text the flow
    /// @return the flow as a rule
    /// @throws FlowSyntaxException if it can't be understood
    public static FlowRule parse(String text) {
        FlowMod m = FlowModText.parse(FlowMod.Command.ADD, text, Names.NONE);
        return new FlowRule(
                m.table(),
                m.priority(),
                m.match(),
                m.instructions(),
                m.newCookie(),
                m.idleTimeout(),
                m.hardTimeout(),
                m.flags(),
                m.importance());
    }

    /// Reads a match alone, for instance `in_port=1,tcp,tcp_dst=80`.
    ///
    /// @param text the match; empty for everything
    /// @return the match
    /// @throws FlowSyntaxException if it can't be understood
    public static Match parseMatch(String text) {
        Match.Builder match = Match.builder();
        for (Tokens.Token token : Tokens.of(text)) {
            if (!MatchText.parse(token, match, Names.NONE)) {
                throw new FlowSyntaxException(
                        "there is no field or keyword \"%s\"; ovs-fields(7) lists them"
                                .formatted(token));
            }
        }
        return MatchText.normalise(match.build());
    }

    /// Reads an action list alone, for instance `set_field:1->reg0,output:2`.
    ///
    /// @param text the actions
    /// @param match what the packets match: `mod_tp_src` depends on it
    /// @return the actions; empty for `drop`
    /// @throws FlowSyntaxException if it can't be understood
    public static List<Action> parseActions(String text, Match match) {
        return new ActionParser(match, Names.NONE).parse(text);
    }

    /// Prints a rule so that it can be parsed again.
    ///
    /// @param rule the rule
    /// @return the flow, without counters
    public static String print(FlowRule rule) {
        StringBuilder text = new StringBuilder(100);
        print(rule, text);
        return text.toString();
    }

    /// Adds a rule to a text.
    ///
    /// @param rule the rule
    /// @param text gets the flow, without counters
    public static void print(FlowRule rule, StringBuilder text) {
        text.append("table=").append(rule.table());
        text.append(",priority=").append(rule.priority());
        addUnlessZero(text, ",idle_timeout=", rule.idleTimeout());
        addUnlessZero(text, ",hard_timeout=", rule.hardTimeout());
        addUnlessZero(text, ",importance=", rule.importance());
        if (rule.cookie() != 0) {
            text.append(",cookie=0x").append(Long.toHexString(rule.cookie()));
        }
        for (int i = 0; i < FLAGS.length; i++) {
            if ((rule.flags() >> i & 1) != 0) {
                text.append(',').append(FLAGS[i]);
            }
        }
        MatchText.print(rule.match(), text);
        text.append(" actions=");
        print(rule.instructions(), text);
    }

    private static void addUnlessZero(StringBuilder text, String name, int value) {
        if (value != 0) {
            text.append(name).append(value);
        }
    }

    /// Prints a match.
    ///
    /// @param match the match
    /// @return its items, comma-separated; empty if it matches everything
    public static String print(Match match) {
        return MatchText.print(match);
    }

    /// Prints a packet's flow key as the match that it alone would meet, without what is zero.
    ///
    /// @param key [org.skyway.openflow.model.FlowKey#WORDS] words
    /// @return the items, comma-separated
    public static String printKey(long[] key) {
        Match.Builder match = Match.builder();
        match.exact(Field.ETH_TYPE, Field.ETH_TYPE.get(key));
        match.exact(Field.IP_PROTO, Field.IP_PROTO.get(key));
        for (Field field : Field.values()) {
            if (!field.isAlias() && (field.get(key) != 0 || field.getHigh(key) != 0)) {
                if (field.wide()) {
                    match.masked(field, field.getHigh(key), field.get(key), -1L, -1L);
                } else {
                    match.exact(field, field.get(key));
                }
            }
        }
        return MatchText.print(MatchText.normalise(match.build()));
    }

    /// Prints actions.
    ///
    /// @param actions in order
    /// @return the actions, comma-separated; `drop` for none
    public static String print(List<Action> actions) {
        return ActionTexts.print(actions);
    }

    /// Prints instructions as what stands after `actions=`.
    ///
    /// @param instructions the instructions
    /// @return actions and instructions, comma-separated; `drop` for none
    public static String print(Instructions instructions) {
        StringBuilder text = new StringBuilder();
        print(instructions, text);
        return text.toString();
    }

    private static void print(Instructions instructions, StringBuilder text) {
        int start = text.length();
        if (instructions.meter() >= 0) {
            text.append(",meter:").append(instructions.meter());
        }
        for (Action action : instructions.apply()) {
            text.append(',').append(ActionTexts.print(action));
        }
        if (instructions.clear()) {
            text.append(",clear_actions");
        }
        if (!instructions.write().isEmpty()) {
            text.append(",write_actions(").append(ActionTexts.print(instructions.write()));
            text.append(')');
        }
        if (instructions.metadataMask() != 0) {
            FieldValue metadata =
                    new FieldValue(0, instructions.metadata(), 0, instructions.metadataMask());
            text.append(",write_metadata:").append(metadata.print(Field.METADATA));
        }
        if (instructions.gotoTable() >= 0) {
            text.append(",goto_table:").append(instructions.gotoTable());
        }
        if (text.length() == start) {
            text.append("drop");
        } else {
            text.deleteCharAt(start); // the first comma
        }
    }
}
