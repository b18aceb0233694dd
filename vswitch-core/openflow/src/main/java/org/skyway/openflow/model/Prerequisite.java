package org.skyway.openflow.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What must be matched exactly before a [Field] makes sense (OpenFlow 1.3.5, "Flow Match Fields",
/// column "Pre-requisite").
public enum Prerequisite {
    /// The field is always there.
    NONE,
    /// The packet has a VLAN tag.
    VLAN,
    /// ARP or RARP, whose headers are alike to Open vSwitch.
    ARP(List.of(0x0806, 0x8035)),
    /// The Ethernet type is IPv4.
    IPV4(List.of(0x0800)),
    /// The Ethernet type is IPv6.
    IPV6(List.of(0x86dd)),
    /// The Ethernet type is IPv4 or IPv6.
    IP(List.of(0x0800, 0x86dd)),
    /// TCP over IPv4 or IPv6, and not a later fragment.
    TCP(IP, 6),
    /// UDP over IPv4 or IPv6, and not a later fragment.
    UDP(IP, 17),
    /// SCTP over IPv4 or IPv6, and not a later fragment.
    SCTP(IP, 132),
    /// ICMP over IPv4.
    ICMPV4(IPV4, 1),
    /// ICMPv6 over IPv6.
    ICMPV6(IPV6, 58),
    /// Neighbour solicitation or advertisement, ICMPv6 code 0.
    ND(IPV6, 58, 135, 136),
    /// Neighbour solicitation.
    ND_SOLICIT(IPV6, 58, 135),
    /// Neighbour advertisement.
    ND_ADVERT(IPV6, 58, 136),
    /// The Ethernet type is MPLS unicast or multicast.
    MPLS(List.of(0x8847, 0x8848)),
    /// The Ethernet type is that of a network service header.
    NSH(List.of(FlowKey.ETH_TYPE_NSH)),
    /// Connection tracking has seen the packet and knows its connection.
    CT;

    private final List<Integer> etherTypes;
    private final int protocol;
    private final List<Integer> icmpTypes;

    Prerequisite() {
        this(List.of());
    }

    Prerequisite(List<Integer> etherTypes) {
        this(etherTypes, -1, List.of());
    }

    Prerequisite(Prerequisite over, int protocol, Integer... icmpTypes) {
        this(over.etherTypes, protocol, List.of(icmpTypes));
    }

    Prerequisite(List<Integer> etherTypes, int protocol, List<Integer> icmpTypes) {
        this.etherTypes = etherTypes;
        this.protocol = protocol;
        this.icmpTypes = icmpTypes;
    }

    /// Which Ethernet types meet it.
    ///
    /// @return one or more; none if it is not about headers behind the Ethernet header
    public List<Integer> etherTypes() {
        return etherTypes;
    }

    /// Which IP protocol meets it, in packets that are no later fragments.
    ///
    /// @return its number, -1 if any does
    public int protocol() {
        return protocol;
    }

    /// Which ICMPv6 types of code 0 meet it.
    ///
    /// @return those of neighbour discovery; none if any type and code does
    public List<Integer> icmpTypes() {
        return icmpTypes;
    }

    /// Whether it is about ports, which later fragments do not have.
    ///
    /// @return true for TCP, UDP and SCTP
    public boolean isOfPorts() {
        return protocol >= 0 && etherTypes.size() > 1;
    }

    /// The packets that meet it: an action that writes a field that a packet lacks leaves that
    /// packet alone. Packets that are fragments do not show matches what lies behind the IP header.
    ///
    /// @return matches of which a packet meets at most one
    public List<Match> packets() {
        return Packets.OF.get(this);
    }

    /// Fragments that may meet it, but that do not show it to matches.
    ///
    /// @return matches that are disjoint from each other and from [#packets]
    public List<Match> fragments() {
        int mask = FlowKey.FRAG_ANY | (isOfPorts() ? FlowKey.FRAG_LATER : 0);
        return protocol < 0
                ? List.of()
                : ip(FlowKey.FRAG_ANY, mask).map(Match.Builder::build).toList();
    }

    private Stream<Match.Builder> ip(int fragment, int mask) {
        Stream<Match.Builder> types =
                etherTypes.stream().map(type -> Match.builder().exact(Field.ETH_TYPE, type));
        return protocol < 0
                ? types
                : types.map(match ->
                        match.exact(Field.IP_PROTO, protocol)
                                .masked(Field.IP_FRAG, fragment, mask));
    }

    private Stream<Match.Builder> whole() {
        return switch (this) {
            case NONE -> Stream.of(Match.builder());
            case VLAN -> {
                int tag = FlowKey.VLAN_PRESENT;
                yield Stream.of(Match.builder().masked(Field.VLAN_TCI, tag, tag));
            }
            case CT -> Stream.of(); // nothing tracks connections here
            default ->
                    icmpTypes.isEmpty()
                            ? ip(0, FlowKey.FRAG_ANY)
                            : icmpTypes.stream()
                                    .flatMap(type ->
                                            ip(0, FlowKey.FRAG_ANY)
                                                    .map(match ->
                                                            match.exact(Field.ICMPV6_TYPE, type)
                                                                    .exact(Field.ICMPV6_CODE, 0)));
        };
    }

    /// Made when fields are there, which name prerequisites.
    private static final class Packets {
        static final Map<Prerequisite, List<Match>> OF = new EnumMap<>(Prerequisite.class);

        static {
            for (Prerequisite each : Prerequisite.values()) {
                OF.put(each, each.whole().map(Match.Builder::build).toList());
            }
        }
    }

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
                        match.valueOf(Field.IP_FRAG),
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
                        Field.IP_FRAG.get(values) & Field.IP_FRAG.get(masks),
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

    private boolean isMet(
            int type, int proto, long fragment, long vlan, int icmpType, int icmpCode) {
        if (this == VLAN) {
            return (vlan & FlowKey.VLAN_PRESENT) != 0;
        }
        return etherTypes.contains(type)
                && (protocol < 0 || proto == protocol)
                && !(isOfPorts() && (fragment & FlowKey.FRAG_LATER) != 0)
                && (icmpTypes.isEmpty() || icmpCode == 0 && icmpTypes.contains(icmpType));
    }
}
