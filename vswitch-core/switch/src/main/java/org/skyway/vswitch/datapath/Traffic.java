package org.skyway.vswitch.datapath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What the switch itself moved through a port. Each poll thread adds to a line of its own; anyone
/// reads the sums.
public final class Traffic {
    /// Index of packets received from the port.
    public static final int RX_PACKETS = 0;

    /// Index of bytes received from the port.
    public static final int RX_BYTES = 1;

    /// Index of packets sent to the port.
    public static final int TX_PACKETS = 2;

    /// Index of bytes sent to the port.
    public static final int TX_BYTES = 3;

    /// Index of packets received and dropped because of an error: the packet's, the switch's, or a
    /// tag that found no room.
    public static final int RX_DROPPED = 4;

    /// Index of packets dropped because the port took no more, or failed to take them.
    public static final int TX_DROPPED = 5;

    /// Index of marks that belonged to no link.
    public static final int STRAY_MARKS = 6;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int STRIDE = 16;

    private final long[] cells;

    Traffic(int threads) {
        cells = new long[threads * STRIDE];
    }

    void add(int thread, int counter, long n) {
        int i = thread * STRIDE + counter;
        CELL.setOpaque(cells, i, cells[i] + n);
    }

    /// A counter's sum over all threads.
    ///
    /// @param counter one of the indices
    /// @return packets or bytes
    public long sum(int counter) {
        long sum = 0;
        for (int i = counter; i < cells.length; i += STRIDE) {
            sum += (long) CELL.getOpaque(cells, i);
        }
        return sum;
    }
}
