package org.skyway.openflow.model;

/// What must be matched exactly before a [Field] makes sense (OpenFlow 1.3.5, "Flow Match Fields",
/// column "Pre-requisite").
public enum Prerequisite {
    /// Nothing.
    NONE,
    /// There is a VLAN tag.
    VLAN,
    /// The Ethernet type is ARP, or RARP as in Open vSwitch.
    ARP,
    /// The Ethernet type is IPv4.
    IPV4,
    /// The Ethernet type is IPv6.
    IPV6,
    /// The Ethernet type is IPv4 or IPv6.
    IP,
    /// TCP over IPv4 or IPv6, and not a later fragment.
    TCP,
    /// UDP over IPv4 or IPv6, and not a later fragment.
    UDP,
    /// SCTP over IPv4 or IPv6, and not a later fragment.
    SCTP,
    /// ICMP over IPv4.
    ICMPV4,
    /// ICMPv6 over IPv6.
    ICMPV6,
    /// Neighbour solicitation or advertisement, ICMPv6 code 0.
    ND,
    /// Neighbour solicitation.
    ND_SOLICIT,
    /// Neighbour advertisement.
    ND_ADVERT,
    /// The Ethernet type is MPLS unicast or multicast.
    MPLS,
    /// The Ethernet type is that of a network service header.
    NSH,
    /// Connection tracking has seen the packet and knows its connection.
    CT;

    /// ICMPv6 types of neighbour discovery.
    private static final int SOLICIT = 135;

    private static final int ADVERT = 136;

    /// Bits of the connection tracking state: new, established, related, reply, source or
    /// destination changed.
    private static final long CT_KNOWN = 0xcf;

    private static final long CT_INVALID = 0x10;
    private static final long CT_TRACKED = 0x20;

    /// Whether a match meets this prerequisite: it must pin every field concerned to one of the
    /// values named.
    ///
    /// @param match what is matched so far
    /// @return true if a field with this prerequisite may be added
    public boolean isMetBy(Match match) {
        if (this == CT) {
            return isTracked(match.valueOf(Field.CT_STATE), match.maskOf(Field.CT_STATE));
        }
        return this == NONE
                || isMet(
                        type(exact(Field.ETH_TYPE, match), exact(Field.PACKET_TYPE, match)),
                        exact(Field.IP_PROTO, match),
                        match.mask(FlowKey.ETH_SRC_VLAN) & match.value(FlowKey.ETH_SRC_VLAN),
                        exact(Field.ICMPV6_TYPE, match),
                        (int) match.valueOf(Field.ICMPV6_CODE));
    }

    /// The same for a match that is not made yet.
    ///
    /// @param values [FlowKey#WORDS] words
    /// @param masks [FlowKey#WORDS] words
    /// @return true if a field with this prerequisite may be added
    public boolean isMetBy(long[] values, long[] masks) {
        if (this == CT) {
            long mask = Field.CT_STATE.get(masks);
            return isTracked(Field.CT_STATE.get(values) & mask, mask);
        }
        return this == NONE
                || isMet(
                        type(
                                exact(Field.ETH_TYPE, values, masks),
                                exact(Field.PACKET_TYPE, values, masks)),
                        exact(Field.IP_PROTO, values, masks),
                        masks[FlowKey.ETH_SRC_VLAN] & values[FlowKey.ETH_SRC_VLAN],
                        exact(Field.ICMPV6_TYPE, values, masks),
                        (int) (Field.ICMPV6_CODE.get(values) & Field.ICMPV6_CODE.get(masks)));
    }

    // One of the states that only a known connection has, or tracked and explicitly not invalid.
    private static boolean isTracked(long state, long mask) {
        return (state & CT_KNOWN) != 0
                || (state & CT_TRACKED) != 0
                        && (mask & CT_INVALID) != 0
                        && (state & CT_INVALID) == 0;
    }

    // The packet type may say the Ethernet type of a packet without an Ethernet header.
    private static int type(int etherType, int packetType) {
        return packetType >>> 16 == 1 ? packetType & 0xffff : etherType;
    }

    private static int exact(Field field, Match match) {
        return (int) match.exact(field);
    }

    private static int exact(Field field, long[] values, long[] masks) {
        return field.get(masks) == field.ones() ? (int) field.get(values) : -1;
    }

    private boolean isMet(int type, int proto, long vlan, int icmpType, int icmpCode) {
        boolean ipv4 = type == 0x0800;
        boolean ipv6 = type == 0x86dd;
        boolean ip = ipv4 || ipv6;
        boolean icmp6 = ipv6 && proto == 58;
        return switch (this) {
            case NONE, CT -> true;
            case VLAN -> (vlan & FlowKey.VLAN_PRESENT) != 0;
            case ARP -> type == 0x0806 || type == 0x8035;
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
            case IP -> ip;
            case TCP -> ip && proto == 6;
            case UDP -> ip && proto == 17;
            case SCTP -> ip && proto == 132;
            case ICMPV4 -> ipv4 && proto == 1;
            case ICMPV6 -> icmp6;
            case ND -> icmp6 && icmpCode == 0 && (icmpType == SOLICIT || icmpType == ADVERT);
            case ND_SOLICIT -> icmp6 && icmpCode == 0 && icmpType == SOLICIT;
            case ND_ADVERT -> icmp6 && icmpCode == 0 && icmpType == ADVERT;
            case MPLS -> type == 0x8847 || type == 0x8848;
            case NSH -> type == FlowKey.ETH_TYPE_NSH;
        };
    }
}
