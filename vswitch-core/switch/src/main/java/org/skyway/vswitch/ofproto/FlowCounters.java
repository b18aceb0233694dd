package org.skyway.vswitch.ofproto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Packets, bytes and the time of last use of a flow entry.
///
/// Each poll thread adds to a cell of its own, with plain adds and opaque stores, so nothing is
/// lost and nothing is locked. The ofproto thread reads the sum, to which it adds what the senders
/// of bypassed links count (design: "packet_count of the entries on a link's way = the switch's own
/// count
/// + the sender's bypass counter since the link's epoch").
public final class FlowCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PACKETS = 0;
    private static final int BYTES = 1;
    private static final int LAST_USED = 2;
    private static final int STRIDE = 8; // a cache line for each thread, once there are several

    private final long[] cells;
    private BypassSum bypassed; // null: none ever was, as for most entries

    /// Counters at zero.
    ///
    /// @param threads how many poll threads there are
    public FlowCounters(int threads) {
        cells = new long[threads == 1 ? 3 : threads * STRIDE];
    }

    /// Adds what a burst brought. Poll threads only.
    ///
    /// @param thread index of the calling poll thread
    /// @param packets how many packets
    /// @param bytes how many bytes
    /// @param nowNanos [System#nanoTime] of the burst
    public void add(int thread, long packets, long bytes, long nowNanos) {
        long[] c = cells;
        int i = thread * STRIDE;
        CELL.setOpaque(c, i + PACKETS, c[i + PACKETS] + packets);
        CELL.setOpaque(c, i + BYTES, c[i + BYTES] + bytes);
        CELL.setOpaque(c, i + LAST_USED, nowNanos);
    }

    /// Packets counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return packets
    public long packets() {
        return sum(PACKETS) + (bypassed == null ? 0 : bypassed.packets());
    }

    /// Bytes counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return bytes
    public long bytes() {
        return sum(BYTES) + (bypassed == null ? 0 : bypassed.bytes());
    }

    /// When a packet last hit the entry. Ofproto thread.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none did
    public long lastUsedNanos() {
        long last = bypassed == null ? Long.MIN_VALUE : bypassed.lastUsedNanos();
        for (int i = 0; i < cells.length; i += STRIDE) {
            if ((long) CELL.getOpaque(cells, i + PACKETS) != 0) {
                last = BypassSum.later(last, (long) CELL.getOpaque(cells, i + LAST_USED));
            }
        }
        return last;
    }

    /// What bypassed links add. Ofproto thread.
    ///
    /// @return the sum, to which links are attached
    public BypassSum bypassed() {
        if (bypassed == null) {
            bypassed = new BypassSum();
        }
        return bypassed;
    }

    private long sum(int field) {
        long sum = 0;
        for (int i = 0; i < cells.length; i += STRIDE) {
            sum += (long) CELL.getOpaque(cells, i + field);
        }
        return sum;
    }
}
