package org.skyway.openflow.text;

import java.util.List;
import java.util.stream.Collectors;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.OfPort;

/// Prints actions so that they can be parsed again.
final class ActionPrinter {
    /// Names of the OFPR_ codes.
    static final List<String> REASONS =
            List.of("no_match", "action", "invalid_ttl", "action_set", "group", "packet_out");

    private ActionPrinter() {}

    static String print(List<Action> actions) {
        return actions.isEmpty()
                ? "drop"
                : actions.stream().map(ActionPrinter::print).collect(Collectors.joining(","));
    }

    static String print(Action action) {
        return switch (action) {
            case Action.Output(int port, int length) ->
                    port == OfPort.CONTROLLER
                            ? "CONTROLLER:" + length
                            : port > 0 && port <= OfPort.MAX
                                    ? "output:" + port
                                    : port == 0 ? "output:0" : Numbers.port(port);
            case Action.OutputReg(var source, _) -> "output:" + FieldLexicon.print(source);
            case Action.OutputTruncated(int port, int length) ->
                    "output(port=%s,max_len=%s)"
                            .formatted(Numbers.port(port), Integer.toUnsignedString(length));
            case Action.Enqueue(int port, int queue) ->
                    "enqueue:%s:%s".formatted(Numbers.port(port), Integer.toUnsignedString(queue));
            case Action.Controller c ->
                    "controller(reason=%s,max_len=%d,id=%d%s%s)"
                            .formatted(
                                    c.reason() < REASONS.size()
                                            ? REASONS.get(c.reason())
                                            : c.reason(),
                                    c.maxLength(),
                                    c.controllerId(),
                                    c.userdata().length() == 0 ? "" : ",userdata=" + c.userdata(),
                                    c.pause() ? ",pause" : "");
            case Action.Group(int id) -> "group:" + Integer.toUnsignedString(id);
            case Action.SetQueue(int queue) -> "set_queue:" + Integer.toUnsignedString(queue);
            case Action.PopQueue() -> "pop_queue";
            case Action.Meter(int id) -> "meter:" + Integer.toUnsignedString(id);
            case Action.PushVlan(int type) -> "push_vlan:0x%04x".formatted(type);
            case Action.PopVlan() -> "pop_vlan";
            case Action.SetVlanVid(int vid, boolean push) ->
                    (push ? "mod_vlan_vid:" : "set_vlan_vid:") + vid;
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    (push ? "mod_vlan_pcp:" : "set_vlan_pcp:") + pcp;
            case Action.PushMpls(int type) -> "push_mpls:0x%04x".formatted(type);
            case Action.PopMpls(int type) -> "pop_mpls:0x%04x".formatted(type);
            case Action.SetField s ->
                    "set_field:%s->%s"
                            .formatted(
                                    new FieldValue(s.high(), s.low(), s.maskHigh(), s.maskLow())
                                            .print(s.field()),
                                    s.field().ovsName());
            case Action.Load(var target, long value) ->
                    "load:0x%x->%s".formatted(value, FieldLexicon.print(target));
            case Action.Move(var source, var target) ->
                    "move:%s->%s".formatted(FieldLexicon.print(source), FieldLexicon.print(target));
            case Action.StackPush(var source) -> "push:" + FieldLexicon.print(source);
            case Action.StackPop(var target) -> "pop:" + FieldLexicon.print(target);
            case Action.DecTtl(var ids) ->
                    ids.equals(List.of(0))
                            ? "dec_ttl"
                            : ids.stream()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(",", "dec_ttl(", ")"));
            case Action.SetMplsTtl(int ttl) -> "set_mpls_ttl:" + ttl;
            case Action.DecMplsTtl() -> "dec_mpls_ttl";
            case Action.DecNshTtl() -> "dec_nsh_ttl";
            case Action.CtClear() -> "ct_clear";
            case Action.CheckPacketLarger(int length, var target) ->
                    "check_pkt_larger(%d)->%s".formatted(length, FieldLexicon.print(target));
            case Action.Resubmit(int port, int table, boolean ct) ->
                    "resubmit(%s,%s%s)"
                            .formatted(
                                    port == OfPort.IN_PORT ? "" : Numbers.port(port),
                                    table == 255 ? "" : Integer.toString(table),
                                    ct ? ",ct" : "");
            case Action.Note(var data) -> "note:" + data;
            case Action.Clone(var actions) ->
                    actions.stream()
                            .map(ActionPrinter::print)
                            .collect(Collectors.joining(",", "clone(", ")"));
            case Action.Conjunction(int id, int clause, int clauses) ->
                    "conjunction(%s,%d/%d)"
                            .formatted(Integer.toUnsignedString(id), clause + 1, clauses);
            case Action.Learn learn -> LearnText.print(learn);
            case Action.FinTimeout(int idle, int hard) ->
                    "fin_timeout(idle_timeout=%d,hard_timeout=%d)".formatted(idle, hard);
            case Action.Multipath m ->
                    "multipath(%s,%d,%s,%d,%d,%s)"
                            .formatted(
                                    BundleText.HASHES.get(m.fields()),
                                    m.basis(),
                                    BundleText.LINKS.get(m.algorithm()),
                                    m.maxLink() + 1,
                                    m.argument(),
                                    FieldLexicon.print(m.target()));
            case Action.Bundle bundle -> BundleText.print(bundle);
            case Action.Exit() -> "exit";
            case Action.Opaque(String name, _) -> name;
        };
    }
}
