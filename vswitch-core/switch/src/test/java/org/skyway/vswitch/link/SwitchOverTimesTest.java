package org.skyway.vswitch.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SwitchOverTimesTest {
    @Test
    void timesFallIntoTheFirstBoundThatTheyDontExceed() {
        SwitchOverTimes times = new SwitchOverTimes();
        times.add(0);
        times.add(100_000);
        times.add(100_001);
        times.add(2_000_000_000);
        times.add(3_000_000_001L);
        long[] counts = times.counts();
        assertArrayEquals(new long[] {2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1}, counts);
        assertEquals(counts.length, SwitchOverTimes.bounds().length);
        assertEquals(5_000_200_002L, times.sumNanos());
    }
}
