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
import org.skyway.pipeline.Todo;

/// What the actions that write to packets do, VLAN tags aside ([VlanTags]).
///
/// As in Open vSwitch, a write to a field that a packet lacks does nothing.
record Rewrites(Explorer explorer) {
    private static final Match EXPIRED = Match.builder().masked(Field.IP_TTL, 0, 0xfe).build();
    private static final long PORTS = 0xffffffffL << 32;

    /// Packets that are no fragments.
    private static final Match WHOLE =
            Match.builder().masked(Field.IP_FRAG, 0, FlowKey.FRAG_ANY).build();

    private static final String FRAGMENT = "hidden fields of a fragment are written";

    /// Does an action. Of one that is not among these nobody knows here what it does.
    Todo rewrite(Branch branch, FlowRule rule, Action action, Todo then) {
        return switch (action) {
            case Action.SetField(var field, long high, long low, long maskHigh, long maskLow, _) ->
                    write(
                            branch,
                            field,
                            then,
                            w -> w.packet.set(field, high, low, maskHigh, maskLow));
            case Action.SetPort p -> setPort(branch, p, then);
            case Action.Load(var target, long value) -> {
                int[] bits = constants(value);
                yield write(branch, target, then, _ -> bits);
            }
            case Action.Move(var source, var target) -> move(branch, source, target, then);
            case Action.StackPush(var source) -> {
                branch.stack = new Branch.Stack(read(branch, source), branch.stack);
                yield then;
            }
            case Action.StackPop(var target) -> pop(branch, target, then);
            case Action.PushVlan _ -> tags().push(branch, then);
            case Action.PopVlan() -> tags().pop(branch, then);
            case Action.SetVlanVid(int vid, boolean push) ->
                    tags().set(branch, then, 0xfff, vid, push);
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    tags().set(branch, then, 7L << 13, pcp << 13, push);
            case Action.SetMplsTtl(int ttl) ->
                    write(
                            branch,
                            Field.MPLS_TTL,
                            then,
                            w -> w.packet.set(Field.MPLS_TTL, 0, ttl, 0, 0xff));
            case Action.DecTtl _ -> decrementTtl(branch, rule, then);
            default -> explorer.undecided(branch, action.getClass().getSimpleName(), rule);
        };
    }

    /// Of its fields, a packet has one at most.
    private Todo setPort(Branch branch, Action.SetPort action, Todo then) {
        List<Case> cases = new ArrayList<>();
        for (Field f : action.fields()) {
            long value = action.port() & f.ones();
            Consumer<Branch> write = w -> w.packet.set(f, 0, value, 0, f.ones());
            cases.addAll(cases(f.prerequisite().packets(), f, write));
        }
        return fork(branch, cases, then);
    }

    private VlanTags tags() {
        return new VlanTags(explorer);
    }

    private Todo write(Branch branch, SubField target, Todo then, Function<Branch, int[]> bits) {
        return write(branch, target.field(), then, w -> w.packet.setBits(target, bits.apply(w)));
    }

    private Todo write(Branch branch, Field field, Todo then, Consumer<Branch> write) {
        return VlanTags.concerns(field)
                ? tags().write(branch, field, then, write)
                : fork(branch, cases(field.prerequisite().packets(), field, write), then);
    }

