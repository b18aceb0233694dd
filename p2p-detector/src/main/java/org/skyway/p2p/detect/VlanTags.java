package org.skyway.p2p.detect;

import java.util.function.Consumer;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.SubField;
import org.skyway.pipeline.Todo;

/// What is done to VLAN tags.
///
/// The flow key shows the outermost tag as the bits of `vlan_tci`, of which bit 12 says that there
/// is one; [Branch.Tags] holds what it does not show. As in Open vSwitch:
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
    static boolean isKnown(Branch branch) {
        return branch.packet.input().fixed(TAGGED);
    }

    private static boolean cameUntagged(Branch branch) {
        return isKnown(branch) && !branch.packet.input().valueOf(TAGGED);
    }

    private static int presence(Branch branch) {
        return branch.packet.bits(TCI)[PRESENT];
    }

    /// Follows those packets that came in with a tag on their own.
    ///
    /// @param then what comes after the action that wants to know
    /// @return what the others have yet to do: the action once more
    Todo split(Branch branch, Todo then) {
        Todo again = then.again();
        Branch tagged = new Branch(branch);
        if (tagged.packet.narrowInput(TAGGED, true) && !explorer.run(tagged, again)) {
            return Todo.STOP;
        }
        return branch.packet.narrowInput(TAGGED, false) ? again : Todo.FORKED;
    }

    Todo push(Branch branch, Todo then) {
        if (!isKnown(branch)) {
            return split(branch, then);
        }
        switch (presence(branch)) {
            case SymbolicPacket.ONE ->
                    branch.tags =
                            new Branch.Tags(branch.packet.bits(TCI), false, branch.tags.original());
            case SymbolicPacket.ZERO -> branch.tags = Branch.Tags.OTHER;
            default -> lose(branch);
        }
        branch.packet.write(FlowKey.ETH_SRC_VLAN, 0xffff, FlowKey.VLAN_PRESENT);
        if (branch.tags.inner() != null) {
            // Over another tag, OpenFlow copies that one's VLAN and priority; Open vSwitch has zero
            // there, and so has the datapath. No link may rest on the difference.
            branch.packet.forget(FlowKey.ETH_SRC_VLAN, 0xffff & ~FlowKey.VLAN_PRESENT);
        }
        return then;
    }

    Todo pop(Branch branch, Todo then) {
        if (!isKnown(branch)) {
            return split(branch, then);
        }
        switch (presence(branch)) {
            case SymbolicPacket.ONE -> {
                int[] inner = branch.tags.inner();
                branch.packet.setBits(TCI, inner == null ? new int[0] : inner);
                branch.tags =
                        inner == null
                                ? Branch.Tags.OTHER
                                : new Branch.Tags(null, branch.tags.innerOriginal(), false);
            }
            case SymbolicPacket.ZERO -> {}
            default -> {
                lose(branch);
                branch.packet.forget(FlowKey.ETH_SRC_VLAN, 0xffff);
            }
        }
        return then;
    }

    /// Sets the VLAN id or the priority, and puts a tag on for that if there is none.
    Todo set(Branch branch, Todo then, long bits, int value, boolean push) {
        if (!isKnown(branch)) {
            return split(branch, then);
        }
        switch (presence(branch)) {
            case SymbolicPacket.ONE -> branch.packet.write(FlowKey.ETH_SRC_VLAN, bits, value);
            case SymbolicPacket.ZERO -> {
                if (push) {
                    branch.tags = Branch.Tags.OTHER;
                    branch.packet.write(
                            FlowKey.ETH_SRC_VLAN,
                            bits | FlowKey.VLAN_PRESENT,
                            FlowKey.VLAN_PRESENT | value);
                }
            }
            default -> {
                lose(branch);
                branch.packet.forget(FlowKey.ETH_SRC_VLAN, 0xffff);
            }
        }
        return then;
    }

    /// Writes to bits of the tag, perhaps to the one that says that it is there.
    Todo write(Branch branch, Field field, Todo then, Consumer<Branch> write) {
        if (!isKnown(branch)) {
            return split(branch, then);
        }
        int before = presence(branch);
        if (before == SymbolicPacket.ZERO && field == Field.VLAN_PCP) {
            return then; // needs a tag
        }
        write.accept(branch);
        int now = presence(branch);
        boolean sure = before < SymbolicPacket.UNKNOWN && now < SymbolicPacket.UNKNOWN;
        if (!sure || now == SymbolicPacket.ZERO && branch.tags.inner() != null) {
            lose(branch);
        } else if (before != now || now == SymbolicPacket.ZERO) {
            branch.tags = Branch.Tags.OTHER;
        }
        return then;
    }

    private static void lose(Branch branch) {
        branch.undone = "which VLAN tags are left can't be told";
        branch.tags = Branch.Tags.UNKNOWN;
    }

    /// Whether a bit that differs says nothing, because the packets had no tag and have none.
    static boolean isMeaningless(Branch branch, int bit) {
        return bit >> 4 == FlowKey.ETH_SRC_VLAN << 2
                && cameUntagged(branch)
                && presence(branch) == SymbolicPacket.ZERO;
    }

    /// Whether these packets' own tag may have been replaced by one that only looks the same.
    static boolean isReplaced(Branch branch) {
        return !branch.tags.original() && !cameUntagged(branch);
    }
}
