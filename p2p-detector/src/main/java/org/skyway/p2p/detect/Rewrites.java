package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// What the actions that write to packets do, VLAN tags aside ([VlanTags]).
///
/// As in Open vSwitch, a write to a field that a packet lacks does nothing.
record Rewrites(Explorer explorer) {
    private static final Match EXPIRED = Match.builder().masked(Field.IP_TTL, 0, 0xfe).build();
    private static final long PORTS = 0xffffffffL << 32;
    private static final String FRAGMENT = "hidden fields of a fragment are written";

    Explorer.Next rewrite(Walk walk, FlowRule rule, int table, Action action, Todo then) {
        return switch (action) {
            case Action.SetField(
                            var field,
                            long high,
                            long low,
                            long maskHigh,
                            long maskLow,
                            _) -> {
                if (VlanTags.concerns(field)) {
                    yield tags().write(
                                    walk,
                                    field,
                                    redo(rule, table, action, then),
                                    w -> w.packet.set(field, high, low, maskHigh, maskLow));
                }
                yield guarded(
                        walk, field, then, w -> w.packet.set(field, high, low, maskHigh, maskLow));
            }
            case Action.Load(var target, long value) -> {
                int[] bits = constants(value);
                yield write(walk, rule, table, action, target, then, _ -> bits);
            }
            case Action.Move(var source, var target) ->
                    move(walk, rule, table, action, source, target, then);
            case Action.StackPush(var source) -> {
                walk.stack = new Walk.Stack(read(walk, source), walk.stack);
                yield Explorer.Next.NEXT;
            }
            case Action.StackPop(var target) -> pop(walk, rule, table, target, then);
            case Action.PushVlan _ -> tags().push(walk, redo(rule, table, action, then));
            case Action.PopVlan() -> tags().pop(walk, redo(rule, table, action, then));
            case Action.SetVlanVid(int vid, boolean push) ->
                    tags().set(walk, redo(rule, table, action, then), 0xfff, vid, push);
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    tags().set(walk, redo(rule, table, action, then), 7L << 13, pcp << 13, push);
            case Action.SetMplsTtl(int ttl) ->
                    guarded(
                            walk,
                            Field.MPLS_TTL,
                            then,
                            w -> w.packet.set(Field.MPLS_TTL, 0, ttl, 0, 0xff));
            case Action.DecTtl _ -> decrementTtl(walk, rule, then);
            default -> throw new IllegalArgumentException("not a rewrite: " + action);
        };
    }

    private VlanTags tags() {
        return new VlanTags(explorer);
    }

    /// The same action once more, and what follows it: for packets that have to be told apart
    /// before.
    private static Todo redo(FlowRule rule, int table, Action action, Todo then) {
        return new Todo(new Todo.Act(rule, table, List.of(action), 0), then);
    }

    private Explorer.Next write(
            Walk walk,
            FlowRule rule,
            int table,
            Action action,
            SubField target,
            Todo then,
            Function<Walk, int[]> bits) {
        Consumer<Walk> write = w -> w.packet.setBits(target, bits.apply(w));
        return VlanTags.concerns(target.field())
                ? tags().write(walk, target.field(), redo(rule, table, action, then), write)
                : guarded(walk, target.field(), then, write);
    }

    private Explorer.Next guarded(Walk walk, Field field, Todo then, Consumer<Walk> write) {
        return explorer.fork(
                walk, cases(Prerequisites.of(field.prerequisite()), field, write), then);
    }

    private static List<Explorer.Case> cases(
            List<Match> guards, Field target, Consumer<Walk> write) {
        List<Explorer.Case> cases = new ArrayList<>();
        for (Match fragments : Prerequisites.fragments(target.prerequisite())) {
            cases.add(
                    new Explorer.Case(
                            fragments,
                            w -> {
                                w.undone = FRAGMENT;
                                forget(w, target);
                            }));
        }
        for (Match guard : guards) {
            cases.add(
                    new Explorer.Case(
                            guard,
                            w -> {
                                write.accept(w);
                                noteOperation(w, target);
                            }));
        }
        return cases;
    }

    /// Open vSwitch, and so the datapath, writes nothing into an ARP packet whose operation is 0,
    /// or has become 0.
    private static void noteOperation(Walk walk, Field written) {
        if (written == Field.ARP_OP) {
            for (int bit : walk.packet.bits(SubField.all(Field.ARP_OP))) {
                if (bit == SymbolicPacket.ONE) {
                    return;
                }
            }
            walk.undone = "the ARP operation may become 0";
        }
    }

