package org.skyway.vswitch.dropin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.MacTable;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortVlans;
import org.skyway.vswitch.tables.PortVlans.Mode;
import org.skyway.vswitch.tables.PortVlans.PriorityTags;
import org.skyway.vswitch.tables.VlanSet;

/// What a database says of NORMAL: of ports and VLANs, and of the addresses that are learned.
final class NormalSettings {
    private NormalSettings() {}

    /// How NORMAL and mirrors are to be set up.
    ///
    /// @param numbers the ports' numbers by name; one that is not among them is left out
    /// @param bonds those of them that are one
    /// @param counters a mirror's, by its row
    /// @return without the bonds themselves
    static NormalConfig of(
            WantedBridge wanted,
            Map<String, Integer> numbers,
            List<BondSettings> bonds,
            Function<UUID, FlowCounters> counters) {
        Map<String, Integer> ids = new HashMap<>();
        bonds.forEach(b -> ids.put(b.name(), b.id()));
        Map<Integer, PortVlans> ports = new HashMap<>();
        for (WantedPort port : wanted.ports().values()) {
            Integer number = numbers.get(port.name());
            PortVlans vlans = vlans(port.port());
            if (number != null && !vlans.equals(PortVlans.TRUNK)) {
                ports.put(number, vlans);
                Integer bond = ids.get(port.port().text("name"));
                if (bond != null) {
                    ports.put(bond, vlans);
                }
            }
        }
        return new NormalConfig(
                ports,
                PortVlans.TRUNK,
                vlans(wanted.row(), "flood_vlans", VlanSet.NONE),
                isTrue(wanted.row(), "forward-bpdu"),
                new MirrorSettings(wanted, numbers, ids).all(counters),
                Map.of());
    }

    /// Tells the table of addresses how many to keep, and for how long.
    static void limit(MacTable macs, Row bridge) {
        macs.limits(
                number(bridge, "mac-aging-time", MacTable.AGEING_SECONDS),
                number(bridge, "mac-table-size", MacTable.MAX_ENTRIES));
    }

    /// What of a port's columns contradicts itself.
    ///
    /// @return a sentence; null if nothing does
    static String contradiction(WantedPort port) {
        Row row = port.port();
        boolean more = !row.texts("trunks").isEmpty() || !row.texts("cvlans").isEmpty();
        return row.text("vlan_mode").isEmpty() && row.integer("tag") != null && more
                ? "trunks and cvlans have no effect beside tag; set vlan_mode"
                : null;
    }

    private static PortVlans vlans(Row port) {
        Long tag = port.integer("tag");
        Mode mode =
                switch (port.text("vlan_mode")) {
                    case "access" -> Mode.ACCESS;
                    case "native-tagged" -> Mode.NATIVE_TAGGED;
                    case "native-untagged" -> Mode.NATIVE_UNTAGGED;
                    case "dot1q-tunnel" -> Mode.DOT1Q_TUNNEL;
                    case "trunk" -> Mode.TRUNK;
                    default -> tag == null ? Mode.TRUNK : Mode.ACCESS;
                };
        Map<String, String> other = port.pairs("other_config");
        return new PortVlans(
                mode,
                mode == Mode.TRUNK || tag == null ? 0 : tag.intValue(),
                switch (mode) {
                    case ACCESS -> VlanSet.ALL;
                    case DOT1Q_TUNNEL -> vlans(port, "cvlans", VlanSet.ALL);
                    default -> vlans(port, "trunks", VlanSet.ALL);
                },
                other.getOrDefault("qinq-ethtype", "").equals("802.1q")
                        ? 0x8100
                        : PortVlans.SERVICE_TAG,
                switch (other.getOrDefault("priority-tags", "")) {
                    case "if-nonzero", "true" -> PriorityTags.IF_NONZERO;
                    case "always" -> PriorityTags.ALWAYS;
                    default -> PriorityTags.NEVER;
                });
    }

    private static VlanSet vlans(Row row, String column, VlanSet ifNone) {
        List<String> ids = row.texts(column);
        return ids.isEmpty() ? ifNone : VlanSet.of(ids.stream().map(Integer::valueOf).toList());
    }

    private static boolean isTrue(Row row, String key) {
        return row.pairs("other_config").getOrDefault(key, "").equalsIgnoreCase("true");
    }

    // As Open vSwitch reads numbers: what is none is the default, and so is 0.
    private static int number(Row row, String key, int otherwise) {
        try {
            int number = Integer.parseInt(row.pairs("other_config").getOrDefault(key, "0").strip());
            return number == 0 ? otherwise : number < 0 ? Integer.MAX_VALUE : number;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
