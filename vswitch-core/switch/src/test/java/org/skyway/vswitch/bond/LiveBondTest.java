package org.skyway.vswitch.bond;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.tables.Bond;
import org.skyway.vswitch.tables.BondBuckets;
import org.skyway.vswitch.tables.FlowCounters;

class LiveBondTest {
    private static final int ID = Bond.FIRST_ID;
    private static final long MILLI = 1_000_000;

    private final Map<Integer, PortState> ports = new TreeMap<>();
    private final Bonds bonds = new Bonds(() -> new FlowCounters(1));
    private long now = 1_000_000_000_000L;

    @BeforeEach
    void ports() {
        link(1, true);
        link(2, true);
    }

    private void link(int port, boolean up) {
        int state = up ? PortState.LIVE : PortState.LINK_DOWN;
        ports.put(port, new PortState(port, "p" + port, 0x100 + port, 0, state, 0, 0, 0, 0, 0, 0));
    }

    private BondSettings settings(boolean balanced, int up, int down, String primary, long last) {
        return new BondSettings(
                ID,
                "b",
                balanced,
                Map.of(1, "p1", 2, "p2"),
                0,
                up,
                down,
                10_000,
                primary,
                false,
                last);
    }

    private void configure(BondSettings settings) {
        bonds.configure(List.of(settings), ports, now);
    }

    private String after(long millis) {
        now += millis * MILLI;
        bonds.look(ports, now);
        Bond bond = bonds.seen().getFirst();
        return bond.active() + " of " + bond.enabled();
    }

    @Test
    void theFirstIsActiveAndAnotherTakesOverAtOnce() {
        configure(settings(false, 0, 0, "", 0));
        assertEquals("1 of [1, 2]", after(0));
        link(1, false);
        assertEquals("2 of [2]", after(0));
        link(1, true);
        assertEquals("2 of [2, 1]", after(0)); // it stays
        assertFalse(bonds.look(ports, now)); // nothing new
        link(2, false);
        link(1, false);
        assertEquals("0 of []", after(0));
        assertEquals(0, bonds.seen().getFirst().sender(5, 0));
    }

    @Test
    void thePrimaryIsActiveWheneverItMayBe() {
        configure(settings(false, 0, 0, "p2", 0));
        assertEquals("2 of [1, 2]", after(0));
        link(2, false);
        assertEquals("1 of [1]", after(0));
        link(2, true);
        assertEquals("2 of [1, 2]", after(0));
        assertTrue(bonds.named("b").activate("p1", now));
        assertEquals("2 of [1, 2]", after(0));
    }

    @Test
    void whoWasActiveBeforeTheRestartIsAgain() {
        configure(settings(false, 0, 0, "", 0x102));
        assertEquals("2 of [1, 2]", after(0));
    }

    @Test
    void linksMustStayAsTheyAreForAWhile() {
        configure(settings(false, 500, 300, "", 0));
        assertEquals("1 of [1, 2]", after(0)); // no delay at first
        link(1, false);
        assertEquals("1 of [1, 2]", after(0));
        assertEquals("1 of [1, 2]", after(299));
        assertEquals("2 of [2]", after(1));
        link(1, true);
        assertEquals("2 of [2]", after(0));
        assertEquals("2 of [2]", after(400));
        link(1, false); // not long enough
        assertEquals("2 of [2]", after(0));
        link(1, true);
        assertEquals("2 of [2]", after(499));
        assertEquals("2 of [2]", after(1));
        assertEquals("2 of [2, 1]", after(499));
        link(2, false);
        link(1, false);
        assertEquals("2 of [2, 1]", after(0));
        assertEquals("0 of []", after(300));
        link(1, true);
        assertEquals("1 of [1]", after(0)); // nobody is left to wait for
    }

    @Test
    void aMemberThatIsDisabledByHandComesBackWithItsLink() {
        configure(settings(false, 500, 0, "", 0));
        assertEquals("1 of [1, 2]", after(0));
        bonds.named("b").enable("p1", false);
        assertEquals("2 of [2]", after(0));
        assertEquals("2 of [2, 1]", after(500));
        link(1, false);
        assertEquals("2 of [2]", after(0));
        bonds.named("b").enable("p2", false);
        assertEquals("2 of [2]", after(0)); // there is no other
    }

    @Test
    void aPortThatIsRemovedIsNoMember() {
        configure(settings(false, 0, 0, "", 0));
        ports.remove(1);
        assertEquals("2 of [2]", after(0));
        configure(
                new BondSettings(
                        ID, "b", false, Map.of(2, "p2", 3, "p3"), 0, 0, 0, 0, "", false, 0));
        link(3, true);
        assertEquals("2 of [2, 3]", after(0));
        assertEquals(List.of(2, 3), bonds.seen().getFirst().members());
    }

    @Test
    void addressesAreAnnouncedOnceWhenAnotherIsActive() {
        configure(settings(true, 0, 0, "", 0));
        LiveBond bond = bonds.named("b");
        assertTrue(bond.takeAnnouncement());
        assertFalse(bond.takeAnnouncement());
        bond.activate("p2", now);
        assertTrue(bond.takeAnnouncement());
        assertArrayEquals(
                HexFormat.of()
                        .parseHex(
                                "ffffffffffff"
                                        + "020000000005"
                                        + "8100000a"
                                        + "803500010800060400030200000000050000000002000000000500000000"),
                Announcement.of(0x020000000005L, 10));
    }

    @Test
    void partsGoToMembersInTurnAndToOthersWhenALinkIsDown() {
        configure(settings(true, 0, 0, "", 0));
        Bond bond = bonds.seen().getFirst();
        int first = bond.sender(0x020000000001L, 0); // 38, says Open vSwitch
        int second = bond.sender(0x020000000001L, 10); // 218
        assertEquals(3, first + second);
        assertEquals(first, bond.sender(0x020000000001L, 0));
        bonds.named("b").migrate(38, "p2");
        assertEquals(2, bond.sender(0x020000000001L, 0));
        link(2, false);
        after(0);
        assertEquals(1, bonds.seen().getFirst().sender(0x020000000001L, 0));
        assertEquals(1, bonds.seen().getFirst().sender(0x020000000001L, 10));
    }

    @Test
    void loadIsSharedAnewWhenItIsTime() {
        configure(settings(true, 0, 0, "", 0));
        Bond bond = bonds.seen().getFirst();
        for (int part : new int[] {1, 2, 3}) {
            bonds.named("b").migrate(part, "p1");
            bond.buckets().counters(part).add(BurstLog.none(0), 1, 1_000_000, now);
        }
        after(9_999);
        assertEquals(1, bond.buckets().member(1));
        now += MILLI;
        assertTrue(bonds.look(ports, now));
        assertEquals(2, bond.buckets().member(1));
        assertEquals(1, bond.buckets().member(2));
        assertEquals(1, bond.buckets().member(3));
        assertEquals(
                Map.of(1, 488L), bonds.named("b").members(now).stream().toList().get(1).loads());
    }

    // What Open vSwitch 3.1 says of them.
    @Test
    void hashesAreOpenVSwitchs() {
        assertEquals(38, BondBuckets.of(0x020000000001L, 0, 0));
        assertEquals(218, BondBuckets.of(0x020000000001L, 10, 0));
        assertEquals(29, BondBuckets.of(0x020000000001L, 4095, 0));
        assertEquals(232, BondBuckets.of(0x020000000001L, 7, 12345));
        assertEquals(247, BondBuckets.of(0xaabbccddeeffL, 10, 0));
        assertEquals(143, BondBuckets.of(0xaabbccddeeffL, 7, 12345));
    }
}
