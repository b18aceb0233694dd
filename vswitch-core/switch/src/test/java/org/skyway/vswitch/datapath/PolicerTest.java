package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.skyway.vswitch.tables.Policing;

class PolicerTest {
    private static final long SECOND = 1_000_000_000L;

    private final long[] addresses = new long[32];
    private final int[] lengths = new int[32];

    private int admit(Policer policer, int count, int bytes, long nanos) {
        Arrays.fill(lengths, bytes);
        Arrays.setAll(addresses, i -> i);
        return policer.admit(addresses, lengths, count, nanos);
    }

    @Test
    void bitsAreLimited() {
        Policer policer = new Policer(new Policing(8, 16, 0, 0), 0);
        assertEquals(20, admit(policer, 32, 100, 0)); // a burst of 16,000 bits
        assertEquals(0, admit(policer, 1, 100, 0));
        assertEquals(10, admit(policer, 32, 100, SECOND));
        assertEquals(20, admit(policer, 32, 100, 9 * SECOND)); // no more than a burst
    }

    @Test
    void packetsAreLimitedWhateverTheirLength() {
        Policer policer = new Policer(new Policing(0, 0, 1, 1), 0);
        int passed = 0;
        for (int i = 0; i < 100; i++) {
            passed += admit(policer, 32, 1500, 0);
        }
        assertEquals(1000, passed);
        assertEquals(10, admit(policer, 32, 64, SECOND / 100));
    }

    @Test
    void thoseThatStayComeToTheFront() {
        Policer policer = new Policer(new Policing(8, 1, 0, 0), 0);
        long[] where = {7, 8, 9};
        int[] sizes = {200, 50, 60};
        assertEquals(2, policer.admit(where, sizes, 3, 0));
        assertArrayEquals(new long[] {8, 9}, Arrays.copyOf(where, 2));
        assertArrayEquals(new int[] {50, 60}, Arrays.copyOf(sizes, 2));
    }

    @Test
    void burstsHaveOpenVSwitchsDefaults() {
        assertEquals(new Policing(5, 8000, 3, 16), new Policing(5, 0, 3, 0));
        assertEquals(Policing.NONE, new Policing(0, 77, 0, 0));
    }
}
