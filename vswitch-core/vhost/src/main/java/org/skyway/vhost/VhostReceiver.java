package org.skyway.vhost;

import static org.skyway.vhost.SplitLayout.AVAIL_ENTRY_BYTES;
import static org.skyway.vhost.SplitLayout.ENTRIES_OFFSET;
import static org.skyway.vhost.SplitLayout.SLOT_BYTES;
import static org.skyway.vhost.SplitLayout.USED_ENTRY_BYTES;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.EventDescriptor;

/// What a guest sends. One thread at a time. Packets are read in place: [#peek] shows them,
/// [#release] gives their buffers back.
public final class VhostReceiver extends SplitQueue {
    /// Packets in several parts are put together in memory of its own, so that many at once.
    public static final int MOST_IN_BURST = 32;

    private final int maxFrame;
    private final int longest; // packet that is taken; more than a frame if it may be cut up
    private final long offloads; // features that the guest agreed to
    private final long[] left = new long[MOST_IN_BURST]; // to others, by the packets shown
    private final long scratch;
    private final long header; // of a packet whose header is in several parts
    private int next; // behind what peek has shown
    private long wrong;

    VhostReceiver(
            String name,
            GuestMemory memory,
            Place place,
            int headerBytes,
            EventDescriptor call,
            int maxFrame,
            long offloads,
            Arena arena) {
        super(name, memory, place, headerBytes, call);
        this.maxFrame = maxFrame;
        this.offloads = offloads;
        longest = offloads == 0 ? maxFrame : Math.max(maxFrame, Offloads.MOST_BYTES);
        next = published;
        header = arena.allocate(16, 16).address();
        scratch = arena.allocate((long) MOST_IN_BURST * stride(), 64).address();
    }

    private int stride() {
        return (longest + 127) & ~63; // may be read to the next multiple of 64
    }

    /// What was left to others of the packets that [#peek] showed last, for [VhostSender#offer].
    ///
    /// @return for each a word; see [Offloads]
    public long[] left() {
        return left;
    }

    /// Shows packets in place; one that is to be cut into segments is the last. What an earlier
    /// call showed and was not released is not shown again.
    ///
    /// @param addresses receives where each packet is; valid until [#release]
    /// @param lengths receives its length in bytes
    /// @param max how many at most, up to [#MOST_IN_BURST]
    /// @return how many; 0 if there is none, or the queue is faulty
    public int peek(long[] addresses, int[] lengths, int max) {
        int n = next;
        int given = available(n);
        if (given == 0) {
            return 0;
        }
        final int mask = size - 1;
        final long heads = avail + ENTRIES_OFFSET;
        final long entries = used + ENTRIES_OFFSET;
        final long at = slots;
        final int header = headerBytes;
        final int most = longest + header;
        int count = 0;
        boolean last = false;
        while (count < max && given > 0 && !last) {
            final int head = Memory.getShort(heads + AVAIL_ENTRY_BYTES * (long) (n & mask));
            if (head > mask) {
                badHead(head);
                break;
            }
            final long slot = at + SLOT_BYTES * (long) head;
            final long word0 = Memory.getLong(slot); // once: untrusted
            final long word1 = Memory.getLong(slot + 8);
            final int length = SplitLayout.length(word1);
            if (SplitLayout.flags(word1) != 0) {
                final int bytes = chain(head, count, addresses);
                if (bytes < 0) {
                    break;
                }
                if (bytes > 0 && isRight(count, this.header, bytes)) {
                    last = Offloads.isSegmented(left[count]);
                    lengths[count++] = bytes;
                }
            } else {
                final long address = memory.locate(word0, length);
                if (address == GuestMemory.NOWHERE) {
                    badBuffer(word0, length);
                    break;
                }
                if (length > header && length <= most && isRight(count, address, length - header)) {
                    last = Offloads.isSegmented(left[count]);
                    addresses[count] = address + header;
                    lengths[count++] = length - header;
                } else if (length <= header || length > most) {
                    wrong++;
                }
            }
            Memory.putLong(entries + USED_ENTRY_BYTES * (long) (n & mask), head);
            n++;
            given--;
        }
        next = n & SplitLayout.INDEX_MASK;
        if (count == 0) {
            release(); // of what was too long
        }
        return count;
    }

    // Takes what was left to others of a packet; what can't be is counted.
    private boolean isRight(int i, long before, int length) {
        if (offloads == 0) {
            return true;
        }
        final long word = Offloads.read(before, length, offloads);
        if (word == Offloads.WRONG || length > maxFrame && !Offloads.isSegmented(word)) {
            wrong++;
            return false;
        }
        left[i] = word;
        return true;
    }

    // A packet in several parts, whose header is copied. Answers its length, 0 if it can't be sent,
    // -1 for a fault.
    private int chain(int head, int count, long[] addresses) {
        final int n = gather(head, false);
        if (n == 0) {
            return -1;
        }
        if (n == 2 && partLengths[0] == headerBytes && partLengths[1] <= longest) {
            if (partLengths[1] < 0) {
                wrong++;
                return 0;
            }
            Memory.copy(parts[0], header, headerBytes);
            addresses[count] = parts[1]; // as most drivers do
            return partLengths[1];
        }
        final long target = scratch + (long) count * stride();
        int skip = headerBytes;
        int total = 0;
        for (int i = 0; i < n; i++) {
            final int length = partLengths[i];
            if (length < 0 || total + (long) length - skip > longest) {
                wrong++;
                return 0;
            }
            if (skip > 0) {
                Memory.copy(parts[i], header + headerBytes - skip, Math.min(skip, length));
            }
            if (length > skip) {
                Memory.copyPacket(parts[i] + skip, target + total, length - skip);
                total += length - skip;
                skip = 0;
            } else {
                skip -= length;
            }
        }
        if (total == 0) {
            wrong++;
        }
        addresses[count] = target;
        return total;
    }

    /// Gives the buffers of everything that was shown back.
    public void release() {
        if (published != next) {
            publish(next);
        }
    }

    /// A packet that was shown could not be completed, and is dropped.
    void isWrong() {
        wrong++;
    }

    /// How many packets were empty, too long, or left to others what can't be, and were dropped.
    /// Its thread writes; others may see an old value.
    ///
    /// @return packets
    public long wrong() {
        return wrong;
    }
}
