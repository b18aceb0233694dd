package org.skyway.vhost;

import static org.skyway.vhost.SplitLayout.FLAGS_OFFSET;
import static org.skyway.vhost.SplitLayout.FLAG_INDIRECT;
import static org.skyway.vhost.SplitLayout.FLAG_NEXT;
import static org.skyway.vhost.SplitLayout.FLAG_WRITE;
import static org.skyway.vhost.SplitLayout.INDEX_MASK;
import static org.skyway.vhost.SplitLayout.INDEX_OFFSET;
import static org.skyway.vhost.SplitLayout.NO_INTERRUPT;
import static org.skyway.vhost.SplitLayout.NO_NOTIFY;
import static org.skyway.vhost.SplitLayout.SLOT_BYTES;

import java.lang.invoke.VarHandle;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.EventDescriptor;

/// What both ends of a split queue have in common. One poll thread at a time.
abstract class SplitQueue {
    /// Slots of one chain; a Linux guest uses up to 19.
    static final int MOST_PARTS = 128;

    final String name;
    final GuestMemory memory;
    final long slots;
    final long avail;
    final long used;
    final int size;
    final int headerBytes;
    final long[] parts = new long[MOST_PARTS]; // of the chain at hand
    final int[] partLengths = new int[MOST_PARTS];
    int published; // used index that the driver knows
    private volatile EventDescriptor call; // null: the driver does not want to be interrupted
    private long calls;
    private volatile String fault;

    /// Where a queue is, in this process; checked.
    ///
    /// @param slots its slots
    /// @param avail what the driver gives
    /// @param used what the device gives back
    /// @param size how many slots
    record Place(long slots, long avail, long used, int size) {}

    SplitQueue(
            String name, GuestMemory memory, Place place, int headerBytes, EventDescriptor call) {
        this.name = name;
        this.memory = memory;
        slots = place.slots;
        avail = place.avail;
        used = place.used;
        size = place.size;
        this.headerBytes = headerBytes;
        this.call = call;
        // Nothing was held by whoever served the queue before, so this is where it goes on,
        // whatever
        // SET_VRING_BASE says: DPDK's virtio-user says 0 after a reconnection.
        published = Memory.getShortAcquire(used + INDEX_OFFSET);
        Memory.putShort(used + FLAGS_OFFSET, NO_NOTIFY); // this side polls
    }

    /// How many entries the driver has given and this side not taken.
    ///
    /// @param next entry to be taken
    /// @return a number; 0 if the queue is faulty
    final int available(int next) {
        final int n = (Memory.getShortAcquire(avail + INDEX_OFFSET) - next) & INDEX_MASK;
        if (n <= size) {
            return fault == null ? n : 0;
        }
        if (fault == null) {
            fail("its index is %d ahead, but it has %d slots".formatted(n, size));
        }
        return 0;
    }

    /// Gives entries back, and tells the driver if it wants to be told.
    ///
    /// @param index behind the last
    final void publish(int index) {
        published = index & INDEX_MASK;
        Memory.putShortRelease(used + INDEX_OFFSET, published); // after entries and buffers
        final EventDescriptor event = call;
        if (event != null) {
            // The index must be out before the flag is read, or a driver that goes to sleep in
            // between would not be woken.
            VarHandle.fullFence();
            if ((Memory.getShort(avail + FLAGS_OFFSET) & NO_INTERRUPT) == 0) {
                calls++;
                event.signal();
            }
        }
    }

    /// Finds all parts of a chain.
    ///
    /// @param head its first slot
    /// @param writable whether they are to be written
    /// @return how many; 0 if the queue is faulty
    final int gather(int head, boolean writable) {
        long table = slots;
        int entries = size;
        int at = head;
        int n = 0;
        for (int steps = 0; steps < entries; steps++) {
            final long slot = table + SLOT_BYTES * (long) at;
            final long word0 = Memory.getLong(slot); // once: untrusted
            final long word1 = Memory.getLong(slot + 8);
            final int length = SplitLayout.length(word1);
            final int flags = SplitLayout.flags(word1);
            final long address = length == 0 ? GuestMemory.NOWHERE : memory.locate(word0, length);
            if (address == GuestMemory.NOWHERE) {
                badBuffer(word0, length);
                return 0;
            }
            if ((flags & FLAG_INDIRECT) != 0) {
                if (table != slots
                        || (flags & FLAG_NEXT) != 0
                        || (length & SLOT_BYTES - 1) != 0
                        || length >>> 4 > SplitLayout.MOST_SLOTS) {
                    fail("a table of slots has %d bytes and flags %d".formatted(length, flags));
                    return 0;
                }
                table = address;
                entries = length >>> 4;
                at = 0;
                steps = -1;
                continue;
            }
            if ((flags & FLAG_WRITE) != 0 != writable || n == MOST_PARTS) {
                fail("part %d of a chain has flags %d".formatted(n, flags));
                return 0;
            }
            parts[n] = address;
            partLengths[n++] = length;
            if ((flags & FLAG_NEXT) == 0) {
                return n;
            }
            at = SplitLayout.next(word1);
            if (at >= entries) {
                fail("slot %d of %d is to be the next".formatted(at, entries));
                return 0;
            }
        }
        fail("a chain has no end");
        return 0;
    }

    final void badBuffer(long address, int length) {
        fail(
                "a buffer of %d bytes at 0x%x is not in the guest's memory"
                        .formatted(length & 0xffff_ffffL, address));
    }

    final void badHead(int head) {
        fail("slot %d of %d is to be the first".formatted(head, size));
    }

    final void fail(String what) {
        fault = "%s: %s".formatted(name, what);
    }

    /// From now on interrupts the driver by another event, or not at all. Any thread; the one
    /// before may still be signalled until poll threads have settled.
    final void call(EventDescriptor event) {
        call = event;
    }

    /// How often the driver was interrupted. Its thread writes; others may see an old value.
    ///
    /// @return interrupts
    public final long calls() {
        return calls;
    }

    /// What the driver wrote that can't be. A faulty queue moves nothing more.
    ///
    /// @return a sentence that names the queue; null if nothing is wrong
    public final String fault() {
        return fault;
    }
}
