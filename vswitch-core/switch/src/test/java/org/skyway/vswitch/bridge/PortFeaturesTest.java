package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.sys.LinkModes;
import org.skyway.openflow.model.PortState;

class PortFeaturesTest {
    private static final int GIGABIT_FULL = 1 << 5;
    private static final int TEN_GIGABIT_FULL = 1 << 6;
    private static final int COPPER = 1 << 11;
    private static final int FIBER = 1 << 12;
    private static final int AUTONEG = 1 << 13;
    private static final int PAUSE = 1 << 14;

    private static PortState of(LinkModes modes) {
        return PortFeatures.of(PortState.of(1, "eth0", 1), modes);
    }

    @Test
    void aCardsModesAreFeatures() {
        // 1000baseT full, autonegotiation, twisted pair, 10000baseT full, pause
        int supported = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 12 | 1 << 13;
        int advertised = 1 << 5 | 1 << 6 | 1 << 7;
        PortState port = of(new LinkModes(1000, true, 0, true, supported, advertised));
        assertEquals(GIGABIT_FULL | COPPER | AUTONEG, port.current());
        assertEquals(GIGABIT_FULL | COPPER | AUTONEG, port.advertised());
        assertEquals(GIGABIT_FULL | TEN_GIGABIT_FULL | COPPER | AUTONEG | PAUSE, port.supported());
        assertEquals(1_000_000, port.currentSpeedKbps());
        assertEquals(10_000_000, port.maxSpeedKbps());
    }

    @Test
    void halfDuplexAndFiberHaveBitsOfTheirOwn() {
        assertEquals(1 << 2 | FIBER, of(new LinkModes(100, false, 3, false, 0, 0)).current());
    }

    @Test
    void aSpeedWithoutABitIsASpeedAllTheSame() {
        PortState port = of(new LinkModes(25_000, true, 3, false, 0, 0));
        assertEquals(FIBER, port.current());
        assertEquals(25_000_000, port.currentSpeedKbps());
    }

    @Test
    void ofAnUnknownLinkNothingIsKnown() {
        assertEquals(PortState.of(1, "eth0", 1), of(LinkModes.UNKNOWN));
    }
}
