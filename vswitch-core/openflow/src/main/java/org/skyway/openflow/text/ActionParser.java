package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// Actions as in `actions=`, as they arrive at a switch over OpenFlow 1.3: `mod_vlan_vid` and
/// `mod_vlan_pcp` become a set-field, behind a push-VLAN where the packet is not known to be
/// tagged.
final class ActionParser {
    private static final int WHOLE_PACKET = 0xffff;

    /// As in `ovs-ofctl`.
    private static final int DEEPEST = 100;

    private final Match match; // which protocol "tp_src" means

    private final Names names;

    private int depth; // of the actions that are read
    private boolean tagged; // whether packets are known to have a VLAN tag by now

    ActionParser(Match match, Names names) {
        this.match = match;
        this.names = names;
        tagged = Prerequisite.VLAN.isMetBy(match);
    }

    List<Action> parse(String text) {
        List<Action> actions = new ArrayList<>();
        boolean drop = false;
        for (Tokens.Token token : Tokens.of(text)) {
            drop |= token.key().equalsIgnoreCase("drop");
            parse(token, actions);
        }
        if (drop && !actions.isEmpty()) {
            throw new FlowSyntaxException("\"drop\" must not be accompanied by any other action");
        }
        return actions;
    }

    /// Reads the actions that stand within another one or within an instruction.
    ///
    /// @param outer its name
    List<Action> nested(String outer, String text) {
        if (depth >= DEEPEST) {
            throw new FlowSyntaxException(
                    "actions are nested more than %d deep".formatted(DEEPEST));
        }
        depth++;
        List<Action> actions = parse(text);
        depth--;
        if (actions.stream().anyMatch(a -> a instanceof Action.Meter)) {
            throw new FlowSyntaxException("%s can't hold a meter".formatted(outer));
        }
        return actions;
    }

    /// Adds what one item stands for.
    void parse(Tokens.Token token, List<Action> to) {
        if (token.key().equalsIgnoreCase("drop")) {
            return;
        }
        switch (parse(token)) {
            case Action.SetVlanVid(int vid, boolean push) when push -> {
                pushTag(to);
                to.add(new Action.SetField(Field.VLAN_VID, vid | FlowKey.VLAN_PRESENT));
            }
            case Action.SetVlanPcp(int pcp, boolean push) when push -> {
                pushTag(to);
                to.add(new Action.SetField(Field.VLAN_PCP, pcp));
            }
            case Action.PushVlan push -> {
                tagged = true;
                to.add(push);
            }
            case Action.PopVlan pop -> {
                tagged = false;
                to.add(pop);
            }
            case Action other -> to.add(other);
        }
    }

    private void pushTag(List<Action> to) {
        if (!tagged) {
            to.add(new Action.PushVlan(0x8100));
            tagged = true;
        }
    }

    private Action parse(Tokens.Token token) {
        ActionTexts.Reader reader = ActionTexts.reader(token);
        if (reader != null) {
            return reader.read(token, this);
        }
        Action refused = ExtensionText.refused(token);
        if (refused != null) {
            return refused;
        }
        // Whatever else is a port is one to output to, as for ovs-ofctl.
        Integer port = names.findPort(token.key());
        if (port != null) {
            return new Action.Output(port, 0);
        }
        throw new FlowSyntaxException(
                "there is no action \"%s\"; ovs-actions(7) lists them".formatted(token));
    }

    Names names() {
        return names;
    }

    private static int small(String what, String text) {
        return Numbers.parse(what, text, 0xffffffffL);
    }

    Action output(String value) {
        if (value.contains("port") && value.contains("max_len")) {
            return truncated(value);
        }
        Integer port = names.findPort(value);
        if (port != null) {
            return new Action.Output(port, port == OfPort.CONTROLLER ? WHOLE_PACKET : 0);
        }
        if (value.indexOf('[') >= 0 || FieldLexicon.find(value) != null) {
            return new Action.OutputReg(FieldLexicon.part(value), WHOLE_PACKET);
        }
        return new Action.Output(names.port(value), 0); // which says what there is
    }

    Action enqueue(Tokens.Token token) {
        String[] parts = token.value().split("[,:q]", 2);
        if (parts.length != 2) {
            throw new FlowSyntaxException("\"%s\" should have 2 parts".formatted(token));
        }
        String port = parts[0];
        int number = names.port(port);
        if (!isReal(number)) {
            throw new FlowSyntaxException("%s has no queues".formatted(port));
        }
        return new Action.Enqueue(number, small("queue", parts[1]));
    }

