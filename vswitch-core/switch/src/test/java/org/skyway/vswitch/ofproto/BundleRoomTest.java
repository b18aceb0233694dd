package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BundleRoomTest {
    private final AtomicLong held = new AtomicLong();
    private final BundleRoom room = new BundleRoom(1000, held::get);

    private boolean add(long bytes) {
        if (room.take(bytes)) {
            held.addAndGet(bytes);
            return true;
        }
        return false;
    }

    @Test
    void bundlesOfAllConnectionsHoldSoMuchAndNoMore() {
        for (int i = 0; i < 10; i++) {
            assertTrue(add(100));
        }
        assertFalse(add(1));
        assertFalse(add(1));
    }

    @Test
    void whatWasThrownAwayMakesRoom() {
        for (int round = 0; round < 5; round++) {
            assertTrue(add(900));
            assertFalse(add(101));
            held.set(0);
        }
        assertTrue(add(1000));
    }
}
