package org.skyway.vswitch.ofproto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Packets, bytes and the time of last use of a flow entry.
///
/// Each poll thread adds to a cell of its own, with plain adds and opaque stores, so nothing is
/// lost and nothing is locked. The first thread's cell is this object itself: with a thousand
/// entries in use, each line of memory less is a line more for packets. The ofproto thread reads
/// the sum, to which it adds what the senders of bypassed links count (design: "packet_count of the
/// entries on a link's way = the switch's own count + the sender's bypass counter since the link's
/// epoch").
public final class FlowCounters {
    private static final VarHandle FIRST_PACKETS;
    private static final VarHandle FIRST_BYTES;
    private static final VarHandle FIRST_LAST_USED;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PACKETS = 0;
    private static final int BYTES = 1;
    private static final int LAST_USED = 2;
    private static final int STRIDE = 8; // a cache line for each further thread

    static {
        try {
            MethodHandles.Lookup here = MethodHandles.lookup();
            FIRST_PACKETS = here.findVarHandle(FlowCounters.class, "firstPackets", long.class);
            FIRST_BYTES = here.findVarHandle(FlowCounters.class, "firstBytes", long.class);
            FIRST_LAST_USED = here.findVarHandle(FlowCounters.class, "firstLastUsed", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long firstPackets;
    private long firstBytes;
    private long firstLastUsed;
    private final long[] further; // of the second thread and those after it; null: there are none
    private BypassSum bypassed; // null: none ever was, as for most entries

    /// Counters at zero.
    ///
    /// @param threads how many poll threads there are
    public FlowCounters(int threads) {
        further = threads == 1 ? null : new long[(threads - 1) * STRIDE];
    }

    /// Adds what a burst brought. Poll threads only.
    ///
    /// @param thread index of the calling poll thread
    /// @param packets how many packets
    /// @param bytes how many bytes
    /// @param nowNanos [System#nanoTime] of the burst
    public void add(int thread, long packets, long bytes, long nowNanos) {
        if (thread == 0) {
            FIRST_PACKETS.setOpaque(this, firstPackets + packets);
            FIRST_BYTES.setOpaque(this, firstBytes + bytes);
            FIRST_LAST_USED.setOpaque(this, nowNanos);
            return;
        }
        long[] c = further;
        int i = (thread - 1) * STRIDE;
        CELL.setOpaque(c, i + PACKETS, c[i + PACKETS] + packets);
        CELL.setOpaque(c, i + BYTES, c[i + BYTES] + bytes);
        CELL.setOpaque(c, i + LAST_USED, nowNanos);
    }

    /// Packets counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return packets
    public long packets() {
        long own = (long) FIRST_PACKETS.getOpaque(this) + sum(PACKETS);
        return own + (bypassed == null ? 0 : bypassed.packets());
    }

    /// Bytes counted so far, bypassed ones included. Ofproto thread.
    ///
    /// @return bytes
    public long bytes() {
        long own = (long) FIRST_BYTES.getOpaque(this) + sum(BYTES);
        return own + (bypassed == null ? 0 : bypassed.bytes());
    }

    /// When a packet last hit the entry. Ofproto thread.
    ///
    /// @return a [System#nanoTime], or [Long#MIN_VALUE] if none did
    public long lastUsedNanos() {
        long last = bypassed == null ? Long.MIN_VALUE : bypassed.lastUsedNanos();
        if ((long) FIRST_PACKETS.getOpaque(this) != 0) {
            last = BypassSum.later(last, (long) FIRST_LAST_USED.getOpaque(this));
        }
        for (int i = 0; further != null && i < further.length; i += STRIDE) {
            if ((long) CELL.getOpaque(further, i + PACKETS) != 0) {
                last = BypassSum.later(last, (long) CELL.getOpaque(further, i + LAST_USED));
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
        for (int i = field; further != null && i < further.length; i += STRIDE) {
            sum += (long) CELL.getOpaque(further, i);
        }
        return sum;
    }
}
