package org.skyway.experiments.conformance.generate;

import org.skyway.openflow.model.Field;

/// Values of fields as `ovs-ofctl` reads them.
final class FieldTexts {
    private FieldTexts() {}

    /// The field's name: of its two, the ingress port's longer one.
    static String name(Field field) {
        return field == Field.IN_PORT ? "in_port_oxm" : field.ovsName();
    }

    /// Whether its header has eight bytes on the wire.
    static boolean isLong(Field field) {
        return field.headers().getFirst().experimenter();
    }

    /// A value, or a mask.
    static String value(Field field, Pools pools, boolean mask) {
        return switch (field.notation()) {
            case MAC -> mask ? "ff:00:ff:00:0f:f0" : pools.macText();
            case IP4 -> mask ? "255.0.15.255" : pools.ipv4Text();
            case IP6 -> mask ? "ffff:0:f0f0::ffff" : pools.ipv6Text();
            case FLAGS_TUN -> "oam";
            default -> digits(field, pools, mask);
        };
    }

    private static String digits(Field field, Pools pools, boolean mask) {
        return switch (field) {
            case IN_PORT_NXM -> Integer.toString(pools.below(6));
            case VLAN_VID -> "0x" + Integer.toHexString(0x1000 | pools.vlan());
            default -> {
                long ones = field.wide() ? -1L : field.held();
                long v = mask ? pools.bits() & ones | 1 : number(field, pools) & ones;
                yield "0x" + Long.toHexString(v);
            }
        };
    }

    /// A number that fits, or of which some bits do.
    static long number(Field field, Pools pools) {
        return switch (field) {
            case TCP_SRC, TCP_DST, UDP_SRC, UDP_DST, SCTP_SRC, SCTP_DST -> pools.port();
            case ICMPV4_TYPE, ICMPV4_CODE, ICMPV6_TYPE, ICMPV6_CODE, ARP_OP -> pools.below(256);
            case MPLS_LABEL -> pools.label();
            case VLAN_VID -> 0x1000 | pools.vlan();
            case VLAN_TCI -> 0x1000 | pools.vlan() | pools.below(8) << 13;
            case IP_TTL, MPLS_TTL -> pools.ttl();
            case IP_TOS -> pools.tos() & 0xfc;
            case IN_PORT, IN_PORT_NXM -> pools.oneOf(1, 2, 3, 4, 5, 0, 0xfffe, 0x10001);
            case ETH_DST, ETH_SRC -> pools.bits() & 0xfeff_ffff_ffffL;
            default ->
                    field.word() >= org.skyway.openflow.model.FlowKey.PACKET_WORDS
                            ? pools.below(5)
                            : pools.bits();
        };
    }
}
