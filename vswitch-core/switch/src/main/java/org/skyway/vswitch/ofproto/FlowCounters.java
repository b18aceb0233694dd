package org.skyway.vswitch.ofproto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

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
    private final List<BypassCounters> live = new ArrayList<>(0);
    private long settledPackets;
    private long settledBytes;
    private long settledLastUsed = Long.MIN_VALUE;

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
        long sum = settledPackets + sum(PACKETS);
        for (BypassCounters b : live) {
            sum += b.packets();
        }
        return sum;
    }

    /// Bytes counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return bytes
    public long bytes() {
        long sum = settledBytes + sum(BYTES);
        for (BypassCounters b : live) {
            sum += b.bytes();
        }
        return sum;
    }

    /// When a packet last hit the entry. Ofproto thread.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none did
    public long lastUsedNanos() {
        long last = settledLastUsed;
        for (int i = 0; i < cells.length; i += STRIDE) {
            if ((long) CELL.getOpaque(cells, i + PACKETS) != 0) {
                last = later(last, (long) CELL.getOpaque(cells, i + LAST_USED));
            }
        }
        for (BypassCounters b : live) {
            last = later(last, b.lastUsedNanos());
        }
        return last;
    }

    /// From now on counts what a sender counts, too. Ofproto thread.
    ///
    /// @param bypass the sender's counters, from the link's epoch on
    public void attach(BypassCounters bypass) {
        live.add(bypass);
    }

    /// Takes over what a sender has counted and no longer looks at it. Ofproto thread.
    ///
    /// @param bypass what was attached; its counters must be final
    public void settle(BypassCounters bypass) {
        if (live.remove(bypass)) {
            settledPackets += bypass.packets();
            settledBytes += bypass.bytes();
            settledLastUsed = later(settledLastUsed, bypass.lastUsedNanos());
        }
    }

    private static long later(long a, long b) {
        return a == Long.MIN_VALUE ? b : b == Long.MIN_VALUE ? a : a - b >= 0 ? a : b;
    }

    private long sum(int field) {
        long sum = 0;
        for (int i = 0; i < cells.length; i += STRIDE) {
            sum += (long) CELL.getOpaque(cells, i + field);
        }
        return sum;
    }
}
