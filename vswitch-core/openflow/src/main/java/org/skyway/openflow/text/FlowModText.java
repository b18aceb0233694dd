package org.skyway.openflow.text;

import java.util.List;
import java.util.Locale;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// Flow-mods in the syntax of the lines that `ovs-ofctl -O OpenFlow13 add-flows` reads.
public final class FlowModText {
    private static final int DEFAULT_PRIORITY = 0x8000;

    /// In the order in which `ovs-ofctl` tries them: a word's beginning stands for the first that
    /// has it.
    private static final List<FlowMod.Command> COMMANDS =
            List.of(
                    FlowMod.Command.ADD,
                    FlowMod.Command.DELETE,
                    FlowMod.Command.DELETE_STRICT,
                    FlowMod.Command.MODIFY,
                    FlowMod.Command.MODIFY_STRICT);

    private FlowModText() {}

    private static String name(FlowMod.Command command) {
        return command.name().toLowerCase(Locale.ROOT);
    }

    /// What is left of a line of a file without its comment.
    ///
    /// @param line as it stands in the file
    /// @return the flow-mod's text; empty if there is none
    public static String withoutComment(String line) {
        int comment = line.indexOf('#');
        return (comment < 0 ? line : line.substring(0, comment)).strip();
    }

    /// Reads a line, for instance `delete in_port=vnf1` or `priority=7,in_port=1,actions=2`: one
    /// without a command adds. Lines of `ovs-ofctl dump-flows` are understood; their counters are
    /// passed over.
    ///
    /// Fields whose prerequisite is not matched are dropped, and who names no table means table 0,
    /// or all of them in deletions, as with `ovs-ofctl`.
    ///
    /// @param line without a comment
    /// @param names of the switch's ports and tables
    /// @return the flow-mod
    /// @throws FlowSyntaxException if it can't be understood
    public static FlowMod parse(String line, Names names) {
        String text = line.strip();
        int length = 0;
        while (length < text.length() && ", \t\r\n".indexOf(text.charAt(length)) < 0) {
            length++;
        }
        String word = text.substring(0, length);
        for (FlowMod.Command command : COMMANDS) {
            if (name(command).startsWith(word)) {
                return parse(command, text.substring(length), names);
            }
        }
        return parse(FlowMod.Command.ADD, text, names);
    }

    /// Reads a flow-mod whose command is known.
    static FlowMod parse(FlowMod.Command command, String text, Names names) {
        Head head = new Head(command, names);
        String before = text;
        String actions = null;
        if (!head.deletes()) {
            int at = text.indexOf("action");
            int equals = at < 0 ? -1 : text.indexOf('=', at);
            if (equals < 0) {
                throw new FlowSyntaxException(
                        "\"%s\" has no \"actions=\"; write actions=drop for none"
                                .formatted(text.strip()));
            }
            before = text.substring(0, at);
            actions = text.substring(equals + 1);
        }
        for (Tokens.Token token : Tokens.of(before)) {
            head.take(token);
        }
        Match written = head.match.build();
        Match match = MatchText.normalise(written);
        Instructions instructions =
                actions == null
                        ? Instructions.DROP
                        : InstructionText.parse(actions, written, names);
        return head.flowMod(match, instructions);
    }

    /// What stands before the actions.
    private static final class Head {
        final FlowMod.Command command;
        final Names names;
        final Match.Builder match = Match.builder();
        int table = FlowMod.ALL_TABLES;
        int priority = DEFAULT_PRIORITY;
        long cookie;
        long cookieMask;
        long newCookie;
        boolean modifyCookie;
        int idleTimeout;
        int hardTimeout;
        int importance;
        int outPort = OfPort.ANY;
        int outGroup = -1;
        int flags;

        Head(FlowMod.Command command, Names names) {
            this.command = command;
            this.names = names;
            newCookie = modifies() ? -1 : 0;
        }

        boolean deletes() {
            return command == FlowMod.Command.DELETE || command == FlowMod.Command.DELETE_STRICT;
        }

