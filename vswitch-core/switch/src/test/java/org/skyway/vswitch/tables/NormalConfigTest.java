package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.vswitch.tables.PortVlans.Mode;
import org.skyway.vswitch.tables.PortVlans.PriorityTags;

/// Bonds in the set-up of NORMAL.
class NormalConfigTest {
    private static final int ID = Bond.FIRST_ID + 7;
    private static final Bond BOND =
            new Bond(ID, "b", false, 0, false, List.of(3, 2), List.of(2, 3), 2, null);

    @Test
    void membersAreOnePlace() {
        NormalConfig config = NormalConfig.DEFAULT.with(List.of(BOND));
        assertEquals(ID, config.place(2));
        assertEquals(ID, config.place(3));
        assertEquals(ID, config.place(ID));
        assertEquals(1, config.place(1));
        assertEquals(List.of(2, 3), BOND.members());
        assertEquals(Map.of(), config.with(List.of()).bonds());
    }

    @Test
    void aMirrorsOutputMayBeABond() {
        PortMirror mirror =
                new PortMirror("m", Set.of(1), Set.of(), null, ID, 0, 0, new FlowCounters(1));
        NormalConfig config =
                new NormalConfig(
                                Map.of(),
                                PortVlans.TRUNK,
                                VlanSet.NONE,
                                false,
                                List.of(mirror),
                                Map.of())
                        .with(List.of(BOND));
        assertTrue(config.isReserved(2) && config.isReserved(3) && config.isReserved(ID));
        assertFalse(config.isReserved(1));
        assertEquals(
                Map.of(
                        1, "port 1 is mirrored by m",
                        2, "port 2 is the output of mirror m",
                        3, "port 3 is the output of mirror m"),
                config.mirrored());
    }

    @Test
    void whatWasLearnedAtAPortIsForgottenWhenItJoinsABondAndWhenItLeaves() {
        Tables tables = new Tables();
        tables.macs().learn(0, 5, 2, 0);
        tables.macs().learn(0, 6, 1, 0);
        tables.normal(NormalConfig.DEFAULT.with(List.of(BOND)));
        tables.publish();
        assertNull(tables.macs().find(0, 5));
        assertNotNull(tables.macs().find(0, 6));
        tables.reclaim(tables.version());
        tables.macs().learn(0, 5, ID, 0);
        Bond now = new Bond(ID, "b", false, 0, false, List.of(2, 3), List.of(3), 3, null);
        tables.normal(NormalConfig.DEFAULT.with(List.of(now)));
        tables.publish();
        assertNotNull(tables.macs().find(0, 5)); // another member is active, and that is all
        tables.normal(NormalConfig.DEFAULT);
        tables.publish();
        assertNull(tables.macs().find(0, 5));
        assertNotNull(tables.macs().find(0, 6));
    }

    @Test
    void anAddressIsHeldForAWhileAndItsEndIsTold() {
        MacTable macs = new MacTable();
        List<Long> told = new ArrayList<>();
        macs.learn(0, 5, 1, 0);
        macs.hold(0, 5, 0);
        macs.hold(0, 6, 0); // not known
        macs.onChange(told::add);
        assertTrue(macs.find(0, 5).isHeld(4_999_999_999L));
        assertFalse(macs.find(0, 5).isHeld(5_000_000_000L));
        macs.expire(4_000_000_000L);
        assertEquals(List.of(), told);
        macs.learn(0, 5, 2, 4_000_000_000L);
        assertTrue(macs.find(0, 5).isHeld(4_000_000_000L)); // wherever it is
        macs.expire(5_000_000_000L);
        macs.expire(5_000_000_000L);
        assertEquals(List.of(5L, 5L), told); // that it has moved, and that it is free
    }

    @Test
    void tagsOfWhatLeavesWithOne() {
        for (Mode mode : Mode.values()) {
            PortVlans vlans =
                    new PortVlans(mode, 10, VlanSet.ALL, PortVlans.SERVICE_TAG, PriorityTags.NEVER);
            boolean tagged = mode == Mode.TRUNK || mode == Mode.NATIVE_TAGGED;
            boolean tunnelled = mode == Mode.ACCESS || mode == Mode.DOT1Q_TUNNEL;
            assertEquals(tagged ? 10 : 0, vlans.outerTag(10), mode.name());
            assertEquals(tunnelled ? 0 : 20, vlans.outerTag(20), mode.name());
        }
    }
}
