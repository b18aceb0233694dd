package org.skyway.vswitch.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.CounterMemory;

class PatchPortTest {
    private final PatchPanel panel = new PatchPanel();

    private PatchPort port(int number) {
        return new PatchPort(number, 1, CounterMemory.ofProcess());
    }

    private int send(PatchPort from, int first) {
        try (Arena arena = Arena.ofConfined()) {
            long frame = arena.allocate(128, 64).address();
            Memory.putLong(frame, first);
            return from.txBurst(new long[] {frame}, new int[] {64}, 0, 1);
        }
    }

    private long received(PatchPort at) {
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        int n = at.rxBurst(addresses, lengths, 32);
        long first = n == 0 ? -1 : Memory.getLong(addresses[0]);
        assertTrue(n == 0 || lengths[0] == 64);
        at.rxRelease();
        return first;
    }

    @Test
    void whatIsSentToOneComesFromTheOther() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        panel.add("a", a, "b");
        assertFalse(a.isConnected());
        assertEquals(0, send(a, 1));
        panel.add("b", b, "a");
        assertTrue(a.isConnected() && b.isConnected());
        assertEquals(1, send(a, 7));
        assertEquals(1, send(b, 8));
        assertEquals(8, received(a));
        assertEquals(7, received(b));
        assertEquals(-1, received(b));

        panel.remove("b", b);
        assertFalse(a.isConnected() || b.isConnected());
        assertEquals(0, send(a, 1));
        PatchPort next = port(3);
        panel.add("b", next, "a");
        assertEquals(1, send(next, 9));
        assertEquals(9, received(a));
    }

    @Test
    void onlyTwoThatNameEachOtherAreConnected() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        PatchPort self = port(3);
        panel.add("a", a, "b");
        panel.add("b", b, "c");
        panel.add("self", self, "self");
        assertFalse(a.isConnected() || b.isConnected() || self.isConnected());
        panel.remove("a", b); // not the port of that name
        panel.remove("b", b);
        panel.add("b", b, "a");
        assertTrue(a.isConnected() && b.isConnected());
    }

    @Test
    void aFullRingTakesNoMoreAndNothingIsLostBefore() {
        PatchPort a = port(1);
        PatchPort b = port(2);
        panel.add("a", a, "b");
        panel.add("b", b, "a");
        int sent = 0;
        while (send(a, sent) == 1) {
            sent++;
        }
        assertTrue(sent > 1000);
        int got = 0;
        long[] addresses = new long[32];
        for (int n; (n = b.rxBurst(addresses, new int[32], 32)) > 0; b.rxRelease()) {
            for (int i = 0; i < n; i++) {
                assertEquals(got++, Memory.getLong(addresses[i]));
            }
        }
        assertEquals(sent, got);
    }
}
