package org.skyway.bypass.ring;

import static org.skyway.bypass.ring.RingLayout.CELL_BYTES;
import static org.skyway.bypass.ring.RingLayout.DESCRIPTORS_OFFSET;
import static org.skyway.bypass.ring.RingLayout.HEAD_OFFSET;
import static org.skyway.bypass.ring.RingLayout.TAIL_OFFSET;
import static org.skyway.bypass.ring.RingLayout.TYPE_MARK;
import static org.skyway.bypass.ring.RingLayout.TYPE_PACKET;
import static org.skyway.bypass.ring.RingLayout.TYPE_PAD;

import org.skyway.ivshmem.region.Memory;

/// The reading end of a ring. One thread at a time. Packets are read in place: [#peek] shows them,
/// [#release] gives their cells back.
public final class RingConsumer {
    private final String name;
    private final long base;
    private final long cells;
    private final int maxFrame;
    private final int mask;
    private final long cellsBase;
    private long head; // published
    private long next; // behind what peek has shown
    private long tail; // the writer's cursor as last seen
    private long mark; // the mark at next, or 0
    private long shownBytes; // by the last peek
    private String fault;

    private long limit; // nothing from there on is shown, if `limited`
    private boolean limited;

    private RingConsumer(String name, long base, RingLayout.Geometry geometry) {
        this.name = name;
        this.base = base;
        cells = geometry.cells();
        maxFrame = geometry.maxFrame();
        mask = geometry.cells() - 1;
        cellsBase = base + DESCRIPTORS_OFFSET + 8L * geometry.cells();
    }

    /// Takes the reading end of a ring, going on where an earlier reader stopped.
    ///
    /// @param base address of the ring
    /// @param roomBytes how far the region goes on from there
    /// @param name for error messages
    /// @return the end
    /// @throws RingFormatException if there is no sound ring
    public static RingConsumer attach(long base, long roomBytes, String name)
            throws RingFormatException {
        return over(name, base, RingLayout.read(base, roomBytes, name));
    }

    /// Takes the reading end of a ring that the caller itself has laid out: whatever its first
    /// bytes say by now.
    ///
    /// @param base address of the ring
    /// @param cells as it was made
    /// @param maxFrame as it was made, bytes
    /// @param name for error messages
    /// @return the end
    public static RingConsumer known(long base, int cells, int maxFrame, String name) {
        return over(name, base, new RingLayout.Geometry(cells, maxFrame));
    }

    private static RingConsumer over(String name, long base, RingLayout.Geometry geometry) {
        var consumer = new RingConsumer(name, base, geometry);
        consumer.head = Memory.getLongAcquire(base + HEAD_OFFSET);
        consumer.next = consumer.head;
        consumer.tail = consumer.head;
        return consumer;
    }

    /// Shows packets in place, up to the next mark. What an earlier call showed and was not
    /// released is not shown again.
    ///
    /// @param addresses receives where each packet is; valid until [#release]
    /// @param lengths receives its length in bytes
    /// @param from index of the first to fill
    /// @param max how many at most; both arrays must have room
    /// @return how many; 0 if the ring is empty, [#isFaulty], or a mark is next: see [#mark]
    public int peek(long[] addresses, int[] lengths, int from, int max) {
        mark = 0;
        shownBytes = 0;
        long n = next;
        long end = tail;
        if (n == end) {
            end = refreshTail();
            if (n == end) {
                return 0;
            }
        }
        // Fields in locals and distances as ints: the loop is as long as the packets are small.
        final long descriptors = base + DESCRIPTORS_OFFSET;
        final long cellsAt = cellsBase;
        final int last = mask;
        final int longest = maxFrame;
        int left = (int) (end - n);
        int index = (int) n & last;
        int count = 0;
        long bytes = 0;
        while (count < max && left > 0) {
            final long d = Memory.getLong(descriptors + 8L * index); // once: untrusted
            final int length = RingLayout.length(d);
            int need = RingLayout.cellsOf(length);
            final int type = RingLayout.type(d);
            if (type == TYPE_PACKET) {
                if (length == 0 || length > longest || need > left || index + need > last + 1) {
                    bad(d, end - left);
                    break;
                }
                addresses[from + count] = cellsAt + (long) CELL_BYTES * index;
                lengths[from + count] = length;
                bytes += length;
                count++;
            } else if (type == TYPE_PAD && index != 0 && last + 1 - index <= left) {
                need = last + 1 - index;
            } else if (type == TYPE_MARK) {
                mark = d;
                break;
            } else {
                bad(d, end - left);
                break;
            }
            left -= need;
            index = index + need & last;
        }
        n = end - left;
        next = n;
        shownBytes = bytes;
        return count;
    }

