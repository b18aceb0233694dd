package org.skyway.openflow.text;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
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

    private final Match match; // which protocol "tp_src" means

    private final Names names;

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
        List<Action> actions = parse(text);
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
        String name = token.key().toLowerCase(Locale.ROOT);
        String value = token.value();
        return switch (name) {
            case "output" -> output(value);
            case "controller" -> controller(token);
            case "enqueue" -> {
                String[] parts = parts(token, "[,:q]", 2);
                yield enqueue(parts[0], parts[1]);
            }
            case "group" -> new Action.Group(small(name, value));
            case "set_queue" -> new Action.SetQueue(small(name, value));
            case "pop_queue" -> new Action.PopQueue();
            case "meter" -> new Action.Meter(small(name, value));
            case "push_vlan" -> new Action.PushVlan(Numbers.parse(name, value, 0xffff));
            case "pop_vlan", "strip_vlan" -> new Action.PopVlan();
            case "mod_vlan_vid" -> new Action.SetVlanVid(Numbers.parse(name, value, 4095), true);
            case "set_vlan_vid" -> new Action.SetVlanVid(Numbers.parse(name, value, 4095), false);
            case "mod_vlan_pcp" -> new Action.SetVlanPcp(Numbers.parse(name, value, 7), true);
            case "set_vlan_pcp" -> new Action.SetVlanPcp(Numbers.parse(name, value, 7), false);
            case "push_mpls" -> new Action.PushMpls(Numbers.parse(name, value, 0xffff));
            case "pop_mpls" -> new Action.PopMpls(Numbers.parse(name, value, 0xffff));
            case "mod_dl_src" -> set(Field.ETH_SRC, unmasked(value));
            case "mod_dl_dst" -> set(Field.ETH_DST, unmasked(value));
            case "mod_nw_src" -> set(Field.IPV4_SRC, unmasked(value));
            case "mod_nw_dst" -> set(Field.IPV4_DST, unmasked(value));
            case "mod_nw_tos" ->
                    new Action.SetField(Field.IP_DSCP, dscp(Numbers.parse(name, value, 255)));
            case "mod_nw_ecn" -> set(Field.IP_ECN, value);
            case "mod_nw_ttl", "set_nw_ttl" ->
                    new Action.SetField(
                            Field.IP_TTL, Numbers.parse(name, value, 255), Form.OWN_ACTION);
            case "mod_tp_src" -> set(transport(name, true), value);
            case "mod_tp_dst" -> set(transport(name, false), value);
            case "set_tunnel", "set_tunnel64" -> set(Field.TUN_ID, value);
            case "set_mpls_label" -> set(Field.MPLS_LABEL, value);
            case "set_mpls_tc" -> set(Field.MPLS_TC, value);
            case "set_mpls_ttl" -> new Action.SetMplsTtl(Numbers.parse(name, value, 255));
            case "dec_mpls_ttl" -> new Action.DecMplsTtl();
            case "dec_nsh_ttl" -> new Action.DecNshTtl();
            case "ct_clear" -> new Action.CtClear();
            case "check_pkt_larger" -> {
                String[] ends = arrow(value.replace(")->", "->"));
                int length = Numbers.parse(name, ends[0], 0xffff);
                SubField target = FieldLexicon.part(ends[1]);
                if (target.bits() != 1) {
                    throw new FlowSyntaxException(
                            "check_pkt_larger writes one bit, and %s has %d"
                                    .formatted(ends[1], target.bits()));
                }
                yield new Action.CheckPacketLarger(length, target);
            }
            case "dec_ttl" -> decTtl(value);
            case "set_field" -> setField(value);
            case "load" -> load(value);
            case "move" -> {
                String[] ends = arrow(value);
                yield move(FieldLexicon.part(ends[0]), FieldLexicon.part(ends[1]), value);
            }
            case "push" -> new Action.StackPush(FieldLexicon.part(value));
            case "pop" -> new Action.StackPop(FieldLexicon.part(value));
            case "resubmit" -> resubmit(token);
            case "note" -> new Action.Note(hex(value.replace(".", "")));
            case "clone" -> new Action.Clone(nested(name, value));
            case "conjunction" -> conjunction(value);
            case "fin_timeout" -> finTimeout(value);
            case "learn" -> LearnText.parse(value, names);
            case "multipath" -> multipath(value);
            case "bundle" -> BundleText.parse(value, false, names);
            case "bundle_load" -> BundleText.parse(value, true, names);
            case "exit" -> new Action.Exit();
            case "sample" -> ExtensionText.sample(token, names);
            default -> {
                Action refused = ExtensionText.refused(token);
                if (refused != null) {
                    yield refused;
                }
                // Whatever else is a port is one to output to, as for ovs-ofctl.
                Integer port = names.findPort(token.key());
                if (port != null) {
                    yield new Action.Output(port, 0);
                }
                throw new FlowSyntaxException(
                        "there is no action \"%s\"; ovs-actions(7) lists them".formatted(token));
            }
        };
    }

    private static int small(String what, String text) {
        return Numbers.parse(what, text, 0xffffffffL);
    }

    private static String[] parts(Tokens.Token token, String separator, int count) {
        String[] parts = token.value().split(separator, count);
        if (parts.length != count) {
            throw new FlowSyntaxException("\"%s\" should have %d parts".formatted(token, count));
        }
        return parts;
    }

    private Action output(String value) {
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

    private Action enqueue(String port, String queue) {
        int number = names.port(port);
        if (!isReal(number)) {
            throw new FlowSyntaxException("%s has no queues".formatted(port));
        }
        return new Action.Enqueue(number, small("queue", queue));
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

    private static Action controller(Tokens.Token token) {
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
                case "reason" -> reason = ActionPrinter.REASONS.indexOf(part.value());
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
                            .formatted(token.value(), String.join(", ", ActionPrinter.REASONS)));
        }
        return new Action.Controller(length, reason, id, userdata, pause, meterId);
    }

    private Action set(Field field, String text) {
        FieldValue value = FieldValue.parse(field, text, names);
        return new Action.SetField(
                field, value.high(), value.low(), value.maskHigh(), value.maskLow());
    }

    private Field transport(String action, boolean source) {
        int protocol = (int) match.exact(Field.IP_PROTO);
        return switch (protocol) {
            case 6 -> source ? Field.TCP_SRC : Field.TCP_DST;
            case 17 -> source ? Field.UDP_SRC : Field.UDP_DST;
            case 132 -> source ? Field.SCTP_SRC : Field.SCTP_DST;
            default -> throw new FlowSyntaxException(action + " needs a match on tcp, udp or sctp");
        };
    }

    private static String[] arrow(String value) {
        int at = value.lastIndexOf("->");
        if (at < 0) {
            throw new FlowSyntaxException(
                    "\"%s\" lacks \"->\" and what to write to".formatted(value));
        }
        return new String[] {value.substring(0, at).strip(), value.substring(at + 2).strip()};
    }

    private static String unmasked(String value) {
        if (value.indexOf('/') >= 0) {
            throw new FlowSyntaxException("%s can't be masked here".formatted(value));
        }
        return value;
    }

    private static int dscp(int tos) {
        if ((tos & 3) != 0) {
            throw new FlowSyntaxException("%d: not a valid TOS".formatted(tos));
        }
        return tos >> 2;
    }

    private static Action move(SubField from, SubField to, String text) {
        if (from.bits() != to.bits()) {
            throw new FlowSyntaxException(
                    "%s: source field is %d bits wide but destination is %d bits wide"
                            .formatted(text, from.bits(), to.bits()));
        }
        return new Action.Move(from, written(to));
    }

    private static SubField written(SubField to) {
        checkWritten(to.field());
        return to;
    }

    private static void checkWritten(Field field) {
        if (field == Field.CT_MARK || field == Field.CT_LABEL) {
            throw new FlowSyntaxException("cannot set CT fields outside of ct action");
        }
    }

    private Action setField(String value) {
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

    private Action load(String text) {
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

    private static Action decTtl(String value) {
        if (value.isEmpty()) {
            return new Action.DecTtl(List.of(0));
        }
        List<Integer> ids = new ArrayList<>();
        for (Tokens.Token id : Tokens.of(value)) {
            ids.add(Numbers.parse("dec_ttl", id.key(), 0xffff));
        }
        return new Action.DecTtl(ids);
    }

    private Action resubmit(Tokens.Token token) {
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

    private static Action conjunction(String value) {
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

    private static Action finTimeout(String value) {
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

    private static Action multipath(String value) {
        String[] parts = value.split(",");
        if (parts.length != 6) {
            throw new FlowSyntaxException("multipath(%s) should have 6 parts".formatted(value));
        }
        return new Action.Multipath(
                BundleText.code(BundleText.HASHES, parts[0].strip()),
                Numbers.parse("basis", parts[1].strip(), 0xffff),
                BundleText.code(BundleText.LINKS, parts[2].strip()),
                links(parts[3].strip()) - 1,
                Numbers.parse("argument", parts[4].strip()),
                FieldLexicon.part(parts[5].strip()));
    }

    private static int links(String text) {
        int links = Numbers.parse("n_links", text, 0x10000);
        if (links == 0) {
            throw new FlowSyntaxException("n_links 0 is not in valid range 1 to 65536");
        }
        return links;
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
