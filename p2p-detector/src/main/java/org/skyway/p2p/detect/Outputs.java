package org.skyway.p2p.detect;

import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.model.SubField;
import org.skyway.pipeline.Todo;

/// What it means for packets to be sent to a port.
///
/// A port that does not exist, that must not forward, that was taken down, or that is the ingress
/// port gets nothing, and that has no effect. A port whose link is down counts what it does not
/// get, so that is no link.
record Outputs(Explorer explorer) {
    /// No port's number.
    static final int UNKNOWN = -2;

    private static final Match RESERVED =
            Match.builder().masked(Field.ETH_DST, 0x0180c2000000L, 0xfffffffffff0L).build();
    private static final Match TO_ITSELF =
            Match.builder()
                    .exact(Field.ETH_DST, 0x020000000001L)
                    .exact(Field.ETH_SRC, 0x020000000001L)
                    .build();

    /// The number of a port that is in a field.
    ///
    /// @return as OpenFlow 1.0 has it, -1 if it is too large for one, [#UNKNOWN] if it depends on
    ///   the packet
    static int numberIn(Branch branch, SubField source) {
        int port = 0;
        int[] bits = Rewrites.read(branch, source);
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] == SymbolicPacket.ONE) {
                if (i >= 16) {
                    return -1;
                }
                port |= 1 << i;
            } else if (bits[i] != SymbolicPacket.ZERO) {
                return UNKNOWN;
            }
        }
        return port;
    }

    /// A learning switch is never a link, not even with two ports: it drops what is sent to
    /// addresses of bridge protocols or to an address that it learned at the ingress port, as that
    /// of the packet itself; and every packet changes what is learned.
    Todo normal(Branch branch, FlowRule rule, Todo then) {
        for (Match dropped : List.of(RESERVED, TO_ITSELF)) {
            Branch some = new Branch(branch);
            if (some.packet.narrow(dropped)) {
                some.note = "NORMAL drops some packets";
                if (!explorer.run(some, then)) {
                    return Todo.STOP;
                }
            }
        }
        return broken(branch, "NORMAL learns addresses from packets", rule, false);
    }

    /// Sends packets to a port that takes them.
    ///
    /// @param then what comes next
    Todo send(Branch branch, FlowRule rule, PortState port, Todo then) {
        int number = port.number();
        if (branch.left) {
            return broken(
                    branch,
                    "packets leave at port %s and at port %s"
                            .formatted(name(branch.to), name(number)),
                    rule,
                    true);
        }
        if (!port.isUp()) {
            return broken(branch, "port %s is down".formatted(name(number)), rule, true);
        }
        if (number == branch.from) {
            return broken(branch, "packets leave where they came in", rule, true);
        }
        boolean sure = branch.undone == null;
        if (branch.tags.inner() != null) {
            return broken(branch, "packets leave changed: a VLAN tag is put on", rule, sure);
        }
        if (!sendUnchanged(branch, rule)) {
            return Todo.STOP;
        }
        if (branch.undone != null || VlanTags.isReplaced(branch)) {
            String why = sure ? "a VLAN tag is replaced" : branch.undone;
            return broken(branch, "packets may leave changed: " + why, rule, false);
        }
        branch.left = true;
        branch.to = number;
        return then;
    }

    /// Forks off those packets that are not as they came in.
    private boolean sendUnchanged(Branch branch, FlowRule rule) {
        SymbolicPacket packet = branch.packet;
        int first = Cube.bit(FlowKey.IN_PORT + 1, 0);
        for (int bit = packet.nextChangedBit(first);
                bit >= 0;
                bit = packet.nextChangedBit(bit + 1)) {
            if (VlanTags.isMeaningless(branch, bit)) {
                continue;
            }
            for (int one = 0; one <= 1; one++) {
                Branch changed = new Branch(branch);
                boolean certain = changed.packet.knows(bit) && branch.undone == null;
                if (changed.packet.narrowToChanged(bit, one == 1)
                        && !explorer.leaves()
                                .broken(
                                        changed,
                                        "packets leave changed: " + FieldNames.of(bit, packet),
                                        rule,
                                        certain)) {
                    return false;
                }
            }
        }
        return true;
    }

    private Todo broken(Branch branch, String reason, FlowRule rule, boolean certain) {
        return Explorer.next(explorer.leaves().broken(branch, reason, rule, certain));
    }

    /// A port's number as a user knows it.
    static String name(int port) {
        return port == OfPort.LOCAL ? "LOCAL" : Integer.toUnsignedString(port);
    }
}
