package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.bond.BondSettings;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;

class BondColumnsTest {
    private static final Datum TWO = new Datum.Atoms(Set.of(UUID.randomUUID(), UUID.randomUUID()));

    private final Map<String, WantedPort> ports = new LinkedHashMap<>();

    private static Row row(Map<String, Datum> columns) {
        return new Row(UUID.randomUUID(), columns);
    }

    private static Datum one(Object atom) {
        return new Datum.Atoms(Set.of(atom));
    }

    private void port(Map<String, Datum> columns, String... interfaces) {
        Map<String, Datum> all = new HashMap<>(columns);
        all.put("interfaces", interfaces.length > 1 ? TWO : one(UUID.randomUUID()));
        Row port = row(all);
        for (String name : interfaces) {
            ports.put(name, new WantedPort(port, row(Map.of("name", one(name))), null));
        }
    }

    private WantedBridge bridge(Map<String, Datum> columns) {
        return new WantedBridge(row(columns), ports, List.of(), List.of(), List.of());
    }

    private List<BondSettings> bonds(Map<String, Integer> numbers) {
        return new BondColumns(bridge(Map.of()), numbers).all(name -> name.length());
    }

    @Test
    void aPortWithSeveralInterfacesIsABond() {
        port(Map.of("name", one("eth0")), "eth0");
        port(Map.of("name", one("bond0")), "eth1", "eth2");
        assertEquals(
                List.of(
                        new BondSettings(
                                5,
                                "bond0",
                                false,
                                Map.of(1, "eth1", 2, "eth2"),
                                0,
                                0,
                                0,
                                10_000,
                                "",
                                false,
                                0)),
                bonds(Map.of("eth0", 7, "eth1", 1, "eth2", 2)));
        assertEquals(List.of(), bonds(Map.of("eth0", 7, "eth1", 1))); // the other can't be had
    }

    @Test
    void columnsSayHowItWorks() {
        port(
                Map.of(
                        "name", one("b"),
                        "bond_mode", one("balance-slb"),
                        "bond_updelay", one(100L),
                        "bond_downdelay", one(-5L),
                        "bond_active_slave", one("02:00:00:00:00:05"),
                        "other_config",
                                Datum.of(
                                        Map.of(
                                                "bond-hash-basis", "17",
                                                "bond-rebalance-interval", "20",
                                                "bond-primary", "eth2",
                                                "all-members-active", "true"))),
                "eth1",
                "eth2");
        assertEquals(
                List.of(
                        new BondSettings(
                                1,
                                "b",
                                true,
                                Map.of(1, "eth1", 2, "eth2"),
                                17,
                                100,
                                0,
                                1000,
                                "eth2",
                                true,
                                0x020000000005L)),
                bonds(Map.of("eth1", 1, "eth2", 2)));
    }

    @Test
    void nonsenseIsTheDefaultAndZeroIsNever() {
        port(
                Map.of(
                        "name", one("b"),
                        "bond_active_slave", one("x"),
                        "other_config",
                                Datum.of(
                                        Map.of(
                                                "bond-hash-basis", "99999999999",
                                                "bond-rebalance-interval", "often"))),
                "eth1",
                "eth2");
        BondSettings bond = bonds(Map.of("eth1", 1, "eth2", 2)).getFirst();
        assertEquals(0, bond.basis());
        assertEquals(10_000, bond.rebalanceMillis());
        assertEquals(0, bond.lastActive());
        ports.clear();
        port(
                Map.of(
                        "name", one("b"),
                        "other_config", Datum.of(Map.of("bond-rebalance-interval", "0"))),
                "eth1",
                "eth2");
        assertEquals(0, bonds(Map.of("eth1", 1, "eth2", 2)).getFirst().rebalanceMillis());
    }

    @Test
    void balancedBondsDoNotGoWithFloodedVlans() {
        port(Map.of("name", one("a")), "eth1", "eth2");
        port(Map.of("name", one("b"), "bond_mode", one("balance-slb")), "eth3", "eth4");
        assertEquals(List.of(), BondColumns.wrong(bridge(Map.of())));
        assertEquals(
                List.of(
                        "port b: bond_mode balance-slb does not go with flood_vlans: what it sends may come back; use active-backup, or clear flood_vlans"),
                BondColumns.wrong(bridge(Map.of("flood_vlans", one(10L)))));
    }
}
