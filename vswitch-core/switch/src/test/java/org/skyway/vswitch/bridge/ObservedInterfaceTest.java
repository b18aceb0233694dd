package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.skyway.ivshmem.sys.InterfaceState.ADMIN_DOWN;
import static org.skyway.ivshmem.sys.InterfaceState.ELSEWHERE;
import static org.skyway.ivshmem.sys.InterfaceState.GONE;
import static org.skyway.ivshmem.sys.InterfaceState.NO_CARRIER;
import static org.skyway.ivshmem.sys.InterfaceState.UP;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.sys.InterfaceChange;
import org.skyway.ivshmem.sys.InterfaceFacts;
import org.skyway.ivshmem.sys.InterfaceState;
import org.skyway.ivshmem.sys.LinkModes;
import org.skyway.openflow.model.PortState;

class ObservedInterfaceTest {
    private static final long MAC = 0x02_00_00_00_00_01L;
    private static final long OTHER = 0x02_00_00_00_00_02L;
    private static final int DOWN = PortState.PORT_DOWN;
    private static final int NO_LINK = PortState.LINK_DOWN;
    private static final LinkModes VETH = new LinkModes(10_000, true, 0, false, 0, 0);

    private final PortState up =
            ObservedInterface.now(PortState.of(1, "v1", 0), facts(UP, MAC))
                    .withConfig(PortState.NO_FLOOD);

    private static InterfaceFacts facts(InterfaceState state, long mac) {
        return state.isHere()
                ? new InterfaceFacts("v1", state, mac, VETH)
                : new InterfaceFacts("", state, 0, LinkModes.UNKNOWN);
    }

    private static List<InterfaceChange> changes(InterfaceState... states) {
        return Stream.of(states).map(s -> new InterfaceChange(7, s, MAC)).toList();
    }

    // As controllers are shown them: configuration, state, and the last byte of the address.
    private static List<List<Integer>> shown(List<PortState> ports) {
        return ports.stream()
                .map(PortState::effective)
                .map(p -> List.of(p.config(), p.state(), (int) p.mac() & 0xff))
                .toList();
    }

    private List<List<Integer>> meanwhile(List<InterfaceChange> changes, InterfaceFacts now) {
        return shown(ObservedInterface.meanwhile(up, changes, now));
    }

    private List<List<Integer>> now(InterfaceFacts facts) {
        return shown(List.of(ObservedInterface.now(up, facts)));
    }

    @Test
    void itsFlagsAreThePortsAndControllersBitsStay() {
        int own = PortState.NO_FLOOD;
        assertEquals(List.of(List.of(own, PortState.LIVE, 1)), now(facts(UP, MAC)));
        assertEquals(List.of(List.of(own, NO_LINK, 1)), now(facts(NO_CARRIER, MAC)));
        assertEquals(List.of(List.of(own | DOWN, NO_LINK, 2)), now(facts(ADMIN_DOWN, OTHER)));
        assertEquals(List.of(List.of(own | DOWN, NO_LINK, 0)), now(facts(GONE, 0)));
        assertEquals(List.of(List.of(own | DOWN, NO_LINK, 0)), now(facts(ELSEWHERE, 0)));
        assertEquals(up, ObservedInterface.now(up, facts(UP, MAC)));
        PortState gone = ObservedInterface.now(up, facts(GONE, 0));
        assertEquals(up, ObservedInterface.now(gone, facts(UP, MAC)));
    }

    @Test
    void packetsPassWithoutItsBeingKnownToBeUp() {
        PortState away = ObservedInterface.now(up, facts(ELSEWHERE, 0));
        assertTrue(away.receives() && away.sends());
    }

    @Test
    void whatHoldsAtTheEndIsNotToldTwice() {
        assertEquals(List.of(), meanwhile(changes(), facts(UP, MAC)));
        assertEquals(List.of(), meanwhile(changes(ADMIN_DOWN), facts(ADMIN_DOWN, MAC)));
        assertEquals(List.of(), meanwhile(changes(ADMIN_DOWN, GONE), facts(GONE, 0)));
        PortState down = ObservedInterface.now(up, facts(ADMIN_DOWN, MAC));
        assertEquals(
                List.of(),
                ObservedInterface.meanwhile(down, changes(NO_CARRIER, UP), facts(UP, MAC)));
    }

    @Test
    void aLinkThatWasLostForAMomentIsTold() {
        List<Integer> off = List.of(PortState.NO_FLOOD | DOWN, NO_LINK, 1);
        List<Integer> on = List.of(PortState.NO_FLOOD, PortState.LIVE, 1);
        assertEquals(List.of(off), meanwhile(changes(ADMIN_DOWN, NO_CARRIER, UP), facts(UP, MAC)));
        assertEquals(
                List.of(off, on, off),
                meanwhile(changes(ADMIN_DOWN, UP, ADMIN_DOWN, UP), facts(UP, MAC)));
        // One that came after the kernel had told the rest is told at the next look.
        assertEquals(List.of(off), meanwhile(changes(ADMIN_DOWN), facts(UP, MAC)));
    }

    @Test
    void oneThatComesBackHasItsLinkFromTheFirstOnTold() {
        PortState gone = ObservedInterface.now(up, facts(GONE, 0));
        assertEquals(
                List.of(ObservedInterface.now(up, facts(ADMIN_DOWN, MAC))),
                ObservedInterface.meanwhile(
                        gone, changes(ADMIN_DOWN, NO_CARRIER, UP), facts(UP, MAC)));
    }

    @Test
    void anAddressThatDidNotStayIsTold() {
        List<InterfaceChange> there =
                List.of(new InterfaceChange(7, UP, OTHER), new InterfaceChange(7, UP, MAC));
        assertEquals(
                List.of(List.of(PortState.NO_FLOOD, PortState.LIVE, 2)),
                meanwhile(there, facts(UP, MAC)));
        assertEquals(List.of(), meanwhile(there.subList(0, 1), facts(UP, OTHER)));
    }
}