    private Explorer.Next move(
            Walk walk,
            FlowRule rule,
            int table,
            Action action,
            SubField source,
            SubField target,
            Todo then) {
        Prerequisite needs = source.field().prerequisite();
        if (!VlanTags.concerns(target.field())) {
            List<Match> guards = Prerequisites.both(needs, target.field().prerequisite());
            List<Explorer.Case> cases =
                    cases(guards, target.field(), w -> w.packet.setBits(target, read(w, source)));
            for (Match fragments : Prerequisites.fragments(needs)) {
                if (Prerequisites.fragments(target.field().prerequisite()).isEmpty()) {
                    cases.add(new Explorer.Case(fragments, w -> forget(w, target.field())));
                }
            }
            return explorer.fork(walk, cases, then);
        }
        if (needs == Prerequisite.NONE) {
            return write(walk, rule, table, action, target, then, w -> read(w, source));
        }
        List<Explorer.Case> cases = new ArrayList<>();
        List<Match> guards = new ArrayList<>(Prerequisites.of(needs));
        guards.addAll(Prerequisites.fragments(needs));
        for (Match guard : guards) {
            cases.add(
                    new Explorer.Case(
                            guard,
                            w -> {
                                w.undone = "a VLAN tag is copied from a header";
                                w.tags = Walk.Tags.UNKNOWN;
                                forget(w, Field.VLAN_TCI);
                            }));
        }
        return explorer.fork(walk, cases, then);
    }

    /// What the bits of a part of a field are. The ports of a fragment are there, but matches do
    /// not see them.
    static int[] read(Walk walk, SubField source) {
        boolean hidden =
                source.field().word() == FlowKey.TRANSPORT
                        && (source.field().ones() << source.field().shift() & PORTS) != 0
                        && !walk.packet.within(Prerequisites.WHOLE);
        return hidden ? SymbolicPacket.unknown(source.bits()) : walk.packet.bits(source);
    }

    private static void forget(Walk walk, Field field) {
        SubField all = SubField.all(field);
        walk.packet.setBits(all, SymbolicPacket.unknown(all.bits()));
    }

    private static int[] constants(long value) {
        int[] bits = new int[64];
        for (int i = 0; i < 64; i++) {
            bits[i] = (value >>> i & 1) != 0 ? SymbolicPacket.ONE : SymbolicPacket.ZERO;
        }
        return bits;
    }

    private Explorer.Next pop(Walk walk, FlowRule rule, int table, SubField target, Todo then) {
        if (walk.stack == null) {
            return Explorer.Next.NEXT;
        }
        if (VlanTags.concerns(target.field()) && !VlanTags.isKnown(walk)) {
            return tags().split(walk, redo(rule, table, new Action.StackPop(target), then));
        }
        int[] bits = walk.stack.bits();
        walk.stack = walk.stack.below();
        return write(walk, rule, table, new Action.StackPop(target), target, then, _ -> bits);
    }

    private Explorer.Next decrementTtl(Walk walk, FlowRule rule, Todo then) {
        List<Match> ip = Prerequisites.of(Prerequisite.IP);
        for (Match match : ip) {
            if (!walk.packet.overlaps(match)) {
                continue;
            }
            boolean all = walk.packet.within(match);
            Walk fork = new Walk(walk);
            if (!fork.packet.narrow(match)) {
                continue;
            }
            Walk expired = new Walk(fork);
            if (expired.packet.narrow(EXPIRED)
                    && !explorer.leaves()
                            .broken(expired, "the TTL of packets expires", rule, true)) {
                return Explorer.Next.STOP;
            }
            if (!fork.packet.overlaps(EXPIRED) || !fork.packet.within(EXPIRED)) {
                Explorer.notMatching(fork, List.of(EXPIRED));
                decrement(fork.packet);
                if (!explorer.run(fork, then)) {
                    return Explorer.Next.STOP;
                }
            }
            if (all) {
                return Explorer.Next.FORKED;
            }
        }
        Explorer.notMatching(walk, ip);
        return Explorer.Next.NEXT;
    }

    private static void decrement(SymbolicPacket packet) {
        int shift = Field.IP_TTL.shift();
        long bits = 0xffL << shift;
        if ((packet.known(FlowKey.IP_MISC) & bits) == bits) {
            long ttl = (packet.value(FlowKey.IP_MISC) & bits) >>> shift;
            packet.write(FlowKey.IP_MISC, bits, ttl - 1 << shift);
        } else {
            packet.forget(FlowKey.IP_MISC, bits);
        }
    }
}
