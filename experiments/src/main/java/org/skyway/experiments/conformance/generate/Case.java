package org.skyway.experiments.conformance.generate;

import java.util.List;
import java.util.Map;

/// One case: rules, and packets that meet them.
///
/// @param seed it was made from
/// @param version OpenFlow wire version
/// @param meters for `ovs-ofctl add-meter`, one each
/// @param groups for `ovs-ofctl add-groups`, one each
/// @param flows for `ovs-ofctl add-flows`, one each
/// @param damage how to damage copies of flow-mods: index, position and value drawn from it
/// @param rounds each the frames that are sent at once, by port
/// @param packetOuts for `ovs-ofctl packet-out`, one each, sent when all rounds are over
/// @param stateful whether what a packet leads to depends on packets before it
public record Case(
        long seed,
        int version,
        List<String> meters,
        List<String> groups,
        List<String> flows,
        List<Long> damage,
        List<Map<Integer, byte[]>> rounds,
        List<String> packetOuts,
        boolean stateful) {}
