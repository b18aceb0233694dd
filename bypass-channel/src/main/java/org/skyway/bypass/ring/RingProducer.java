package org.skyway.bypass.ring;

import static org.skyway.bypass.ring.RingLayout.CELL_BYTES;
import static org.skyway.bypass.ring.RingLayout.DESCRIPTORS_OFFSET;
import static org.skyway.bypass.ring.RingLayout.HEAD_OFFSET;
import static org.skyway.bypass.ring.RingLayout.RESERVED_CELLS;
import static org.skyway.bypass.ring.RingLayout.TAIL_OFFSET;
import static org.skyway.bypass.ring.RingLayout.TYPE_PAD;

import org.skyway.ivshmem.region.Memory;

/// The writing end of a ring. One thread at a time.
public final class RingProducer {
    private final String name;
    private final long base;
    private final long cells;
    private final int maxFrame;
    private final int mask;
    private final long cellsBase;
    private long tail; // published
    private long written; // behind what write has copied in
    private long head; // the reader's cursor as last seen
    private long writtenBytes; // by the last write
    private String fault;

    private RingProducer(String name, long base, RingLayout.Geometry geometry) {
        this.name = name;
        this.base = base;
        cells = geometry.cells();
        maxFrame = geometry.maxFrame();
        mask = geometry.cells() - 1;
        cellsBase = base + DESCRIPTORS_OFFSET + 8L * geometry.cells();
    }

    /// Takes the writing end of a ring, going on where an earlier writer stopped.
    ///
    /// @param base address of the ring
    /// @param roomBytes how far the region goes on from there
    /// @param name for error messages
    /// @return the end
    /// @throws RingFormatException if there is no sound ring
    public static RingProducer attach(long base, long roomBytes, String name)
            throws RingFormatException {
        return over(name, base, RingLayout.read(base, roomBytes, name));
    }

    /// Takes the writing end of a ring that the caller itself has laid out: whatever its first
    /// bytes say by now.
    ///
    /// @param base address of the ring
    /// @param cells as it was made
    /// @param maxFrame as it was made, bytes
    /// @param name for error messages
    /// @return the end
    /// @throws RingFormatException if its cursors can't be
    public static RingProducer known(long base, int cells, int maxFrame, String name)
            throws RingFormatException {
        return over(name, base, new RingLayout.Geometry(cells, maxFrame));
    }

    private static RingProducer over(String name, long base, RingLayout.Geometry geometry)
            throws RingFormatException {
        var producer = new RingProducer(name, base, geometry);
        producer.tail = Memory.getLongAcquire(base + TAIL_OFFSET);
        producer.written = producer.tail;
        producer.head = Memory.getLongAcquire(base + HEAD_OFFSET); // C
        if (producer.tail - producer.head < 0 || producer.tail - producer.head > producer.cells) {
            throw new RingFormatException(
                    "ring %s has tail %d and head %d with %d cells; recreate the channel"
                            .formatted(name, producer.tail, producer.head, producer.cells));
        }
        return producer;
    }

