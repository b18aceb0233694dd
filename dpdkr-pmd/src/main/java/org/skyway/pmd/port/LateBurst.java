package org.skyway.pmd.port;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// A burst that was written into a bypass ring after its sender was told to leave, as the sender
/// looked at its command before: kept until it is known whether it may be delivered there. Memory
/// of the sender's own, because the receiver can write the ring's. Data thread.
final class LateBurst {
    private static final int ALIGNMENT = 64;

    private final long start;
    private final long before;
    private final MemorySegment copies; // there as long as this is
    private final long[] addresses;
    private final int[] lengths;
    private int next;

    private LateBurst(long start, long before, long sizeBytes, int count) {
        this.start = start;
        this.before = before;
        copies = Arena.ofAuto().allocate(sizeBytes, ALIGNMENT);
        addresses = new long[count];
        lengths = new int[count];
    }

    /// Copies a burst.
    ///
    /// @param start where in the bypass ring it begins: a cursor
    /// @param before how many packets of the epoch lie before it
    /// @param addresses where each packet is
    /// @param lengths its length in bytes
    /// @param from index of the first
    /// @param count how many, 1 or more
    static LateBurst copy(
            long start, long before, long[] addresses, int[] lengths, int from, int count) {
        long bytes = 0;
        for (int i = from; i < from + count; i++) {
            bytes += room(lengths[i]);
        }
        var burst = new LateBurst(start, before, bytes, count);
        long at = burst.copies.address();
        for (int i = 0; i < count; i++) {
            burst.addresses[i] = at;
            burst.lengths[i] = lengths[from + i];
            Memory.copyPacket(addresses[from + i], at, burst.lengths[i]);
            at += room(burst.lengths[i]);
        }
        return burst;
    }

    private static int room(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /// Whether it lies behind a cursor.
    boolean isBehind(long cursor) {
        return start - cursor >= 0;
    }

    /// So many packets of the epoch were read: what of the burst is among them is not sent again.
    void read(long packets) {
        next = Math.clamp(packets - before, next, addresses.length);
    }

    /// Sends what is left of it.
    ///
    /// @return how many packets were taken
    int sendInto(RingProducer ring) {
        int taken = ring.offer(addresses, lengths, next, addresses.length - next);
        Reference.reachabilityFence(copies);
        next += taken;
        return taken;
    }

    /// Whether all of it was sent.
    boolean isSent() {
        return next == addresses.length;
    }
}
