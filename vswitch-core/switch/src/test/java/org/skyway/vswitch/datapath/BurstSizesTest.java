package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class BurstSizesTest {
    @Test
    void sizesAreCountedByPowersOfTwo() {
        BurstSizes sizes = new BurstSizes();
        for (int n = 1; n <= PollThread.BURST; n++) {
            sizes.add(n);
        }
        assertArrayEquals(new long[] {1, 1, 2, 4, 8, 16}, sizes.counts());
    }
}
