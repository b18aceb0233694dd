package org.skyway.p2p.detect;

import java.util.List;
import java.util.function.Consumer;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// What the actions that write to packets do.
///
/// As in Open vSwitch, a write to a field that a packet lacks does nothing, and VLAN tags are
/// written as bits of `vlan_tci`. Adding a tag to an untagged packet can be undone by taking it
/// off; other changes of the headers' structure can't be undone, as far as this knows.
record Rewrites(Explorer explorer) {
    private static final SubField TCI = SubField.all(Field.VLAN_TCI);
    private static final long TCI_BITS = 0xffff;
    private static final int TAGGED = Cube.bit(FlowKey.ETH_SRC_VLAN, 12);
    private static final List<Match> EXPIRED =
            List.of(Match.builder().masked(Field.IP_TTL, 0, 0xfe).build());

    Explorer.Next rewrite(Walk walk, FlowRule rule, Action action, Todo then) {
        return switch (action) {
            case Action.SetField(var field, long high, long low, long maskHigh, long maskLow) ->
                    guarded(
                            walk,
                            field.prerequisite(),
                            then,
                            w -> {
                                set(w.packet, field, high, low, maskHigh, maskLow);
                                noteLostTag(w, field);
                            });
            case Action.Load(var target, long value) ->
                    guarded(
                            walk,
                            target.field().prerequisite(),
                            then,
                            w -> setBits(w, target, constants(value)));
            case Action.Move(var source, var target) ->
                    explorer.fork(
                            walk,
                            Prerequisites.both(
                                    source.field().prerequisite(), target.field().prerequisite()),
                            then,
                            w -> setBits(w, target, w.packet.bits(source)),
                            w -> {});
            case Action.StackPush(var source) -> {
                walk.stack = new Walk.Stack(walk.packet.bits(source), walk.stack);
                yield Explorer.Next.NEXT;
            }
            case Action.StackPop(var target) -> pop(walk, target, then);
            case Action.PushVlan _ -> {
                putTag(walk, FlowKey.VLAN_PRESENT);
                yield Explorer.Next.NEXT;
            }
            case Action.PopVlan() -> {
                if (walk.tags != null) {
                    walk.packet.setBits(TCI, walk.tags.tci());
                    walk.tags = walk.tags.below();
                    yield Explorer.Next.NEXT;
                }
                yield tagged(walk, then, Rewrites::takeTag, w -> {});
            }
            case Action.SetVlanVid(int vid, boolean push) ->
                    tagged(
                            walk,
                            then,
                            w -> w.packet.write(FlowKey.ETH_SRC_VLAN, 0xfff, vid),
                            w -> newTag(w, push, vid));
            case Action.SetVlanPcp(int pcp, boolean push) ->
                    tagged(
                            walk,
                            then,
                            w -> w.packet.write(FlowKey.ETH_SRC_VLAN, 7L << 13, (long) pcp << 13),
                            w -> newTag(w, push, pcp << 13));
            case Action.SetMplsTtl(int ttl) ->
                    guarded(
                            walk,
                            Prerequisite.MPLS,
                            then,
                            w -> set(w.packet, Field.MPLS_TTL, 0, ttl, 0, 0xff));
            case Action.DecTtl _ -> decrementTtl(walk, rule, then);
            default -> throw new IllegalArgumentException("not a rewrite: " + action);
        };
    }

    private Explorer.Next guarded(Walk walk, Prerequisite guard, Todo then, Consumer<Walk> write) {
        return explorer.fork(walk, Prerequisites.of(guard), then, write, w -> {});
    }

    private Explorer.Next tagged(
            Walk walk, Todo then, Consumer<Walk> with, Consumer<Walk> without) {
        return explorer.fork(walk, Prerequisites.of(Prerequisite.VLAN), then, with, without);
    }

    private static void set(
            SymbolicPacket packet, Field field, long high, long low, long maskHigh, long maskLow) {
        if (field.wide()) {
            packet.write(field.word(), maskHigh, high);
            packet.write(field.word() + 1, maskLow, low);
        } else {
            int shift = field.shift();
            packet.write(field.word(), (maskLow & field.ones()) << shift, low << shift);
        }
    }

    private static void setBits(Walk walk, SubField target, int[] bits) {
        walk.packet.setBits(target, bits);
        noteLostTag(walk, target.field());
    }

    /// Writing a tag away and back may change its TPID, which is not in the flow key.
    private static void noteLostTag(Walk walk, Field field) {
        if (field.word() != FlowKey.ETH_SRC_VLAN || field.shift() != 0) {
            return;
        }
        if (!cameUntagged(walk) && walk.packet.mayHaveCleared(TAGGED)) {
            walk.undone = "a VLAN tag is taken off";
        }
    }

    private static int[] constants(long value) {
        int[] bits = new int[64];
        for (int i = 0; i < 64; i++) {
            bits[i] = (value >>> i & 1) != 0 ? SymbolicPacket.ONE : SymbolicPacket.ZERO;
        }
        return bits;
    }

    private Explorer.Next pop(Walk walk, SubField target, Todo then) {
        if (walk.stack == null) {
            return Explorer.Next.NEXT;
        }
        int[] bits = walk.stack.bits();
        walk.stack = walk.stack.below();
        return guarded(walk, target.field().prerequisite(), then, w -> setBits(w, target, bits));
    }

    private static void newTag(Walk walk, boolean push, int tci) {
        if (push) {
            putTag(walk, FlowKey.VLAN_PRESENT | tci);
        }
    }

    /// Over another tag, OpenFlow copies that one's VLAN and priority; Open vSwitch has zero there.
    private static void putTag(Walk walk, int tci) {
        int[] below = walk.packet.bits(TCI);
        walk.tags = new Walk.Tags(below, walk.tags);
        walk.packet.write(FlowKey.ETH_SRC_VLAN, TCI_BITS, tci);
        if (below[12] != SymbolicPacket.ZERO) {
            walk.packet.forget(FlowKey.ETH_SRC_VLAN, TCI_BITS & ~FlowKey.VLAN_PRESENT);
        }
    }

    private static void takeTag(Walk walk) {
        if (cameUntagged(walk) && walk.undone == null) {
            // The tag was written here: without it the packet is what it was.
            walk.packet.setBits(TCI, new int[0]);
            return;
        }
        walk.undone = "a VLAN tag is taken off";
        walk.packet.forget(FlowKey.ETH_SRC_VLAN, TCI_BITS);
        walk.packet.forget(FlowKey.ETH_DST_TYPE, Field.ETH_TYPE.ones());
    }

    private static boolean cameUntagged(Walk walk) {
        Cube input = walk.packet.input();
        return input.fixed(TAGGED) && !input.valueOf(TAGGED);
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
            if (expired.packet.narrow(EXPIRED.getFirst())
                    && !explorer.leaves()
                            .broken(expired, "the TTL of packets expires", rule, true)) {
                return Explorer.Next.STOP;
            }
            if (!fork.packet.overlaps(EXPIRED.getFirst())
                    || !fork.packet.within(EXPIRED.getFirst())) {
                Explorer.notMatching(fork, EXPIRED);
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
