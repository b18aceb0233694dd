package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// How many bursts of which size a poll thread received. Its thread counts; any thread reads.
final class BurstSizes {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /// By powers of two: bursts of 1, 2, up to 4, 8, 16 and [PollThread#BURST] packets.
    private final long[] counts = new long[index(PollThread.BURST) + 1];

    private static int index(int packets) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(packets - 1);
    }

    /// Counts one.
    ///
    /// @param packets 1 to [PollThread#BURST]
    void add(int packets) {
        int i = index(packets);
        COUNT.setOpaque(counts, i, counts[i] + 1);
    }

    /// What was counted.
    ///
    /// @return a copy
    long[] counts() {
        long[] copy = new long[counts.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (long) COUNT.getOpaque(counts, i);
        }
        return copy;
    }
}