    private static boolean isReal(int port) {
        return port >= 0 && port <= OfPort.MAX || port == OfPort.LOCAL || port == OfPort.IN_PORT;
    }

    private Action truncated(String value) {
        Integer port = null;
        Integer length = null;
        for (Tokens.Token part : Tokens.of(value)) {
            switch (part.key()) {
                case "port" -> port = names.port(part.value());
                case "max_len" -> length = small("max_len", part.value());
                default ->
                        throw new FlowSyntaxException(
                                "output(%s) has \"%s\"; it takes port and max_len"
                                        .formatted(value, part));
            }
        }
        if (port == null || length == null || Action.OutputTruncated.isTooShort(length)) {
            throw new FlowSyntaxException(
                    "output(%s) needs a port and a max_len of at least %d"
                            .formatted(value, Action.OutputTruncated.MIN_LENGTH));
        }
        if (!isReal(port)) {
            throw new FlowSyntaxException(
                    "output(%s) can't go to a reserved port but LOCAL and IN_PORT"
                            .formatted(value));
        }
        return new Action.OutputTruncated(port, length);
    }

    static Action controller(Tokens.Token token) {
        if (token.delimiter() != '(') {
            int length =
                    token.value().isEmpty()
                            ? WHOLE_PACKET
                            : Numbers.parse("controller", token.value(), WHOLE_PACKET);
            return new Action.Output(OfPort.CONTROLLER, length);
        }
        int length = WHOLE_PACKET;
        int reason = 1; // OFPR_ACTION
        int id = 0;
        Bytes userdata = Bytes.EMPTY;
        boolean pause = false;
        int meterId = 0;
        for (Tokens.Token part : Tokens.of(token.value())) {
            switch (part.key()) {
                case "max_len" -> length = Numbers.parse("max_len", part.value(), WHOLE_PACKET);
                case "reason" -> reason = ActionTexts.REASONS.indexOf(part.value());
                case "id" -> id = Numbers.parse("id", part.value(), 0xffff);
                case "userdata" -> userdata = hex(part.value().replace(".", ""));
                case "pause" -> pause = true;
                case "meter_id" -> meterId = small("meter_id", part.value());
                default ->
                        throw new FlowSyntaxException(
                                "controller(…) knows no \"%s\"".formatted(part));
            }
        }
        if (reason < 0) {
            throw new FlowSyntaxException(
                    "controller(%s): the reason is none of %s"
                            .formatted(token.value(), String.join(", ", ActionTexts.REASONS)));
        }
        return new Action.Controller(length, reason, id, userdata, pause, meterId);
    }

    Action set(Field field, String text) {
        FieldValue value = FieldValue.parse(field, text, names);
        return new Action.SetField(
                field, value.high(), value.low(), value.maskHigh(), value.maskLow());
    }

    Action setUnmasked(Field field, String value) {
        if (value.indexOf('/') >= 0) {
            throw new FlowSyntaxException("%s can't be masked here".formatted(value));
        }
        return set(field, value);
    }

    /// Sets a port of the transport protocol that is matched, or of whichever the packet has.
    Action setPort(Tokens.Token token, boolean destination) {
        int port = Numbers.parse(token.key(), token.value(), 0xffff);
        Action.SetPort any = new Action.SetPort(destination, port);
        Field field = any.fieldOf(match);
        return field == null ? any : new Action.SetField(field, port);
    }

    private static String[] arrow(String value) {
        int at = value.lastIndexOf("->");
        if (at < 0) {
            throw new FlowSyntaxException(
                    "\"%s\" lacks \"->\" and what to write to".formatted(value));
        }
        return new String[] {value.substring(0, at).strip(), value.substring(at + 2).strip()};
    }

    static int dscp(int tos) {
        if ((tos & 3) != 0) {
            throw new FlowSyntaxException("%d: not a valid TOS".formatted(tos));
        }
        return tos >> 2;
    }

    static Action move(String text) {
        String[] ends = arrow(text);
        SubField from = FieldLexicon.part(ends[0]);
        SubField to = FieldLexicon.part(ends[1]);
        if (from.bits() != to.bits()) {
            throw new FlowSyntaxException(
                    "%s: source field is %d bits wide but destination is %d bits wide"
                            .formatted(text, from.bits(), to.bits()));
        }
        checkWritten(to.field());
        return new Action.Move(from, to);
    }