        boolean modifies() {
            return command == FlowMod.Command.MODIFY || command == FlowMod.Command.MODIFY_STRICT;
        }

        void take(Tokens.Token token) {
            if (flag(token.key()) || MatchText.parse(token, match, names)) {
                return;
            }
            if (token.value().isEmpty()) {
                throw new FlowSyntaxException(
                        "there is no field \"%s\", or its value is missing; ovs-fields(7) lists them"
                                .formatted(token));
            }
            if (!keyword(token.key(), token.value()) && !forCommand(token.key(), token.value())) {
                throw new FlowSyntaxException(
                        "there is no field or keyword \"%s\" for %s; ovs-fields(7) lists them"
                                .formatted(token, name(command)));
            }
        }

        private boolean flag(String name) {
            if (name.equals("no_readonly_table") || name.equals("allow_hidden_fields")) {
                return true;
            }
            int bit =
                    switch (name) {
                        case "send_flow_rem" -> FlowRule.SEND_FLOW_REMOVED;
                        case "check_overlap" -> FlowRule.CHECK_OVERLAP;
                        case "reset_counts" -> FlowRule.RESET_COUNTS;
                        case "no_packet_counts" -> FlowRule.NO_PACKET_COUNTS;
                        case "no_byte_counts" -> FlowRule.NO_BYTE_COUNTS;
                        default -> 0;
                    };
            flags |= bit;
            return bit != 0 && !deletes();
        }

        private boolean keyword(String key, String value) {
            switch (key) {
                case "table" -> table = names.table(value);
                case "cookie" -> cookie(value);
                case "duration", "n_packets", "n_bytes", "idle_age", "hard_age" -> {}
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean forCommand(String key, String value) {
            boolean strict = command == FlowMod.Command.DELETE_STRICT;
            if (deletes() && key.equals("out_port")) {
                outPort = names.port(value);
            } else if (deletes() && key.equals("out_group")) {
                outGroup = GroupText.id(value);
            } else if ((!deletes() || strict) && key.equals("priority")) {
                priority = Numbers.parse(key, value, 0xffff);
            } else if (!deletes() && key.equals("idle_timeout")) {
                idleTimeout = Numbers.parse(key, value, 0xffff);
            } else if (!deletes() && key.equals("hard_timeout")) {
                hardTimeout = Numbers.parse(key, value, 0xffff);
            } else if (command == FlowMod.Command.ADD && key.equals("importance")) {
                importance = Numbers.parse(key, value, 0xffff);
            } else {
                return false;
            }
            return true;
        }

        // With a mask, it says which entries are meant; without, it is to be theirs.
        private void cookie(String value) {
            int slash = value.indexOf('/');
            if (slash >= 0 && command == FlowMod.Command.ADD) {
                throw new FlowSyntaxException("flow additions cannot use a cookie mask");
            }
            if (slash < 0 && deletes()) {
                throw new FlowSyntaxException(
                        "cannot set cookie (to match on a cookie, specify a mask, e.g. cookie=%s/-1)"
                                .formatted(value));
            }
            if (slash >= 0) {
                cookie = Numbers.parse("cookie", value.substring(0, slash));
                cookieMask = Numbers.parse("cookie mask", value.substring(slash + 1));
            } else {
                newCookie = Numbers.parse("cookie", value);
                modifyCookie = true;
            }
        }

        FlowMod flowMod(Match normal, Instructions instructions) {
            // A modification that finds nothing adds.
            long given = modifies() && newCookie == -1 && cookieMask == 0 ? 0 : newCookie;
            return new FlowMod(
                    command,
                    normal,
                    priority,
                    table == FlowMod.ALL_TABLES && !deletes() ? 0 : table,
                    cookie,
                    cookieMask,
                    given,
                    modifyCookie,
                    idleTimeout,
                    hardTimeout,
                    importance,
                    -1,
                    outPort,
                    outGroup,
                    flags,
                    instructions);
        }
    }
}
