package org.skyway.experiments.conformance.generate;

import java.util.List;
import java.util.Map;

/// One case: rules, and packets that meet them.
///
/// @param seed it was made from
/// @param version OpenFlow wire version
/// @param groups for `ovs-ofctl add-groups`, one each
/// @param flows for `ovs-ofctl add-flows`, one each
/// @param damage how to damage copies of flow-mods: index, position and value drawn from it
/// @param rounds each the frames that are sent at once, by port
/// @param stateful whether what a packet leads to depends on packets before it
public record Case(
        long seed,
        int version,
        List<String> groups,
        List<String> flows,
        List<Long> damage,
        List<Map<Integer, byte[]>> rounds,
        boolean stateful) {}
