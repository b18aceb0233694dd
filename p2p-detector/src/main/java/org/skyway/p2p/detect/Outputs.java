package org.skyway.p2p.detect;

import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.model.SubField;

/// What it means for packets to be sent to a port.
///
/// A port that does not exist, that must not forward, that was taken down, or that is the ingress
/// port gets nothing, and that has no effect. A port whose link is down counts what it does not
/// get, so that is no link.
record Outputs(Pipeline pipeline, Dependencies dependencies, Explorer explorer) {
    private static final SubField IN_PORT = SubField.all(Field.IN_PORT);
    private static final Match RESERVED =
            Match.builder().masked(Field.ETH_DST, 0x0180c2000000L, 0xfffffffffff0L).build();
    private static final Match TO_ITSELF =
            Match.builder()
                    .exact(Field.ETH_DST, 0x020000000001L)
                    .exact(Field.ETH_SRC, 0x020000000001L)
                    .build();

    /// Sends packets to a port whose number is in a field.
    ///
    /// @param then what comes next
    Explorer.Next output(Walk walk, FlowRule rule, SubField source, Todo then) {
        int port = 0;
        int[] bits = Rewrites.read(walk, source);
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] == SymbolicPacket.ONE) {
                if (i >= 16) {
                    return Explorer.Next.NEXT; // too large a number for a port: nothing is sent
                }
                port |= 1 << i;
            } else if (bits[i] != SymbolicPacket.ZERO) {
                return broken(walk, "the output port depends on the packet", rule, false);
            }
        }
        return output(walk, rule, OfPort.of16(port), then);
    }

    /// Sends packets to a port.
    ///
    /// @param then what comes next
    Explorer.Next output(Walk walk, FlowRule rule, int port, Todo then) {
        Integer inPort = inPort(walk);
        if (inPort == null) {
            return broken(walk, "the ingress port depends on the packet", rule, false);
        }
        return switch (port) {
            case OfPort.IN_PORT -> send(walk, rule, inPort);
            case OfPort.CONTROLLER -> broken(walk, "the controller gets a copy", rule, true);
            case OfPort.NORMAL -> normal(walk, rule, then);
            case OfPort.FLOOD -> sendToAll(walk, rule, inPort, PortState.NO_FLOOD);
            case OfPort.ALL -> sendToAll(walk, rule, inPort, 0);
            case OfPort.TABLE -> broken(walk, "output to TABLE is not decided", rule, false);
            case OfPort.ANY, OfPort.UNSET -> Explorer.Next.NEXT;
            default -> port == inPort ? Explorer.Next.NEXT : send(walk, rule, port);
        };
    }

    /// A learning switch is never a link, not even with two ports: it drops what is sent to
    /// addresses of bridge protocols or to an address that it learned at the ingress port, as that
    /// of the packet itself; and every packet changes what is learned.
    private Explorer.Next normal(Walk walk, FlowRule rule, Todo then) {
        for (Match dropped : List.of(RESERVED, TO_ITSELF)) {
            Walk some = new Walk(walk);
            if (some.packet.narrow(dropped)) {
                some.note = "NORMAL drops some packets";
                if (!explorer.run(some, then)) {
                    return Explorer.Next.STOP;
                }
            }
        }
        return broken(walk, "NORMAL learns addresses from packets", rule, false);
    }

    private Explorer.Next sendToAll(Walk walk, FlowRule rule, int inPort, int exceptConfig) {
        dependencies.everyPort();
        for (PortState port : pipeline.ports()) {
            if (port.number() != inPort && (port.config() & exceptConfig) == 0) {
                Explorer.Next next = send(walk, rule, port.number());
                if (next != Explorer.Next.NEXT) {
                    return next;
                }
            }
        }
        return Explorer.Next.NEXT;
    }

    private Explorer.Next send(Walk walk, FlowRule rule, int number) {
        dependencies.port(number);
        PortState port = pipeline.port(number);
        // The host's port is down from the start, and yet counts what it does not get.
        int down = number == OfPort.LOCAL ? 0 : PortState.PORT_DOWN;
        if (port == null || (port.config() & (PortState.NO_FWD | down)) != 0) {
            walk.note =
                    "port %s %s"
                            .formatted(
                                    name(number),
                                    port == null
                                            ? "does not exist"
                                            : "is down or must not forward");
            return Explorer.Next.NEXT;
        }
        if (walk.left) {
            return broken(
                    walk,
                    "packets leave at port %s and at port %s"
                            .formatted(name(walk.to), name(number)),
                    rule,
                    true);
        }
        if (!port.isUp()) {
            return broken(walk, "port %s is down".formatted(name(number)), rule, true);
        }
        if (number == walk.from) {
            return broken(walk, "packets leave where they came in", rule, true);
        }
        boolean sure = walk.undone == null;
        if (walk.tags.inner() != null) {
            return broken(walk, "packets leave changed: a VLAN tag is put on", rule, sure);
        }
        if (!sendUnchanged(walk, rule)) {
            return Explorer.Next.STOP;
        }
        if (walk.undone != null || VlanTags.isReplaced(walk)) {
            String why = sure ? "a VLAN tag is replaced" : walk.undone;
            return broken(walk, "packets may leave changed: " + why, rule, false);
        }
        walk.left = true;
        walk.to = number;
        return Explorer.Next.NEXT;
    }

    /// Forks off those packets that are not as they came in.
    private boolean sendUnchanged(Walk walk, FlowRule rule) {
        SymbolicPacket packet = walk.packet;
        int first = Cube.bit(FlowKey.IN_PORT + 1, 0);
        for (int bit = packet.nextChangedBit(first);
                bit >= 0;
                bit = packet.nextChangedBit(bit + 1)) {
            if (VlanTags.isMeaningless(walk, bit)) {
                continue;
            }
            for (int one = 0; one <= 1; one++) {
                Walk changed = new Walk(walk);
                boolean certain = changed.packet.knows(bit) && walk.undone == null;
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

    /// The ingress port as it is by now.
    ///
    /// @return its number; null if it depends on the packet
    private static Integer inPort(Walk walk) {
        int value = 0;
        int[] bits = walk.packet.bits(IN_PORT);
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] == SymbolicPacket.ONE) {
                value |= 1 << i;
            } else if (bits[i] != SymbolicPacket.ZERO) {
                return null;
            }
        }
        return value;
    }

    private Explorer.Next broken(Walk walk, String reason, FlowRule rule, boolean certain) {
        return Explorer.Next.of(explorer.leaves().broken(walk, reason, rule, certain));
    }

    /// A port's number as a user knows it.
    static String name(int port) {
        return port == OfPort.LOCAL ? "LOCAL" : Integer.toUnsignedString(port);
    }
}
