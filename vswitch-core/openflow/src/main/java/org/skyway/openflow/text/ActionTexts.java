package org.skyway.openflow.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.ActionKind;
import org.skyway.openflow.model.ActionKind.Argument;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.text.Tokens.Token;

/// All actions as text: one row for each, with how it is printed and its names with how they are
/// read. Those of [ActionKind]s that are plain are made from their rows there.
final class ActionTexts {
    /// Reads an action.
    interface Reader {
        Action read(Token token, ActionParser by);
    }

    private record Name(String name, Reader reader) {}

    /// Names of the OFPR_ codes.
    static final List<String> REASONS =
            List.of("no_match", "action", "invalid_ttl", "action_set", "group", "packet_out");

    private static final Map<String, Reader> READERS = new HashMap<>();
    private static final Map<Class<?>, Function<Action, String>> PRINTERS = new HashMap<>();

    // spotless:off
    static {
        for (ActionKind kind : ActionKind.values()) {
            if (kind.isPlain()) {
                plain(kind);
            }
        }
        row(Action.Output.class,            ActionTexts::output,
                name("output",          (t, by) -> by.output(t.value())));
        row(Action.OutputReg.class,         a -> "output:" + FieldLexicon.print(a.source()));
        row(Action.OutputTruncated.class,   a -> "output(port=%s,max_len=%s)".formatted(Numbers.port(a.port()), Integer.toUnsignedString(a.maxLength())));
        row(Action.Enqueue.class,           a -> "enqueue:%s:%s".formatted(Numbers.port(a.port()), Integer.toUnsignedString(a.queue())),
                name("enqueue",         (t, by) -> by.enqueue(t)));
        row(Action.Controller.class,        ActionTexts::controller,
                name("controller",      (t, _)  -> ActionParser.controller(t)));
        row(Action.SetVlanVid.class,        a -> (a.push() ? "mod_vlan_vid:" : "set_vlan_vid:") + a.vid(),
                name("mod_vlan_vid",    (t, _)  -> new Action.SetVlanVid(number(t, 4095), true)),
                name("set_vlan_vid",    (t, _)  -> new Action.SetVlanVid(number(t, 4095), false)));
        row(Action.SetVlanPcp.class,        a -> (a.push() ? "mod_vlan_pcp:" : "set_vlan_pcp:") + a.pcp(),
                name("mod_vlan_pcp",    (t, _)  -> new Action.SetVlanPcp(number(t, 7), true)),
                name("set_vlan_pcp",    (t, _)  -> new Action.SetVlanPcp(number(t, 7), false)));
        row(Action.SetField.class,          ActionTexts::setField,
                name("set_field",       (t, by) -> by.setField(t.value())),
                name("mod_dl_src",      (t, by) -> by.setUnmasked(Field.ETH_SRC, t.value())),
                name("mod_dl_dst",      (t, by) -> by.setUnmasked(Field.ETH_DST, t.value())),
                name("mod_nw_src",      (t, by) -> by.setUnmasked(Field.IPV4_SRC, t.value())),
                name("mod_nw_dst",      (t, by) -> by.setUnmasked(Field.IPV4_DST, t.value())),
                name("mod_nw_tos",      (t, _)  -> new Action.SetField(Field.IP_DSCP, ActionParser.dscp(number(t, 255)))),
                name("mod_nw_ecn",      (t, by) -> by.set(Field.IP_ECN, t.value())),
                name("mod_nw_ttl",      (t, _)  -> new Action.SetField(Field.IP_TTL, number(t, 255), Action.SetField.Form.OWN_ACTION)),
                name("set_nw_ttl",      (t, _)  -> new Action.SetField(Field.IP_TTL, number(t, 255), Action.SetField.Form.OWN_ACTION)),
                name("mod_tp_src",      (t, by) -> by.setPort(t, false)),
                name("mod_tp_dst",      (t, by) -> by.setPort(t, true)),
                name("set_tunnel",      (t, by) -> by.set(Field.TUN_ID, t.value())),
                name("set_tunnel64",    (t, by) -> by.set(Field.TUN_ID, t.value())),
                name("set_mpls_label",  (t, by) -> by.set(Field.MPLS_LABEL, t.value())),
                name("set_mpls_tc",     (t, by) -> by.set(Field.MPLS_TC, t.value())));
        row(Action.SetPort.class,           a -> (a.destination() ? "mod_tp_dst:" : "mod_tp_src:") + a.port());
        row(Action.Load.class,              a -> "load:0x%x->%s".formatted(a.value(), FieldLexicon.print(a.target())),
                name("load",            (t, by) -> by.load(t.value())));
        row(Action.Move.class,              a -> "move:%s->%s".formatted(FieldLexicon.print(a.source()), FieldLexicon.print(a.target())),
                name("move",            (t, _)  -> ActionParser.move(t.value())));
        row(Action.StackPush.class,         a -> "push:" + FieldLexicon.print(a.source()),
                name("push",            (t, _)  -> new Action.StackPush(FieldLexicon.part(t.value()))));
        row(Action.StackPop.class,          a -> "pop:" + FieldLexicon.print(a.target()),
                name("pop",             (t, _)  -> new Action.StackPop(FieldLexicon.part(t.value()))));
        row(Action.DecTtl.class,            ActionTexts::decTtl,
                name("dec_ttl",         (t, _)  -> ActionParser.decTtl(t.value())));
        row(Action.CheckPacketLarger.class, a -> "check_pkt_larger(%d)->%s".formatted(a.length(), FieldLexicon.print(a.target())),
                name("check_pkt_larger",(t, _)  -> ActionParser.checkPacketLarger(t)));
        row(Action.Resubmit.class,          ActionTexts::resubmit,
                name("resubmit",        (t, by) -> by.resubmit(t)));
        row(Action.Note.class,              a -> "note:" + a.data(),
                name("note",            (t, _)  -> new Action.Note(ActionParser.hex(t.value().replace(".", "")))));
        row(Action.Clone.class,             a -> listed("clone(", a.actions().stream().map(ActionTexts::print).toList()),
                name("clone",           (t, by) -> new Action.Clone(by.nested(lower(t), t.value()))));
        row(Action.Conjunction.class,       a -> "conjunction(%s,%d/%d)".formatted(Integer.toUnsignedString(a.id()), a.clause() + 1, a.clauses()),
                name("conjunction",     (t, _)  -> ActionParser.conjunction(t.value())));
        row(Action.Learn.class,             LearnText::print,
                name("learn",           (t, by) -> LearnText.parse(t.value(), by.names())));
        row(Action.FinTimeout.class,        a -> "fin_timeout(idle_timeout=%d,hard_timeout=%d)".formatted(a.idleTimeout(), a.hardTimeout()),
                name("fin_timeout",     (t, _)  -> ActionParser.finTimeout(t.value())));
        row(Action.Multipath.class,         BundleText::print,
                name("multipath",       (t, _)  -> BundleText.multipath(t.value())));
        row(Action.Bundle.class,            BundleText::print,
                name("bundle",          (t, by) -> BundleText.parse(t.value(), false, by.names())),
                name("bundle_load",     (t, by) -> BundleText.parse(t.value(), true, by.names())));
        row(Action.Opaque.class,            Action.Opaque::name,
                name("sample",          (t, by) -> ExtensionText.sample(t, by.names())));
    }
    // spotless:on

