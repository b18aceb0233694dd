package org.skyway.memif;

import static org.skyway.memif.MemifLayout.CURSOR_MASK;
import static org.skyway.memif.MemifLayout.FLAG_NEXT;
import static org.skyway.memif.MemifLayout.HEAD_OFFSET;
import static org.skyway.memif.MemifLayout.SLOTS_OFFSET;
import static org.skyway.memif.MemifLayout.SLOT_BYTES;
import static org.skyway.memif.MemifLayout.TAIL_OFFSET;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;

/// The receiving end of a ring. One thread at a time. Packets are read in place: [#peek] shows
/// them, [#release] gives their buffers back.
public final class MemifReceiver {
    /// Packets in several buffers are put together in memory of its own, so that many at once.
    public static final int MOST_IN_BURST = 32;

    private final String name;
    private final long slots;
    private final int size;
    private final long theirs; // address of the cursor that the sender moves
    private final long ours; // address of the cursor that this end moves
    private final int lead; // what is published is so far ahead of what was taken
    private final MemifBuffers buffers;
    private final long ownBuffers; // where they are, if this side made them; else 0
    private final int bufferBytes; // of each of them
    private final int maxFrame;
    private final long scratch;
    private int taken; // published
    private int next; // behind what peek has shown
    private long tooLong;
    private volatile String fault;

    /// @param ring where it is; checked
    /// @param server whether this is the server's end
    /// @param ownBuffers where this side's buffers for the ring start; 0 at a server
    MemifReceiver(
            String name,
            long ring,
            int log2,
            boolean server,
            MemifBuffers buffers,
            long ownBuffers,
            int bufferBytes,
            int maxFrame,
            Arena arena) {
        this.name = name;
        slots = ring + SLOTS_OFFSET;
        size = 1 << log2;
        theirs = ring + (server ? HEAD_OFFSET : TAIL_OFFSET);
        ours = ring + (server ? TAIL_OFFSET : HEAD_OFFSET);
        lead = server ? 0 : size;
        this.buffers = buffers;
        this.ownBuffers = ownBuffers;
        this.bufferBytes = bufferBytes;
        this.maxFrame = maxFrame;
        scratch = arena.allocate((long) MOST_IN_BURST * stride(), 64).address();
    }

    private int stride() {
        return (maxFrame + 127) & ~63; // may be read to the next multiple of 64
    }

    /// Gives all buffers to the other side, if they are this side's to give.
    void begin() {
        Memory.putShortRelease(ours, lead);
    }

    /// Shows packets in place. What an earlier call showed and was not released is not shown again.
    ///
    /// @param addresses receives where each packet is; valid until [#release]
    /// @param lengths receives its length in bytes
    /// @param max how many at most, up to [#MOST_IN_BURST]
    /// @return how many; 0 if there is none, or the ring is faulty
    public int peek(long[] addresses, int[] lengths, int max) {
        int n = next;
        int left = (Memory.getShortAcquire(theirs) - n) & CURSOR_MASK; // the cursor pairs: slots
        if (left == 0 || fault != null) {
            return 0;
        }
        if (left > size) {
            badCursor(left);
            return 0;
        }
        final long at = slots;
        final int mask = size - 1;
        final boolean own = ownBuffers != 0;
        final long first = ownBuffers;
        final int room = bufferBytes;
        final int longest = maxFrame;
        int count = 0;
        while (count < max && left > 0) {
            final long slot = at + SLOT_BYTES * (long) (n & mask);
            final long word0 = Memory.getLong(slot); // once: untrusted
            final long word1 = Memory.getLong(slot + 8);
            final int length = MemifLayout.length(word0);
            if ((word0 & FLAG_NEXT) != 0) {
                final int used = chain(n, left, count, lengths);
                if (used == 0) {
                    break;
                }
                if (lengths[count] > 0) {
                    addresses[count] = scratch + (long) count * stride();
                    count++;
                }
                n += used;
                left -= used;
                continue;
            }
            final long address;
            if (own) {
                address = first + (long) (n & mask) * room;
                Memory.putInt(slot + 4, room);
                if (length <= 0 || length > room) {
                    badBuffer(word0, word1, length);
                    break;
                }
            } else {
                address = buffers.locate(word0, word1, length);
                if (address == MemifBuffers.NOWHERE) {
                    badBuffer(word0, word1, length);
                    break;
                }
            }
            if (length <= longest) {
                addresses[count] = address;
                lengths[count++] = length;
            } else {
                tooLong++;
            }
            n++;
            left--;
        }
        next = n & CURSOR_MASK;
        if (count == 0) {
            release(); // of what was too long
        }
        return count;
    }

    // Copies a packet in several buffers into scratch memory. Answers how many slots it takes, 0
    // for
    // a fault; its length goes to lengths[count], 0 if it is too long.
    private int chain(int from, int available, int count, int[] lengths) {
        final long target = scratch + (long) count * stride();
        int total = 0;
        for (int used = 0; used < available; used++) {
            final int index = (from + used) & (size - 1);
            final long slot = slots + SLOT_BYTES * (long) index;
            final long word0 = Memory.getLong(slot);
            final long word1 = Memory.getLong(slot + 8);
            final int length = MemifLayout.length(word0);
            final long address;
            if (ownBuffers != 0) {
                address =
                        length <= 0 || length > bufferBytes
                                ? MemifBuffers.NOWHERE
                                : ownBuffers + (long) index * bufferBytes;
                Memory.putInt(slot + 4, bufferBytes);
            } else {
                address = buffers.locate(word0, word1, length);
            }
            if (address == MemifBuffers.NOWHERE) {
                badBuffer(word0, word1, length);
                return 0;
            }
            if (total >= 0 && length <= maxFrame - total) {
                Memory.copyPacket(address, target + total, length);
                total += length;
            } else {
                total = -1;
            }
            if ((word0 & FLAG_NEXT) == 0) {
                if (total < 0) {
                    tooLong++;
                }
                lengths[count] = Math.max(total, 0);
                return used + 1;
            }
        }
        fault =
                "%s has a packet without an end in the %d slots that are filled"
                        .formatted(name, available);
        return 0;
    }

    /// Gives the buffers of everything that was shown back.
    public void release() {
        if (taken != next) {
            taken = next;
            Memory.putShortRelease(ours, taken + lead); // after the last read of the buffers
        }
    }

    private void badCursor(int left) {
        fault = "%s has a cursor %d slots ahead, but only %d slots".formatted(name, left, size);
    }

    private void badBuffer(long word0, long word1, int length) {
        fault =
                ownBuffers == 0
                        ? "%s has a slot with a buffer that is not there: %s"
                                .formatted(name, buffers.describe(word0, word1, length))
                        : "%s has a slot with %d bytes, but its buffer has %d"
                                .formatted(name, length & 0xffff_ffffL, bufferBytes);
    }

    /// How many slots it has.
    ///
    /// @return a power of two
    public int size() {
        return size;
    }

    /// How many packets were too long, and dropped. Its thread writes; others may see an old value.
    ///
    /// @return packets
    public long tooLong() {
        return tooLong;
    }

    /// What the other side wrote that can't be. A faulty ring shows nothing more.
    ///
    /// @return a sentence that names the ring; null if nothing is wrong
    public String fault() {
        return fault;
    }
}
