package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Prerequisite;

/// Which packets have a field, as matches of which a packet meets at most one: an action that
/// writes a field that a packet lacks leaves that packet alone.
///
/// Fragments whose fields behind the IP header are there, but are not seen, are told apart.
final class Prerequisites {
    private static final long IPV4 = 0x0800;
    private static final long IPV6 = 0x86dd;
    private static final Map<Prerequisite, List<Match>> MATCHES = build();

    /// Packets that are no fragments.
    static final Match WHOLE = Match.builder().masked(Field.IP_FRAG, 0, FlowKey.FRAG_ANY).build();

    private Prerequisites() {}

    /// The packets that meet a prerequisite.
    ///
    /// @return disjoint matches
    static List<Match> of(Prerequisite prerequisite) {
        return MATCHES.get(prerequisite);
    }

    /// Fragments that may meet a prerequisite, but that do not show it to matches: where fragments
    /// are matched as usual, they have no ports.
    ///
    /// @return matches that are disjoint from each other and from those of [#of]
    static List<Match> fragments(Prerequisite prerequisite) {
        return switch (prerequisite) {
            case TCP -> firstFragments(6);
            case UDP -> firstFragments(17);
            case SCTP -> firstFragments(132);
            case ICMPV4 -> List.of(fragment(IPV4, 1, FlowKey.FRAG_ANY));
            case ICMPV6, ND, ND_SOLICIT, ND_ADVERT -> List.of(fragment(IPV6, 58, FlowKey.FRAG_ANY));
            case NONE, VLAN, ARP, IPV4, IPV6, IP, MPLS, NSH, CT -> List.of();
        };
    }

    private static List<Match> firstFragments(long protocol) {
        int mask = FlowKey.FRAG_ANY | FlowKey.FRAG_LATER;
        return List.of(fragment(IPV4, protocol, mask), fragment(IPV6, protocol, mask));
    }

    private static Match fragment(long type, long protocol, int mask) {
        return Match.builder()
                .exact(Field.ETH_TYPE, type)
                .exact(Field.IP_PROTO, protocol)
                .masked(Field.IP_FRAG, FlowKey.FRAG_ANY, mask)
                .build();
    }

    /// The packets that meet two prerequisites.
    ///
    /// @return disjoint matches; none if no packet meets both
    static List<Match> both(Prerequisite a, Prerequisite b) {
        List<Match> matches = new ArrayList<>();
        for (Match one : of(a)) {
            for (Match other : of(b)) {
                Cube cube = new Cube();
                if (cube.intersect(one) && cube.intersect(other)) {
                    matches.add(Match.of(cube.value, cube.mask));
                }
            }
        }
        return matches;
    }

    private static Map<Prerequisite, List<Match>> build() {
        Map<Prerequisite, List<Match>> all = new EnumMap<>(Prerequisite.class);
        for (Prerequisite prerequisite : Prerequisite.values()) {
            all.put(
                    prerequisite,
                    switch (prerequisite) {
                        case NONE -> List.of(Match.ANY);
                        case VLAN ->
                                List.of(
                                        Match.builder()
                                                .masked(
                                                        Field.VLAN_TCI,
                                                        FlowKey.VLAN_PRESENT,
                                                        FlowKey.VLAN_PRESENT)
                                                .build());
                        case ARP -> types(0x0806, 0x8035);
                        case IPV4 -> types(IPV4);
                        case IPV6 -> types(IPV6);
                        case IP -> types(IPV4, IPV6);
                        case TCP -> transport(6);
                        case UDP -> transport(17);
                        case SCTP -> transport(132);
                        case ICMPV4 -> List.of(icmp(IPV4, 1).build());
                        case ICMPV6 -> List.of(icmp(IPV6, 58).build());
                        case ND -> List.of(nd(135), nd(136));
                        case ND_SOLICIT -> List.of(nd(135));
                        case ND_ADVERT -> List.of(nd(136));
                        case MPLS -> types(0x8847, 0x8848);
                        case NSH -> types(FlowKey.ETH_TYPE_NSH);
                        case CT -> List.of(); // nothing tracks connections here
                    });
        }
        return all;
    }

    private static List<Match> types(long... types) {
        List<Match> matches = new ArrayList<>();
        for (long type : types) {
            matches.add(Match.builder().exact(Field.ETH_TYPE, type).build());
        }
        return List.copyOf(matches);
    }

    private static List<Match> transport(long protocol) {
        List<Match> matches = new ArrayList<>();
        for (long type : new long[] {IPV4, IPV6}) {
            matches.add(
                    Match.builder()
                            .exact(Field.ETH_TYPE, type)
                            .exact(Field.IP_PROTO, protocol)
                            .masked(Field.IP_FRAG, 0, FlowKey.FRAG_ANY)
                            .build());
        }
        return List.copyOf(matches);
    }

    private static Match.Builder icmp(long type, long protocol) {
        return Match.builder()
                .exact(Field.ETH_TYPE, type)
                .exact(Field.IP_PROTO, protocol)
                .masked(Field.IP_FRAG, 0, FlowKey.FRAG_ANY);
    }

    private static Match nd(long type) {
        return icmp(IPV6, 58).exact(Field.ICMPV6_TYPE, type).exact(Field.ICMPV6_CODE, 0).build();
    }
}
