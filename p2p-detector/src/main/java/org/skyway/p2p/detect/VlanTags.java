package org.skyway.p2p.detect;

import java.util.function.Consumer;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.SubField;

/// What is done to VLAN tags.
///
/// The flow key shows the outermost tag as the bits of `vlan_tci`, of which bit 12 says that there
/// is one; [Walk.Tags] holds what it does not show. As in Open vSwitch:
///
/// - A packet comes in with one tag that can be seen, whatever lies under it, or with none.
/// - Two tags at most are known of. Putting on a third one makes the innermost vanish.
/// - Bit 12 can be written like any other: the tags come and go with it.
///
/// Packets that come in with a tag and those without are told apart before anything is done to
/// their tags, so that each of the two is followed exactly.
record VlanTags(Explorer explorer) {
    private static final SubField TCI = SubField.all(Field.VLAN_TCI);
    private static final int TAGGED = Cube.bit(FlowKey.ETH_SRC_VLAN, 12);
    private static final int PRESENT = 12;

    /// Whether a field is part of the outermost tag.
    static boolean concerns(Field field) {
        return field.word() == FlowKey.ETH_SRC_VLAN && field.shift() < 16;
    }

    /// Whether it is known if these packets came in with a tag.
    static boolean isKnown(Walk walk) {
        return walk.packet.input().fixed(TAGGED);
    }

    private static boolean cameUntagged(Walk walk) {
        return isKnown(walk) && !walk.packet.input().valueOf(TAGGED);
    }

    private static int presence(Walk walk) {
        return walk.packet.bits(TCI)[PRESENT];
    }

    /// Follows those packets that came in with a tag on their own.
    ///
    /// @param redo what they have yet to do
    /// @return what becomes of the others, which have yet to do the same
    Explorer.Next split(Walk walk, Todo redo) {
        Walk tagged = new Walk(walk);
        if (tagged.packet.narrowInput(TAGGED, true) && !explorer.run(tagged, redo)) {
            return Explorer.Next.STOP;
        }
        return Explorer.Next.of(
                !walk.packet.narrowInput(TAGGED, false) || explorer.run(walk, redo));
    }

    Explorer.Next push(Walk walk, Todo redo) {
        if (!isKnown(walk)) {
            return split(walk, redo);
        }
        switch (presence(walk)) {
            case SymbolicPacket.ONE ->
                    walk.tags = new Walk.Tags(walk.packet.bits(TCI), false, walk.tags.original());
            case SymbolicPacket.ZERO -> walk.tags = Walk.Tags.OTHER;
            default -> lose(walk);
        }
        walk.packet.write(FlowKey.ETH_SRC_VLAN, 0xffff, FlowKey.VLAN_PRESENT);
        if (walk.tags.inner() != null) {
            // Over another tag, OpenFlow copies that one's VLAN and priority; Open vSwitch has zero
            // there, and so has the datapath. No link may rest on the difference.
            walk.packet.forget(FlowKey.ETH_SRC_VLAN, 0xffff & ~FlowKey.VLAN_PRESENT);
        }
        return Explorer.Next.NEXT;
    }

    Explorer.Next pop(Walk walk, Todo redo) {
        if (!isKnown(walk)) {
            return split(walk, redo);
        }
        switch (presence(walk)) {
            case SymbolicPacket.ONE -> {
                int[] inner = walk.tags.inner();
                walk.packet.setBits(TCI, inner == null ? new int[0] : inner);
                walk.tags =
                        inner == null
                                ? Walk.Tags.OTHER
                                : new Walk.Tags(null, walk.tags.innerOriginal(), false);
            }
            case SymbolicPacket.ZERO -> {}
            default -> {
                lose(walk);
                walk.packet.forget(FlowKey.ETH_SRC_VLAN, 0xffff);
            }
        }
        return Explorer.Next.NEXT;
    }

    /// Sets the VLAN id or the priority, and puts a tag on for that if there is none.
    Explorer.Next set(Walk walk, Todo redo, long bits, int value, boolean push) {
        if (!isKnown(walk)) {
            return split(walk, redo);
        }
        switch (presence(walk)) {
            case SymbolicPacket.ONE -> walk.packet.write(FlowKey.ETH_SRC_VLAN, bits, value);
            case SymbolicPacket.ZERO -> {
                if (push) {
                    walk.tags = Walk.Tags.OTHER;
                    walk.packet.write(
                            FlowKey.ETH_SRC_VLAN,
                            bits | FlowKey.VLAN_PRESENT,
                            FlowKey.VLAN_PRESENT | value);
                }
            }
            default -> {
                lose(walk);
                walk.packet.forget(FlowKey.ETH_SRC_VLAN, 0xffff);
            }
        }
        return Explorer.Next.NEXT;
    }

    /// Writes to bits of the tag, perhaps to the one that says that it is there.
    Explorer.Next write(Walk walk, Field field, Todo redo, Consumer<Walk> write) {
        if (!isKnown(walk)) {
            return split(walk, redo);
        }
        int before = presence(walk);
        if (before == SymbolicPacket.ZERO && field == Field.VLAN_PCP) {
            return Explorer.Next.NEXT; // needs a tag
        }
        write.accept(walk);
        int now = presence(walk);
        boolean sure = before < SymbolicPacket.UNKNOWN && now < SymbolicPacket.UNKNOWN;
        if (!sure || now == SymbolicPacket.ZERO && walk.tags.inner() != null) {
            lose(walk);
        } else if (before != now || now == SymbolicPacket.ZERO) {
            walk.tags = Walk.Tags.OTHER;
        }
        return Explorer.Next.NEXT;
    }

    private static void lose(Walk walk) {
        walk.undone = "which VLAN tags are left can't be told";
        walk.tags = Walk.Tags.UNKNOWN;
    }

    /// Whether a bit that differs says nothing, because the packets had no tag and have none.
    static boolean isMeaningless(Walk walk, int bit) {
        return bit >> 4 == FlowKey.ETH_SRC_VLAN << 2
                && cameUntagged(walk)
                && presence(walk) == SymbolicPacket.ZERO;
    }

    /// Whether these packets' own tag may have been replaced by one that only looks the same.
    static boolean isReplaced(Walk walk) {
        return !walk.tags.original() && !cameUntagged(walk);
    }
}
