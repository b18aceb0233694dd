package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.skyway.ovsdb.Datum;
import org.skyway.ovsdb.Row;
import org.skyway.vswitch.dropin.Wanted.WantedBridge;
import org.skyway.vswitch.dropin.Wanted.WantedPort;

class UnmetTest {
    private static Row row(Map<String, Datum> columns) {
        return new Row(UUID.randomUUID(), columns);
    }

    private static Datum one(Object atom) {
        return new Datum.Atoms(Set.of(atom));
    }

    private static String port(Map<String, Datum> port, Map<String, Datum> row) {
        return Unmet.of(new WantedPort(row(port), row(row), null));
    }

    @Test
    void whatIsDoneIsNoComplaint() {
        assertNull(port(Map.of("name", one("p")), Map.of("ingress_policing_rate", one(7L))));
        assertNull(port(Map.of("bond_mode", one("balance-tcp"), "lacp", one("off")), Map.of()));
        assertNull(port(Map.of("tag", one(5L), "vlan_mode", one("access")), Map.of()));
        var plain = row(Map.of("name", one("b"), "stp_enable", one(false)));
        assertNull(Unmet.of(new WantedBridge(plain, Map.of(), List.of(), List.of(), List.of())));
    }

    @Test
    void whatHasNoEffectIsNamed() {
        assertEquals(
                "protected: not supported, has no effect; use OpenFlow rules, or clear it",
                port(Map.of("protected", one(true)), Map.of()));
        assertEquals(
                "bond_mode, lacp: not supported, has no effect; use OpenFlow rules, or clear it; the bond works as active-backup",
                port(
                        Map.of(
                                "interfaces",
                                new Datum.Atoms(Set.of(UUID.randomUUID(), UUID.randomUUID())),
                                "bond_mode",
                                one("balance-tcp"),
                                "lacp",
                                one("active")),
                        Map.of()));
        var busy = row(Map.of("mirrors", one(UUID.randomUUID()), "rstp_enable", one(true)));
        assertEquals(
                "rstp_enable: not supported, has no effect; use OpenFlow rules, or clear it",
                Unmet.of(new WantedBridge(busy, Map.of(), List.of(), List.of(), List.of())));
    }
}