    /// How long the packets are that the last [#peek] showed.
    ///
    /// @return bytes, all together
    public long shownBytes() {
        return shownBytes;
    }

    /// The mark that the last [#peek] stopped at.
    ///
    /// @return the mark (see [Mark]), or 0 if there is none
    public long mark() {
        return mark;
    }

    /// Takes the mark away and gives everything up to it back.
    public void takeMark() {
        passMark();
        release();
    }

    /// Takes the mark as if it were shown: [#release] gives it back.
    public void passMark() {
        if (mark == 0) {
            throw new IllegalStateException("ring " + name + " is not at a mark");
        }
        mark = 0;
        next++;
    }

    /// Gives the cells of everything that was shown back to the writer.
    public void release() {
        if (head != next) {
            head = next;
            Memory.putLongRelease(base + HEAD_OFFSET, head); // C
        }
    }

    /// Shows nothing from a cursor on, whatever the writer publishes. What was shown before stays
    /// shown.
    ///
    /// @param cursor as [#written] counts
    public void limit(long cursor) {
        limit = cursor;
        limited = true;
        if (fault == null && tail - cursor > 0) {
            tail = next - cursor > 0 ? next : cursor;
        }
    }

    /// Lets everything be shown again.
    public void unlimit() {
        limited = false;
    }

    /// Whether everything was shown that may be.
    ///
    /// @return true if the ring was limited and the limit is reached
    public boolean isAtLimit() {
        return limited && next - limit >= 0;
    }

    /// Whether everything that the writer has published was shown.
    ///
    /// @return true if so; always true once [#isFaulty]
    public boolean isEmpty() {
        return fault != null || (next == tail && next == refreshTail());
    }

    /// How far packets and marks were shown or taken.
    ///
    /// @return a cursor to compare with [#written], by their difference
    public long shown() {
        return next;
    }

    /// How far the writer has published, as it is now.
    ///
    /// @return a cursor; that of [#shown] if the ring [#isFaulty]
    public long written() {
        return fault != null ? next : refreshTail();
    }

    /// The longest packet that it shows.
    ///
    /// @return bytes
    public int maxFrame() {
        return maxFrame;
    }

    /// Whether the writer wrote something that can't be. A faulty ring shows nothing more.
    ///
    /// @return true for ever from the first bad value on
    public boolean isFaulty() {
        return fault != null;
    }

    /// What was wrong.
    ///
    /// @return a sentence with the ring's name and both values; null if nothing is
    public String fault() {
        return fault;
    }

    private long refreshTail() {
        if (fault != null) {
            return next;
        }
        long t = Memory.getLongAcquire(base + TAIL_OFFSET); // P
        // Written by the writer: it may only move on, and never past the cells it was given.
        if (t - tail < 0 || t - head > cells) {
            fault =
                    "the writer of ring %s moved its cursor from %d to %d while %d was read and there are %d cells"
                            .formatted(name, tail, t, head, cells);
            tail = next;
            return next;
        }
        if (limited && t - limit > 0) {
            t = next - limit > 0 ? next : limit;
        }
        tail = t;
        return t;
    }

    private void bad(long descriptor, long at) {
        fault =
                "ring %s has type %d length %d at cell %d of %d written, longest frame %d"
                        .formatted(
                                name,
                                RingLayout.type(descriptor),
                                RingLayout.length(descriptor),
                                at,
                                tail,
                                maxFrame);
        tail = at;
    }
}