    /// Copies packets in, as many as fit, and publishes them at once.
    ///
    /// @param addresses where each packet is, of any alignment
    /// @param lengths its length in bytes, 1 to the ring's longest frame
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken; fewer than `count` if the ring is full or [#isFaulty]
    /// @throws IllegalArgumentException if a length is out of range; nothing was published
    public int offer(long[] addresses, int[] lengths, int from, int count) {
        final int taken = write(addresses, lengths, from, count);
        publish();
        return taken;
    }

    /// Copies packets in, as many as fit, which the reader does not see before [#publish]: for
    /// whoever has to count first.
    ///
    /// @param addresses where each packet is, of any alignment
    /// @param lengths its length in bytes, 1 to the ring's longest frame
    /// @param from index of the first
    /// @param count how many
    /// @return how many were taken; fewer than `count` if the ring is full or [#isFaulty]
    /// @throws IllegalArgumentException if a length is out of range; nothing was taken
    public int write(long[] addresses, int[] lengths, int from, int count) {
        // Fields in locals and distances as ints: the loop is as long as the packets are small.
        final long descriptors = base + DESCRIPTORS_OFFSET;
        final long cellsAt = cellsBase;
        final int last = mask;
        final int longest = maxFrame;
        final int end = from + count;
        final long first = written;
        int room = room(first);
        int index = (int) first & last;
        int used = 0;
        long bytes = 0;
        int i = from;
        for (; i < end; i++) {
            final int length = lengths[i];
            if (length <= 0 || length > longest) {
                throw badLength(length);
            }
            final int need = RingLayout.cellsOf(length);
            final int pad = index + need > last + 1 ? last + 1 - index : 0;
            if (used + pad + need > room) {
                refreshHead(first + used);
                room = room(first);
                if (used + pad + need > room) {
                    break;
                }
            }
            if (pad != 0) {
                Memory.putLong(descriptors + 8L * index, (long) TYPE_PAD << 16);
                used += pad;
                index = 0;
            }
            Memory.putLong(descriptors + 8L * index, RingLayout.packet(length));
            final long cell = cellsAt + (long) CELL_BYTES * index;
            if (length == CELL_BYTES) {
                Memory.copy64(addresses[i], cell);
            } else {
                Memory.copyPacket(addresses[i], cell, length);
            }
            used += need;
            bytes += length;
            index = index + need & last;
        }
        written = first + used;
        writtenBytes = bytes;
        return i - from;
    }

    /// How long the packets are that the last [#write] or [#offer] took.
    ///
    /// @return bytes, all together
    public long writtenBytes() {
        return writtenBytes;
    }

    /// Shows the reader everything that was written.
    public void publish() {
        if (tail != written) {
            tail = written;
            Memory.putLongRelease(base + TAIL_OFFSET, tail); // P
        }
    }

    /// Writes a mark and publishes it. There is room for it even when packets find none,
    /// [RingLayout#RESERVED_CELLS] times.
    ///
    /// @param mark from [Mark#of]
    /// @return false if there is no room even for it, or the ring [#isFaulty]
    public boolean mark(long mark) {
        if (!writeMark(mark)) {
            return false;
        }
        publish();
        return true;
    }

    /// Writes a mark, which the reader does not see before [#publish]. There is room for it as for
    /// [#mark].
    ///
    /// @param mark from [Mark#of]
    /// @return false if there is no room even for it, or the ring [#isFaulty]
    public boolean writeMark(long mark) {
        if (written + 1 > head + cells && written + 1 > refreshHead(written) + cells) {
            return false;
        }
        Memory.putLong(base + DESCRIPTORS_OFFSET + 8L * ((int) written & mask), mark);
        written++;
        return true;
    }

    /// How far packets and marks were written, those included that were not published yet.
    ///
    /// @return a cursor
    public long written() {
        return written;
    }

    /// Whether so many packets of up to 64 bytes would be taken now. A cheap look for whoever would
    /// otherwise make packets in vain.
    ///
    /// @param packets how many
    /// @return false also if the ring [#isFaulty]
    public boolean hasRoom(int packets) {
        final long most = cells - RESERVED_CELLS - packets;
        return written - head <= most || written - refreshHead(written) <= most;
    }

    /// Cells that the reader has not released yet, by its cursor as it is now.
    ///
    /// @return 0 if the ring is empty
    public long usedCells() {
        return written - refreshHead(written);
    }

    /// The longest packet that it takes.
    ///
    /// @return bytes
    public int maxFrame() {
        return maxFrame;
    }

    /// Whether the reader wrote something that can't be. A faulty ring takes nothing more.
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

    // Cells that packets may take behind a cursor, by the reader's cursor as last seen.
    private int room(long from) {
        return (int) (head + cells - RESERVED_CELLS - from);
    }

    private long refreshHead(long upTo) {
        final long h = Memory.getLongAcquire(base + HEAD_OFFSET); // C
        // Written by the reader: it may only move on, and never past what was written.
        if (h - head < 0 || tail - h < 0) {
            if (fault == null) {
                fault =
                        "the reader of ring %s moved its cursor from %d to %d while %d was written"
                                .formatted(name, head, h, tail);
            }
            head = upTo - cells; // full: nothing more goes in
            return head;
        }
        if (fault == null) {
            head = h;
        }
        return head;
    }

    private IllegalArgumentException badLength(int length) {
        return new IllegalArgumentException(
                "ring %s takes packets of 1 to %d bytes, not %d".formatted(name, maxFrame, length));
    }
}
