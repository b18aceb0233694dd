package org.skyway.vhost;

import static org.skyway.vhost.SplitLayout.AVAIL_ENTRY_BYTES;
import static org.skyway.vhost.SplitLayout.BUFFERS_OFFSET;
import static org.skyway.vhost.SplitLayout.ENTRIES_OFFSET;
import static org.skyway.vhost.SplitLayout.FLAG_WRITE;
import static org.skyway.vhost.SplitLayout.LONG_HEADER_BYTES;
import static org.skyway.vhost.SplitLayout.SLOT_BYTES;
import static org.skyway.vhost.SplitLayout.USED_ENTRY_BYTES;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.EventDescriptor;

/// What a guest receives. One thread at a time.
///
/// What a packet starts with is written here. It says that nothing is left to the guest, no
/// checksum, no segmentation, unless [#offer] is told what is.
public final class VhostSender extends SplitQueue {
    private final boolean mergeable;
    private final long header; // one of a packet in one buffer

    VhostSender(
            String name,
            GuestMemory memory,
            Place place,
            int headerBytes,
            EventDescriptor call,
            boolean mergeable,
            Arena arena) {
        super(name, memory, place, headerBytes, call);
        this.mergeable = mergeable;
        header = arena.allocate(16, 16).address();
        Memory.putShort(header + BUFFERS_OFFSET, 1);
    }

    /// Copies packets that are as they should be: see [#offer(long[], int[], long[], int, int)].
    ///
    /// @param addresses where each packet is, of any alignment
    /// @param lengths its length in bytes, 1 or more
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken
    public int offer(long[] addresses, int[] lengths, int from, int count) {
        return offer(addresses, lengths, null, from, count);
    }

    /// Copies packets into the guest's buffers, as many as fit, and gives them to it at once.
    ///
    /// @param addresses where each packet is, of any alignment
    /// @param lengths its length in bytes, 1 or more
    /// @param left what is left to the guest of each, which has agreed to that ([Offloads]); null
    ///   for nothing
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken; fewer than `count` if there is no room, or the queue is faulty
    public int offer(long[] addresses, int[] lengths, long[] left, int from, int count) {
        int n = published;
        int room = available(n);
        if (room == 0) {
            return 0;
        }
        final int mask = size - 1;
        final long heads = avail + ENTRIES_OFFSET;
        final long entries = used + ENTRIES_OFFSET;
        final long at = slots;
        final int before = headerBytes;
        final int end = from + count;
        int i = from;
        for (; i < end && room > 0; i++) {
            final int length = lengths[i];
            final int head = Memory.getShort(heads + AVAIL_ENTRY_BYTES * (long) (n & mask));
            if (head > mask) {
                badHead(head);
                break;
            }
            final long slot = at + SLOT_BYTES * (long) head;
            final long word0 = Memory.getLong(slot); // once: untrusted
            final long word1 = Memory.getLong(slot + 8);
            final int bytes = SplitLayout.length(word1);
            if (SplitLayout.flags(word1) != FLAG_WRITE || bytes < length + before) {
                final int taken =
                        scatter(addresses[i], length, left == null ? 0 : left[i], n, room);
                if (taken == 0) {
                    break;
                }
                n += taken;
                room -= taken;
                continue;
            }
            final long target = memory.locate(word0, bytes);
            if (target == GuestMemory.NOWHERE) {
                badBuffer(word0, bytes);
                break;
            }
            Memory.putLong(target, 0);
            if (before == LONG_HEADER_BYTES) {
                Memory.putInt(target + 8, 1 << 16);
            } else {
                Memory.putShort(target + 8, 0);
            }
            if (left != null) {
                Offloads.write(left[i], target);
            }
            if (length == 64) {
                Memory.copy64(addresses[i], target + before);
            } else {
                Memory.copyPacket(addresses[i], target + before, length);
            }
            Memory.putLong(
                    entries + USED_ENTRY_BYTES * (long) (n & mask),
                    (long) (length + before) << 32 | head);
            n++;
            room--;
        }
        n &= SplitLayout.INDEX_MASK;
        if (n != published) {
            publish(n);
        }
        return i - from;
    }

    // One packet into several parts, of one entry, or of several if the driver merges them. Answers
    // how many entries it takes; 0 if there are not enough, or the queue is faulty.
    private int scatter(long source, int length, long left, int from, int room) {
        Offloads.write(left, header);
        final int mask = size - 1;
        final int total = length + headerBytes;
        long first = 0;
        int done = 0;
        for (int taken = 0; taken < room; taken++) {
            final int index = (from + taken) & mask;
            final int head =
                    Memory.getShort(avail + ENTRIES_OFFSET + AVAIL_ENTRY_BYTES * (long) index);
            if (head > mask) {
                badHead(head);
                return 0;
            }
            final int n = gather(head, true);
            if (n == 0) {
                return 0;
            }
            if (taken == 0) {
                first = partLengths[0] >= 0 && partLengths[0] < headerBytes ? 0 : parts[0];
            }
            final int before = done;
            for (int i = 0; i < n && done < total; i++) {
                done += write(parts[i], partLengths[i], source, done, total);
            }
            Memory.putLong(
                    used + ENTRIES_OFFSET + USED_ENTRY_BYTES * (long) index,
                    (long) (done - before) << 32 | head);
            if (done == total) {
                if (taken > 0) {
                    Memory.putShort(first + BUFFERS_OFFSET, taken + 1);
                }
                return taken + 1;
            }
            if (!mergeable) {
                return 0; // the driver has no buffer for such a packet
            }
            if (first == 0) {
                fail("the first part of a buffer has less than %d bytes".formatted(headerBytes));
                return 0;
            }
        }
        return 0;
    }

    // Some bytes of what a packet starts with, and of the packet behind it.
    private int write(long target, int room, long source, int done, int total) {
        final int bytes = room < 0 ? total - done : Math.min(room, total - done);
        final int ofHeader = Math.max(0, Math.min(headerBytes - done, bytes));
        if (ofHeader > 0) {
            Memory.copyPacket(header + done, target, ofHeader);
        }
        if (bytes > ofHeader) {
            final int at = Math.max(0, done - headerBytes);
            Memory.copyPacket(source + at, target + ofHeader, bytes - ofHeader);
        }
        return bytes;
    }
}
