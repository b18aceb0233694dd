package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.GroupEntry.Bucket;
import org.skyway.openflow.model.GroupEntry.Hashed;
import org.skyway.openflow.model.GroupEntry.Type;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;

/// Groups in the syntax of `ovs-ofctl -O OpenFlow13 add-group`.
public final class GroupText {
    private static final int NO_GROUP = -1;
    private static final long MOST_GROUPS = 0xffffff00L;

    private GroupText() {}

    /// Reads a group, for instance `group_id=1,type=all,bucket=actions=output:2`.
    ///
    /// @param text the group
    /// @return the group
    /// @throws FlowSyntaxException if it can't be understood
    public static GroupEntry parse(String text) {
        return parse(text, Names.NONE);
    }

    /// Reads a group that may name ports.
    ///
    /// @param text the group
    /// @param names what they stand for
    /// @return the group
    /// @throws FlowSyntaxException if it can't be understood
    public static GroupEntry parse(String text, Names names) {
        String[] parts = text.split("(?<=^|[, \t])bucket[=:]", -1);
        long id = -1;
        Type type = null;
        String method = "";
        long param = 0;
        List<Hashed> fields = new ArrayList<>();
        for (Tokens.Token token : Tokens.of(parts[0])) {
            switch (token.key()) {
                case "group_id" -> id = Numbers.parse("group_id", token.value());
                case "type" -> type = type(token.value());
                case "selection_method" -> method = method(token.value());
                case "selection_method_param" -> param = Numbers.parse(token.key(), token.value());
                case "fields" -> {
                    for (Tokens.Token field : Tokens.of(token.value())) {
                        fields.add(hashed(field, names));
                    }
                }
                default -> throw new FlowSyntaxException("a group has no \"%s\"".formatted(token));
            }
        }
        if (id < 0 || id > MOST_GROUPS) {
            throw new FlowSyntaxException(
                    "\"%s\" needs a group_id of 0 to %d".formatted(text, MOST_GROUPS));
        }
        if (type == null) {
            throw new FlowSyntaxException(
                    "group %d needs a type: all, select, indirect or fast_failover".formatted(id));
        }
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            buckets.add(bucket(parts[i], type, i - 1, names));
        }
        if (type == Type.INDIRECT && buckets.size() != 1) {
            throw new FlowSyntaxException(
                    "indirect group %d must have one bucket, and has %d"
                            .formatted(id, buckets.size()));
        }
        return new GroupEntry((int) id, type, buckets, method, param, fields);
    }

    /// Reads a line of a file of groups: `add`, `modify`, `add_or_mod` or `delete` and a group; one
    /// without such a word adds.
    ///
    /// @param line without a comment
    /// @param names of the switch's ports and tables
    /// @return the group-mod
    /// @throws FlowSyntaxException if it can't be understood
    public static GroupMod parseMod(String line, Names names) {
        String text = line.strip();
        int length = 0;
        while (length < text.length() && ", \t\r\n".indexOf(text.charAt(length)) < 0) {
            length++;
        }
        String word = text.substring(0, length);
        String rest = text.substring(length);
        if ("delete".startsWith(word) && !"add".startsWith(word)) {
            int id = deleted(rest);
            return new GroupMod(
                    GroupMod.DELETE,
                    id,
                    0,
                    GroupMod.BUCKET_ALL,
                    new GroupEntry(id, Type.ALL, List.of(), "", 0, List.of()));
        }
        int command =
                "add".startsWith(word)
                        ? GroupMod.ADD
                        : "modify".startsWith(word)
                                ? GroupMod.MODIFY
                                : "add_or_mod".startsWith(word) ? GroupMod.ADD_OR_MODIFY : -1;
        GroupEntry group = parse(command < 0 ? text : rest, names);
        return new GroupMod(
                command < 0 ? GroupMod.ADD : command,
                group.id(),
                group.type().ordinal(),
                GroupMod.BUCKET_ALL,
                group);
    }

    private static int deleted(String text) {
        int id = GroupMod.ALL;
        for (Tokens.Token token : Tokens.of(text)) {
            if (!token.key().equals("group_id")) {
                throw new FlowSyntaxException(
                        "delete takes a group_id and no \"%s\"".formatted(token));
            }
            id = id(token.value());
        }
        return id;
    }

    /// A group's number, or `any` or `all`.
    static int id(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "any" -> NO_GROUP;
            case "all" -> GroupMod.ALL;
            default -> Numbers.parse("group", text, 0xffffffffL);
        };
    }

    private static String method(String text) {
        if (!text.matches("[a-z_]{1,15}")) {
            throw new FlowSyntaxException(
                    "\"%s\" is no selection_method; there are hash and dp_hash".formatted(text));
        }
        return text;
    }

    private static Hashed hashed(Tokens.Token token, Names names) {
        Field field = FieldLexicon.get(token.key());
        if (token.value().isEmpty()) {
            return new Hashed(field);
        }
        FieldValue bits = FieldValue.parse(field, token.value(), names);
        boolean whole = bits.low() == field.whole() && (!field.wide() || bits.high() == -1);
        return whole ? new Hashed(field) : new Hashed(field, bits.high(), bits.low());
    }

    private static String print(Hashed f) {
        if (f.isWhole()) {
            return f.field().ovsName();
        }
        FieldValue bits = new FieldValue(f.high(), f.low() & f.field().whole(), -1, -1);
        return f.field().ovsName() + "=" + bits.print(f.field());
    }

    private static Type type(String text) {
        return switch (text) {
            case "all" -> Type.ALL;
            case "select" -> Type.SELECT;
            case "indirect" -> Type.INDIRECT;
            case "ff", "fast_failover" -> Type.FAST_FAILOVER;
            default ->
                    throw new FlowSyntaxException(
                            "\"%s\" is no group type; there are all, select, indirect and fast_failover"
                                    .formatted(text));
        };
    }

    private static Bucket bucket(String text, Type type, int index, Names names) {
        int id = index;
        int weight = type == Type.SELECT ? 1 : 0;
        int watchPort = OfPort.ANY;
        int watchGroup = NO_GROUP;
        List<Action> actions = new ArrayList<>();
        ActionParser parser = new ActionParser(Match.ANY, names);
        int at = text.startsWith("actions=") ? 0 : text.indexOf(",actions=") + 1;
        boolean marked = text.startsWith("actions=") || at > 0;
        String head = marked ? text.substring(0, at) : text;
        for (Tokens.Token token : Tokens.of(head)) {
            String value = token.value();
            switch (token.key()) {
                case "bucket_id" -> id = (int) Numbers.parse("bucket_id", value);
                case "weight" -> weight = Numbers.parse("weight", value, 0xffff);
                case "watch_port" -> watchPort = names.port(value);
                case "watch_group" ->
                        watchGroup =
                                value.equals("any")
                                        ? NO_GROUP
                                        : (int) Numbers.parse("watch_group", value);
                default -> parser.parse(token, actions);
            }
        }
        if (marked) {
            actions.addAll(parser.parse(text.substring(at + "actions=".length())));
        }
        return new Bucket(id, weight, watchPort, watchGroup, actions);
    }

    /// Prints a group so that it can be parsed again.
    ///
    /// @param group the group
    /// @return the group, without counters
    public static String print(GroupEntry group) {
        StringJoiner items = new StringJoiner(",");
        items.add("group_id=" + Integer.toUnsignedString(group.id()));
        items.add("type=" + group.type().name().toLowerCase(Locale.ROOT));
        if (!group.selectionMethod().isEmpty()) {
            items.add("selection_method=" + group.selectionMethod());
            items.add("selection_method_param=" + group.selectionParam());
        }
        if (!group.selectionFields().isEmpty()) {
            StringJoiner fields = new StringJoiner(",", "fields(", ")");
            group.selectionFields().forEach(f -> fields.add(print(f)));
            items.add(fields.toString());
        }
        for (Bucket bucket : group.buckets()) {
            StringJoiner parts = new StringJoiner(",", "bucket=", "");
            parts.add("bucket_id:" + Integer.toUnsignedString(bucket.id()));
            if (group.type() == Type.SELECT || bucket.weight() != 0) {
                parts.add("weight:" + bucket.weight());
            }
            if (bucket.watchPort() != OfPort.ANY) {
                parts.add("watch_port:" + Numbers.port(bucket.watchPort()));
            }
            if (bucket.watchGroup() != NO_GROUP) {
                parts.add("watch_group:" + Integer.toUnsignedString(bucket.watchGroup()));
            }
            parts.add("actions=" + ActionTexts.print(bucket.actions()));
            items.add(parts.toString());
        }
        return items.toString();
    }
}