    private static List<Case> cases(List<Match> guards, Field target, Consumer<Branch> write) {
        List<Case> cases = new ArrayList<>();
        for (Match fragments : target.prerequisite().fragments()) {
            cases.add(
                    new Case(
                            fragments,
                            w -> {
                                w.undone = FRAGMENT;
                                forget(w, target);
                            }));
        }
        for (Match guard : guards) {
            cases.add(
                    new Case(
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
    private static void noteOperation(Branch branch, Field written) {
        if (written == Field.ARP_OP) {
            for (int bit : branch.packet.bits(SubField.all(Field.ARP_OP))) {
                if (bit == SymbolicPacket.ONE) {
                    return;
                }
            }
            branch.undone = "the ARP operation may become 0";
        }
    }

    private Todo move(Branch branch, SubField source, SubField target, Todo then) {
        Prerequisite needs = source.field().prerequisite();
        if (!VlanTags.concerns(target.field())) {
            List<Match> guards = both(needs, target.field().prerequisite());
            List<Case> cases =
                    cases(guards, target.field(), w -> w.packet.setBits(target, read(w, source)));
            for (Match fragments : needs.fragments()) {
                if (target.field().prerequisite().fragments().isEmpty()) {
                    cases.add(new Case(fragments, w -> forget(w, target.field())));
                }
            }
            return fork(branch, cases, then);
        }
        if (needs == Prerequisite.NONE) {
            return write(branch, target, then, w -> read(w, source));
        }
        List<Case> cases = new ArrayList<>();
        List<Match> guards = new ArrayList<>(needs.packets());
        guards.addAll(needs.fragments());
        for (Match guard : guards) {
            cases.add(
                    new Case(
                            guard,
                            w -> {
                                w.undone = "a VLAN tag is copied from a header";
                                w.tags = Branch.Tags.UNKNOWN;
                                forget(w, Field.VLAN_TCI);
                            }));
        }
        return fork(branch, cases, then);
    }

    /// The packets that meet two prerequisites: none if no packet meets both.
    private static List<Match> both(Prerequisite a, Prerequisite b) {
        List<Match> matches = new ArrayList<>();
        for (Match one : a.packets()) {
            for (Match other : b.packets()) {
                Cube cube = new Cube();
                if (cube.intersect(one) && cube.intersect(other)) {
                    matches.add(Match.of(cube.value, cube.mask));
                }
            }
        }
        return matches;
    }

    /// What the bits of a part of a field are. The ports of a fragment are there, but matches do
    /// not see them.
    static int[] read(Branch branch, SubField source) {
        boolean hidden =
                source.field().word() == FlowKey.TRANSPORT
                        && (source.field().ones() << source.field().shift() & PORTS) != 0
                        && !branch.packet.within(WHOLE);
        return hidden ? SymbolicPacket.unknown(source.bits()) : branch.packet.bits(source);
    }

    private static void forget(Branch branch, Field field) {
        SubField all = SubField.all(field);
        branch.packet.setBits(all, SymbolicPacket.unknown(all.bits()));
    }

    private static int[] constants(long value) {
        int[] bits = new int[64];
        for (int i = 0; i < 64; i++) {
            bits[i] = (value >>> i & 1) != 0 ? SymbolicPacket.ONE : SymbolicPacket.ZERO;
        }
        return bits;
    }

    private Todo pop(Branch branch, SubField target, Todo then) {
        if (branch.stack == null) {
            return then;
        }
        if (VlanTags.concerns(target.field()) && !VlanTags.isKnown(branch)) {
            return tags().split(branch, then);
        }
        int[] bits = branch.stack.bits();
        branch.stack = branch.stack.below();
        return write(branch, target, then, _ -> bits);
    }

    private Todo decrementTtl(Branch branch, FlowRule rule, Todo then) {
        List<Match> ip = Prerequisite.IP.packets();
        for (Match match : ip) {
            if (!branch.packet.overlaps(match)) {
                continue;
            }
            boolean all = branch.packet.within(match);
            Branch fork = new Branch(branch);
            if (!fork.packet.narrow(match)) {
                continue;
            }
            Branch expired = new Branch(fork);
            if (expired.packet.narrow(EXPIRED)
                    && !explorer.leaves()
                            .broken(expired, "the TTL of packets expires", rule, true)) {
                return Todo.STOP;
            }
            if (!fork.packet.overlaps(EXPIRED) || !fork.packet.within(EXPIRED)) {
                notMatching(fork, List.of(EXPIRED));
                decrement(fork.packet);
                if (!explorer.run(fork, then)) {
                    return Todo.STOP;
                }
            }
            if (all) {
                return Todo.FORKED;
            }
        }
        notMatching(branch, ip);
        return then;
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

    /// What to do to packets that match.
    private record Case(Match match, Consumer<Branch> change) {}

    /// Does one thing to those of the packets that meet one of some cases, of which a packet meets
    /// at most one, and nothing to the rest.
    private Todo fork(Branch branch, List<Case> cases, Todo then) {
        for (Case each : cases) {
            Match match = each.match;
            if (!branch.packet.overlaps(match)) {
                continue;
            }
            if (branch.packet.within(match)) {
                each.change.accept(branch);
                return then;
            }
            Branch fork = new Branch(branch);
            fork.uncertain |= fork.packet.undecided(match);
            if (fork.packet.narrow(match)) {
                each.change.accept(fork);
                if (!explorer.run(fork, then)) {
                    return Todo.STOP;
                }
            }
        }
        notMatching(branch, cases.stream().map(Case::match).toList());
        return then;
    }

    /// Notes that the packets of a branch are from here on those that match none of some matches.
    private static void notMatching(Branch branch, List<Match> matches) {
        branch.last =
                new Step(
                        branch.last,
                        Step.NO_TABLE,
                        new SymbolicPacket(branch.packet),
                        null,
                        matches,
                        matches.size());
    }
}
