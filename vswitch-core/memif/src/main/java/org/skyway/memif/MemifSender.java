package org.skyway.memif;

import static org.skyway.memif.MemifLayout.CURSOR_MASK;
import static org.skyway.memif.MemifLayout.FLAGS_OFFSET;
import static org.skyway.memif.MemifLayout.FLAG_NEXT;
import static org.skyway.memif.MemifLayout.FLAG_POLLS;
import static org.skyway.memif.MemifLayout.HEAD_OFFSET;
import static org.skyway.memif.MemifLayout.SLOTS_OFFSET;
import static org.skyway.memif.MemifLayout.SLOT_BYTES;
import static org.skyway.memif.MemifLayout.TAIL_OFFSET;

import java.lang.invoke.VarHandle;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.EventDescriptor;

/// The sending end of a ring. One thread at a time.
public final class MemifSender {
    private final String name;
    private final long slots;
    private final long flags;
    private final int size;
    private final long theirs; // address of the cursor that the receiver moves
    private final long ours; // address of the cursor that this end moves
    private final int ahead; // room ends so far behind the receiver's cursor
    private final MemifBuffers buffers;
    private final long ownBuffers; // where they are, if this side made them; else 0
    private final int ownOffset; // where they start in region 0
    private final int bufferBytes; // of each of them
    private final EventDescriptor event; // wakes a receiver that does not poll
    private int filled; // published
    private long signals;
    private volatile String fault;

    /// @param ring where it is; checked
    /// @param server whether this is the server's end
    /// @param ownBuffers where this side's buffers for the ring start; 0 at a server
    /// @param ownOffset the same as an offset in the region
    MemifSender(
            String name,
            long ring,
            int log2,
            boolean server,
            MemifBuffers buffers,
            long ownBuffers,
            int ownOffset,
            int bufferBytes,
            EventDescriptor event) {
        this.name = name;
        slots = ring + SLOTS_OFFSET;
        flags = ring + FLAGS_OFFSET;
        size = 1 << log2;
        theirs = ring + (server ? HEAD_OFFSET : TAIL_OFFSET);
        ours = ring + (server ? TAIL_OFFSET : HEAD_OFFSET);
        ahead = server ? 0 : size;
        this.buffers = buffers;
        this.ownBuffers = ownBuffers;
        this.ownOffset = ownOffset;
        this.bufferBytes = bufferBytes;
        this.event = event;
    }

    /// Copies packets in, as many as fit, and publishes them at once.
    ///
    /// @param addresses where each packet is, of any alignment
    /// @param lengths its length in bytes, 1 or more
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken; fewer than `count` if there is no room, or the ring is faulty
    public int offer(long[] addresses, int[] lengths, int from, int count) {
        int n = filled;
        int room = (Memory.getShortAcquire(theirs) + ahead - n) & CURSOR_MASK;
        if (room == 0 || fault != null) {
            return 0;
        }
        if (room > size) {
            fault =
                    "%s has a cursor with room for %d slots, but only %d slots"
                            .formatted(name, room, size);
            return 0;
        }
        final long at = slots;
        final int mask = size - 1;
        final boolean own = ownBuffers != 0;
        final int end = from + count;
        int i = from;
        for (; i < end && room > 0; i++) {
            final int length = lengths[i];
            final long slot = at + SLOT_BYTES * (long) (n & mask);
            final long word0 = Memory.getLong(slot); // once: untrusted
            final long word1 = Memory.getLong(slot + 8);
            final int bytes = own ? bufferBytes : MemifLayout.length(word0);
            if (length > bytes && bytes > 0) {
                final int used = chain(addresses[i], length, n, room);
                if (used == 0) {
                    break;
                }
                n += used;
                room -= used;
                continue;
            }
            final long target;
            if (own) {
                target = ownBuffers + (long) (n & mask) * bytes;
                Memory.putInt(slot + 8, ownOffset + (n & mask) * bytes);
            } else {
                target = buffers.locate(word0, word1, bytes);
                if (target == MemifBuffers.NOWHERE) {
                    badBuffer(word0, word1, bytes);
                    break;
                }
            }
            if (length == 64) {
                Memory.copy64(addresses[i], target);
            } else {
                Memory.copyPacket(addresses[i], target, length);
            }
            Memory.putLong(slot, MemifLayout.word0(0, own ? 0 : MemifLayout.region(word0), length));
            n++;
            room--;
        }
        publish(n & CURSOR_MASK);
        return i - from;
    }

    // One packet into several buffers. Answers how many slots it takes, 0 if there are not enough.
    private int chain(long source, int length, int from, int room) {
        int done = 0;
        for (int used = 0; used < room; used++) {
            final int index = (from + used) & (size - 1);
            final long slot = slots + SLOT_BYTES * (long) index;
            final long word0 = Memory.getLong(slot);
            final long word1 = Memory.getLong(slot + 8);
            final int bytes = ownBuffers != 0 ? bufferBytes : MemifLayout.length(word0);
            final long target;
            if (ownBuffers != 0) {
                target = ownBuffers + (long) index * bytes;
                Memory.putInt(slot + 8, ownOffset + index * bytes);
            } else {
                target = buffers.locate(word0, word1, bytes);
                if (target == MemifBuffers.NOWHERE) {
                    badBuffer(word0, word1, bytes);
                    return 0;
                }
            }
            final int part = Math.min(bytes, length - done);
            Memory.copyPacket(source + done, target, part);
            done += part;
            final int region = ownBuffers != 0 ? 0 : MemifLayout.region(word0);
            Memory.putLong(slot, MemifLayout.word0(done < length ? FLAG_NEXT : 0, region, part));
            if (done == length) {
                return used + 1;
            }
        }
        return 0; // what was written to slots that are not published nobody reads
    }

    private void publish(int n) {
        if (n == filled) {
            return;
        }
        filled = n;
        Memory.putShortRelease(ours, n); // after slots and buffers
        if (event != null) {
            // The cursor must be out before the flag is read, or a receiver that goes to sleep in
            // between would not be woken.
            VarHandle.fullFence();
            if ((Memory.getShort(flags) & FLAG_POLLS) == 0) {
                signals++;
                event.signal();
            }
        }
    }

    private void badBuffer(long word0, long word1, int length) {
        fault =
                "%s was given a buffer that is not there: %s"
                        .formatted(name, buffers.describe(word0, word1, length));
    }

    /// How many slots it has.
    ///
    /// @return a power of two
    public int size() {
        return size;
    }

    /// How often it woke the receiver. Its thread writes; others may see an old value.
    ///
    /// @return signals
    public long signals() {
        return signals;
    }

    /// What the other side wrote that can't be. A faulty ring takes nothing more.
    ///
    /// @return a sentence that names the ring; null if nothing is wrong
    public String fault() {
        return fault;
    }
}
