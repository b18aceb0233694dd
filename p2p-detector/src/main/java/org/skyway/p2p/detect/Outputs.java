package org.skyway.p2p.detect;

import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.model.SubField;

/// What it means for packets to be sent to a port.
///
/// A port that does not exist, that must not forward, or that is the ingress port gets nothing, and
/// that has no effect. A port that is down gets nothing either, but counts it, so that is no link.
record Outputs(Pipeline pipeline, Dependencies dependencies, Explorer.Leaves leaves) {
    private static final SubField IN_PORT = SubField.all(Field.IN_PORT);

    /// Sends packets to a port whose number is in a field.
    Explorer.Next output(Walk walk, FlowRule rule, SubField source) {
        Integer port = constant(walk, source);
        return port == null
                ? broken(walk, "the output port depends on the packet", rule, false)
                : output(walk, rule, port);
    }

    /// Sends packets to a port.
    Explorer.Next output(Walk walk, FlowRule rule, int port) {
        Integer inPort = constant(walk, IN_PORT);
        if (inPort == null) {
            return broken(walk, "the ingress port depends on the packet", rule, false);
        }
        return switch (port) {
            case OfPort.IN_PORT -> send(walk, rule, inPort);
            case OfPort.CONTROLLER -> broken(walk, "the controller gets a copy", rule, true);
            case OfPort.NORMAL -> normal(walk, rule);
            case OfPort.FLOOD -> sendToAll(walk, rule, inPort, PortState.NO_FLOOD);
            case OfPort.ALL -> sendToAll(walk, rule, inPort, 0);
            case OfPort.TABLE -> broken(walk, "output to TABLE is not decided", rule, false);
            case OfPort.ANY, OfPort.UNSET -> Explorer.Next.NEXT;
            default -> port == inPort ? Explorer.Next.NEXT : send(walk, rule, port);
        };
    }

    /// A learning switch is never a link: whatever address it is sent to, a packet to an address
    /// that was learned at its own ingress port is dropped, as are those to the addresses of bridge
    /// protocols; and every packet changes what is learned.
    private Explorer.Next normal(Walk walk, FlowRule rule) {
        Walk reserved = new Walk(walk);
        if (reserved.packet.narrow(
                Match.builder().masked(Field.ETH_DST, 0x0180c2000000L, 0xfffffffffff0L).build())) {
            if (!leaves.broken(
                    reserved, "NORMAL drops packets to bridge group addresses", rule, true)) {
                return Explorer.Next.STOP;
            }
        }
        return broken(walk, "NORMAL learns addresses from packets", rule, true);
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
        if (port == null || (port.config() & PortState.NO_FWD) != 0) {
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
        if (!port.forwards()) {
            return broken(walk, "port %s is down".formatted(name(number)), rule, true);
        }
        if (number == walk.from) {
            return broken(walk, "packets leave where they came in", rule, true);
        }
        if (walk.tags != null) {
            return broken(walk, "packets leave changed: a VLAN tag is put on", rule, true);
        }
        if (walk.undone != null) {
            return broken(walk, "packets leave changed: " + walk.undone, rule, true);
        }
        if (!sendUnchanged(walk, rule)) {
            return Explorer.Next.STOP;
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
            for (int one = 0; one <= 1; one++) {
                Walk changed = new Walk(walk);
                boolean certain = changed.packet.knows(bit);
                if (changed.packet.narrowToChanged(bit, one == 1)
                        && !leaves.broken(
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

    private static Integer constant(Walk walk, SubField source) {
        int value = 0;
        int[] bits = walk.packet.bits(source);
        for (int i = 0; i < bits.length; i++) {
            if (bits[i] != SymbolicPacket.ZERO) {
                if (bits[i] != SymbolicPacket.ONE || i >= 32) {
                    return null;
                }
                value |= 1 << i;
            }
        }
        // A 16-bit register holds OpenFlow 1.0's numbers.
        return bits.length == 16 && value >= 0xfff8 ? value | 0xffff0000 : value;
    }

    private Explorer.Next broken(Walk walk, String reason, FlowRule rule, boolean certain) {
        return Explorer.Next.of(leaves.broken(walk, reason, rule, certain));
    }

    /// A port's number as a user knows it.
    static String name(int port) {
        return port == OfPort.LOCAL ? "LOCAL" : Integer.toUnsignedString(port);
    }
}
