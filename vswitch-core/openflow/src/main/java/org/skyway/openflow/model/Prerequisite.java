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
    MPLS;

    /// Whether a match meets this prerequisite: it must pin every field concerned to one of the
    /// values named.
    ///
    /// @param match what is matched so far
    /// @return true if a field with this prerequisite may be added
    public boolean isMetBy(Match match) {
        int type = (int) match.exact(Field.ETH_TYPE);
        int proto = (int) match.exact(Field.IP_PROTO);
        boolean ipv4 = type == 0x0800;
        boolean ipv6 = type == 0x86dd;
        boolean ip = ipv4 || ipv6;
        return switch (this) {
            case NONE -> true;
            case VLAN ->
                    (match.mask(FlowKey.ETH_SRC_VLAN)
                                    & match.value(FlowKey.ETH_SRC_VLAN)
                                    & FlowKey.VLAN_PRESENT)
                            != 0;
            case ARP -> type == 0x0806 || type == 0x8035;
            case IPV4 -> ipv4;
            case IPV6 -> ipv6;
            case IP -> ip;
            case TCP -> ip && proto == 6;
            case UDP -> ip && proto == 17;
            case SCTP -> ip && proto == 132;
            case ICMPV4 -> ipv4 && proto == 1;
            case ICMPV6 -> ipv6 && proto == 58;
            case ND -> isNd(match, 135) || isNd(match, 136);
            case ND_SOLICIT -> isNd(match, 135);
            case ND_ADVERT -> isNd(match, 136);
            case MPLS -> type == 0x8847 || type == 0x8848;
        };
    }

    private static boolean isNd(Match match, int type) {
        return ICMPV6.isMetBy(match)
                && match.exact(Field.ICMPV6_TYPE) == type
                && match.valueOf(Field.ICMPV6_CODE) == 0;
    }
}
