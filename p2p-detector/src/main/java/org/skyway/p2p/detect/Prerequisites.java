package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.Prerequisite;

/// Which packets have a field, as matches of which a packet meets at most one: an action that
/// writes a field that a packet lacks leaves that packet alone.
///
/// Fragments whose fields behind the IP header are there, but are not seen, are told apart.
final class Prerequisites {
    private static final Map<Prerequisite, List<Match>> MATCHES = new EnumMap<>(Prerequisite.class);

    static {
        for (Prerequisite each : Prerequisite.values()) {
            MATCHES.put(each, build(each));
        }
    }

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
        boolean ports = prerequisite.etherTypes().size() > 1; // those of a later one are not there
        int mask = FlowKey.FRAG_ANY | (ports ? FlowKey.FRAG_LATER : 0);
        return prerequisite.protocol() < 0
                ? List.of()
                : transport(prerequisite, FlowKey.FRAG_ANY, mask)
                        .map(Match.Builder::build)
                        .toList();
    }

    private static Stream<Match.Builder> transport(Prerequisite p, int fragment, int mask) {
        return types(p).map(match ->
                match.exact(Field.IP_PROTO, p.protocol()).masked(Field.IP_FRAG, fragment, mask));
    }

    private static Stream<Match.Builder> types(Prerequisite p) {
        return p.etherTypes().stream().map(type -> Match.builder().exact(Field.ETH_TYPE, type));
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

    private static List<Match> build(Prerequisite p) {
        int tag = FlowKey.VLAN_PRESENT;
        return switch (p) {
            case NONE -> List.of(Match.ANY);
            case VLAN -> List.of(Match.builder().masked(Field.VLAN_TCI, tag, tag).build());
            case CT -> List.of(); // nothing tracks connections here
            case ND, ND_SOLICIT, ND_ADVERT ->
                    p.icmpTypes().stream()
                            .flatMap(type ->
                                    transport(p, 0, FlowKey.FRAG_ANY)
                                            .map(match ->
                                                    match.exact(Field.ICMPV6_TYPE, type)
                                                            .exact(Field.ICMPV6_CODE, 0)))
                            .map(Match.Builder::build)
                            .toList();
            default ->
                    (p.protocol() < 0 ? types(p) : transport(p, 0, FlowKey.FRAG_ANY))
                            .map(Match.Builder::build)
                            .toList();
        };
    }
}