    private ActionTexts() {}

    private static <A extends Action> void row(
            Class<A> type, Function<A, String> printer, Name... names) {
        PRINTERS.put(type, action -> printer.apply(type.cast(action)));
        for (Name name : names) {
            READERS.put(name.name, name.reader);
        }
    }

    private static Name name(String name, Reader reader) {
        return new Name(name, reader);
    }

    private static void plain(ActionKind kind) {
        Argument argument = kind.argument();
        Reader reader =
                (token, _) -> kind.make(argument.bytes() == 0 ? 0 : number(token, most(argument)));
        kind.names().forEach(name -> READERS.put(name, reader));
        String name = kind.names().getFirst();
        PRINTERS.put(
                kind.type(),
                action -> argument.bytes() == 0 ? name : name + ":" + text(kind, action));
    }

    private static String text(ActionKind kind, Action action) {
        int value = kind.value(action);
        return kind.argument().hex() ? "0x%04x".formatted(value) : Integer.toUnsignedString(value);
    }

    private static long most(Argument argument) {
        return (1L << 8 * argument.bytes()) - 1;
    }

    private static String lower(Token token) {
        return token.key().toLowerCase(java.util.Locale.ROOT);
    }

    private static int number(Token token, long most) {
        return Numbers.parse(lower(token), token.value(), most);
    }

    /// Who reads an action.
    ///
    /// @return null if none has this name
    static Reader reader(Token token) {
        return READERS.get(lower(token));
    }

    /// Prints actions so that they can be parsed again.
    static String print(List<Action> actions) {
        return actions.isEmpty()
                ? "drop"
                : actions.stream().map(ActionTexts::print).collect(Collectors.joining(","));
    }

    static String print(Action action) {
        return PRINTERS.get(action.getClass()).apply(action);
    }

    private static String listed(String before, List<String> items) {
        return before + String.join(",", items) + ")";
    }

    private static String output(Action.Output a) {
        if (a.port() == OfPort.CONTROLLER) {
            return "CONTROLLER:" + a.maxLength();
        }
        String port = Numbers.port(a.port());
        return a.port() >= 0 && a.port() <= OfPort.MAX ? "output:" + port : port;
    }

    private static String controller(Action.Controller a) {
        return "controller(reason=%s,max_len=%d,id=%d%s%s)"
                .formatted(
                        a.reason() < REASONS.size() ? REASONS.get(a.reason()) : a.reason(),
                        a.maxLength(),
                        a.controllerId(),
                        a.userdata().length() == 0 ? "" : ",userdata=" + a.userdata(),
                        a.pause() ? ",pause" : "");
    }

    private static String setField(Action.SetField a) {
        FieldValue value = new FieldValue(a.high(), a.low(), a.maskHigh(), a.maskLow());
        return "set_field:%s->%s".formatted(value.print(a.field()), a.field().ovsName());
    }

    private static String decTtl(Action.DecTtl a) {
        return a.controllerIds().equals(List.of(0))
                ? "dec_ttl"
                : listed("dec_ttl(", a.controllerIds().stream().map(String::valueOf).toList());
    }

    private static String resubmit(Action.Resubmit a) {
        return "resubmit(%s,%s%s)"
                .formatted(
                        a.inPort() == OfPort.IN_PORT ? "" : Numbers.port(a.inPort()),
                        a.table() == 255 ? "" : Integer.toString(a.table()),
                        a.withConntrack() ? ",ct" : "");
    }
}