    static Action checkPacketLarger(Tokens.Token token) {
        String[] ends = arrow(token.value().replace(")->", "->"));
        int length = Numbers.parse(token.key().toLowerCase(Locale.ROOT), ends[0], 0xffff);
        SubField target = FieldLexicon.part(ends[1]);
        if (target.bits() != 1) {
            throw new FlowSyntaxException(
                    "check_pkt_larger writes one bit, and %s has %d"
                            .formatted(ends[1], target.bits()));
        }
        return new Action.CheckPacketLarger(length, target);
    }

    private static void checkWritten(Field field) {
        if (field == Field.CT_MARK || field == Field.CT_LABEL) {
            throw new FlowSyntaxException("cannot set CT fields outside of ct action");
        }
    }

    Action setField(String value) {
        String[] ends = arrow(value);
        Field field = FieldLexicon.get(ends[1]);
        if (!field.writable()) {
            throw new FlowSyntaxException(field.ovsName() + " can't be written");
        }
        checkWritten(field);
        if (!FieldValue.parse(field, ends[0], names).fits(field)) {
            throw new FlowSyntaxException(
                    "%s is not a valid value for field %s".formatted(ends[0], ends[1]));
        }
        return set(field, ends[0]);
    }

    Action load(String text) {
        String[] ends = arrow(text);
        SubField target = FieldLexicon.part(ends[1]);
        if (!target.field().writable()) {
            throw new FlowSyntaxException(target.field().ovsName() + " can't be written");
        }
        checkWritten(target.field());
        long value;
        if (target.field().wide() && target.bits() == target.field().width()) {
            value = FieldValue.parse(target.field(), ends[0], names).low();
        } else {
            value = Numbers.parse("load", ends[0]);
        }
        if (target.bits() < 64 && value >>> target.bits() != 0) {
            throw new FlowSyntaxException("%s does not fit into %s".formatted(ends[0], ends[1]));
        }
        return new Action.Load(target, value);
    }

    static Action decTtl(String value) {
        if (value.isEmpty()) {
            return new Action.DecTtl(List.of(0));
        }
        List<Integer> ids = new ArrayList<>();
        for (Tokens.Token id : Tokens.of(value)) {
            ids.add(Numbers.parse("dec_ttl", id.key(), 0xffff));
        }
        if (ids.isEmpty()) {
            throw new FlowSyntaxException("dec_ttl(%s) names no controller".formatted(value));
        }
        return new Action.DecTtl(ids);
    }

    Action resubmit(Tokens.Token token) {
        if (token.delimiter() != '(') {
            return new Action.Resubmit(names.port(token.value()), 255, false);
        }
        String[] parts = token.value().split(",", -1);
        String port = parts[0].strip();
        String table = parts.length > 1 ? parts[1].strip() : "";
        boolean ct = parts.length > 2 && !parts[2].isEmpty();
        if (ct && !parts[2].equals("ct")) {
            throw new FlowSyntaxException("%s: unknown parameter".formatted(parts[2]));
        }
        if (port.isEmpty() && (table.isEmpty() || table.equals("255"))) {
            throw new FlowSyntaxException("\"%s\" needs a port or a table".formatted(token));
        }
        return new Action.Resubmit(
                port.isEmpty() ? OfPort.IN_PORT : names.port(port),
                table.isEmpty() ? 255 : names.table(table),
                ct);
    }

    static Action conjunction(String value) {
        String[] parts = value.split("[,/]");
        if (parts.length != 3 || value.indexOf('/') < value.indexOf(',')) {
            throw new FlowSyntaxException(
                    "\"conjunction(%s)\" should be conjunction(id,k/n)".formatted(value));
        }
        return new Action.Conjunction(
                small("conjunction id", parts[0].strip()),
                Numbers.parse("conjunction clause", parts[1].strip(), 64) - 1,
                Numbers.parse("conjunction clauses", parts[2].strip(), 64));
    }

    static Action finTimeout(String value) {
        int idle = 0;
        int hard = 0;
        for (Tokens.Token part : Tokens.of(value)) {
            switch (part.key()) {
                case "idle_timeout" -> idle = Numbers.parse(part.key(), part.value(), 0xffff);
                case "hard_timeout" -> hard = Numbers.parse(part.key(), part.value(), 0xffff);
                default ->
                        throw new FlowSyntaxException(
                                "fin_timeout(…) knows no \"%s\"".formatted(part));
            }
        }
        return new Action.FinTimeout(idle, hard);
    }

    static Bytes hex(String text) {
        try {
            return Bytes.of(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            throw new FlowSyntaxException(
                    "\"%s\" is no string of hexadecimal bytes".formatted(text));
        }
    }
}
