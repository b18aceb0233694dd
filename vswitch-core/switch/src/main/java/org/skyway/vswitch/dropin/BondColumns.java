package org.skyway.vswitch.dropin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;

/// What a database says of a bridge's bonds: ports that have several interfaces (Open vSwitch,
/// `bridge.c`, `port_configure_bond`). How members' links are watched (`bond-detect-mode`,
/// `bond-miimon-interval`) makes no difference: their carrier is looked at.
///
/// @param wanted the bridge
/// @param numbers the ports' numbers by name of the interface; one that is not among them can't be
///   had
record BondColumns(WantedBridge wanted, Map<String, Integer> numbers) {
    private static final String SLB = "balance-slb";
    private static final long REBALANCE_MILLIS = 10_000;
    private static final long LEAST_REBALANCE_MILLIS = 1000;

    /// The bonds. A port of whose interfaces only one can be had is none.
    ///
    /// @param ids what a bond is known by, by its name
    List<BondSettings> all(ToIntFunction<String> ids) {
        Map<Row, Map<Integer, String>> members = new LinkedHashMap<>();
        for (WantedPort port : wanted.ports().values()) {
            Integer number = numbers.get(port.name());
            if (number != null && port.isBonded()) {
                members.computeIfAbsent(port.port(), _ -> new LinkedHashMap<>())
                        .put(number, port.name());
            }
        }
        List<BondSettings> all = new ArrayList<>();
        members.forEach((row, of) -> {
            if (of.size() > 1) {
                all.add(bond(row, of, ids.applyAsInt(row.text("name"))));
            }
        });
        return all;
    }

    private static BondSettings bond(Row row, Map<Integer, String> members, int id) {
        Map<String, String> other = row.pairs("other_config");
        Long lastActive = OpenFlowSettings.address(row.text("bond_active_slave"));
        long rebalance = number(other, "bond-rebalance-interval", REBALANCE_MILLIS);
        return new BondSettings(
                id,
                row.text("name"),
                row.text("bond_mode").equals(SLB),
                members,
                (int) number(other, "bond-hash-basis", 0),
                millis(row, "bond_updelay"),
                millis(row, "bond_downdelay"),
                rebalance == 0 ? 0 : (int) Math.max(LEAST_REBALANCE_MILLIS, rebalance),
                other.getOrDefault("bond-primary", ""),
                other.getOrDefault("all-members-active", "").equals("true"),
                lastActive == null ? 0 : lastActive);
    }

    private static int millis(Row row, String column) {
        Long millis = row.integer(column);
        return millis == null ? 0 : Math.clamp(millis, 0, Integer.MAX_VALUE);
    }

    private static long number(Map<String, String> other, String key, long otherwise) {
        try {
            return Integer.parseInt(other.getOrDefault(key, "").strip());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /// What of them contradicts itself.
    ///
    /// @return sentences
    static List<String> wrong(WantedBridge bridge) {
        List<String> all = new ArrayList<>();
        if (!bridge.row().texts("flood_vlans").isEmpty()) {
            bridge.ports().values().stream()
                    .filter(p -> p.isBonded() && p.port().text("bond_mode").equals(SLB))
                    .map(p -> p.port().text("name"))
                    .distinct()
                    .forEach(name ->
                            all.add(
                                    "port %s: bond_mode balance-slb does not go with flood_vlans: what it sends may come back; use active-backup, or clear flood_vlans"
                                            .formatted(name)));
        }
        return all;
    }
}
