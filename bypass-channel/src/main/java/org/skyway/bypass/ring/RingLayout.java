package org.skyway.bypass.ring;

import java.lang.invoke.VarHandle;
import org.skyway.ivshmem.region.Memory;

/// A ring of 64-byte cells. A packet lies in as many consecutive cells as it needs and never wraps,
/// so it can be used in place; the descriptor of its first cell says how long it is. Small packets
/// thus touch one cache line of data and an eighth of one of descriptors, and the ring holds four
/// times as many packets of 64 bytes as of 256. Little-endian; cursors count cells, run on for
/// ever, and are masked on use.
///
/// ```
/// offset     size  field        writer    ordering
///      0        4  magic        creator   release R, written last: the ring is usable
///      4        4  version      creator   plain, before R
///      8        4  cells        creator   plain, before R; a power of two
///     12        4  maxFrame     creator   plain, before R; bytes
///    128        8  tail         producer  release P, acquired by the consumer; cells written
///    256        8  head         consumer  release C, acquired by the producer; cells read
///    512      8*n  descriptor   producer  plain, before P; one for each cell
/// 512+8n     64*n  cell         producer  plain, before P
/// ```
///
/// A descriptor: bits 0 to 15 length in bytes (of a mark: the slot), 16 to 23 type, 24 to 31 the
/// mark's kind, 32 to 63 the mark's epoch. The cursors lie two lines from anything else because the
/// hardware prefetches lines in pairs.
public final class RingLayout {
    /// "SKYR", the first 4 bytes of a ring.
    public static final int MAGIC = 0x52594b53;

    /// The version of this layout.
    public static final int VERSION = 1;

    /// Bytes in a cell.
    public static final int CELL_BYTES = 64;

    /// Fewest cells in a ring.
    public static final int MIN_CELLS = 512;

    /// Most cells in a ring.
    public static final int MAX_CELLS = 1 << 20;

    /// Cells that only marks may use: a full ring still takes a mark, so ending a link never waits
    /// for the reader.
    public static final int RESERVED_CELLS = 16;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int CELLS_OFFSET = 8;
    static final int MAX_FRAME_OFFSET = 12;
    static final int TAIL_OFFSET = 128;
    static final int HEAD_OFFSET = 256;
    static final int DESCRIPTORS_OFFSET = 512;

    static final int TYPE_PACKET = 1;
    static final int TYPE_MARK = 2;
    static final int TYPE_PAD = 3;

    private RingLayout() {}

    /// Bytes that a ring takes.
    ///
    /// @param cells a power of two
    /// @return bytes, a multiple of 64
    public static long sizeBytes(int cells) {
        return DESCRIPTORS_OFFSET + (long) cells * (8 + CELL_BYTES);
    }

    /// Makes an empty ring. The region must not be in use.
    ///
    /// @param base address of the ring, a multiple of 64
    /// @param cells a power of two from [#MIN_CELLS] to [#MAX_CELLS]
    /// @param maxFrame longest packet in bytes
    public static void create(long base, int cells, int maxFrame) {
        if (Integer.bitCount(cells) != 1 || cells < MIN_CELLS || cells > MAX_CELLS) {
            throw new IllegalArgumentException(
                    "a ring has a power of two of %d to %d cells, not %d"
                            .formatted(MIN_CELLS, MAX_CELLS, cells));
        }
        if (maxFrame < 64 || maxFrame > 65535 || cellsOf(maxFrame) * 4L > cells) {
            throw new IllegalArgumentException(
                    "a ring of %d cells can't take frames of %d bytes".formatted(cells, maxFrame));
        }
        Memory.putInt(base + MAGIC_OFFSET, 0);
        VarHandle.storeStoreFence(); // who finds any of what follows finds no magic before it
        Memory.putInt(base + VERSION_OFFSET, VERSION);
        Memory.putInt(base + CELLS_OFFSET, cells);
        Memory.putInt(base + MAX_FRAME_OFFSET, maxFrame);
        Memory.putLong(base + TAIL_OFFSET, 0);
        Memory.putLong(base + HEAD_OFFSET, 0);
        Memory.putIntRelease(base + MAGIC_OFFSET, MAGIC); // R
    }

    /// How far a ring has been written. For those who only watch it.
    ///
    /// @param base address of the ring
    /// @return the writer's cursor, in cells; untrusted
    public static long tail(long base) {
        return Memory.getLongAcquire(base + TAIL_OFFSET); // P
    }

    /// Whether everything that was written has been read. For those who only watch it.
    ///
    /// @param base address of the ring
    /// @return true if both cursors are equal; untrusted
    public static boolean isDrained(long base) {
        return Memory.getLongAcquire(base + HEAD_OFFSET) == tail(base);
    }

    /// Publishes what a writer that was killed had written and was about to publish. Nothing
    /// happens if the cursors that the ring has by now do not go with that.
    ///
    /// @param base address of the ring
    /// @param cells as it was made
    /// @param tail the writer's cursor
    public static void publish(long base, int cells, long tail) {
        long t = tail(base);
        long used = t - Memory.getLongAcquire(base + HEAD_OFFSET); // C
        long more = tail - t;
        if (used >= 0 && used <= cells && more >= 0 && more <= cells - used) {
            Memory.putLongRelease(base + TAIL_OFFSET, tail); // P
        }
    }

    /// Gives back what a reader that was killed had read and was about to give back. Nothing
    /// happens if the cursors that the ring has by now do not go with that.
    ///
    /// @param base address of the ring
    /// @param cells as it was made
    /// @param head the reader's cursor
    public static void release(long base, int cells, long head) {
        long h = Memory.getLongAcquire(base + HEAD_OFFSET);
        long used = tail(base) - h;
        long more = head - h;
        if (used >= 0 && used <= cells && more >= 0 && more <= used) {
            Memory.putLongRelease(base + HEAD_OFFSET, head); // C
        }
    }

    /// Checks a ring that somebody else made.
    ///
    /// @param base address of the ring
    /// @param roomBytes how far the region goes on from there
    /// @param name for error messages
    /// @return the geometry
    /// @throws RingFormatException if it is not a ring of this version, or does not fit
    static Geometry read(long base, long roomBytes, String name) throws RingFormatException {
        if (roomBytes < DESCRIPTORS_OFFSET) {
            throw new RingFormatException(
                    "ring %s has only %d bytes left in its region".formatted(name, roomBytes));
        }
        int magic = Memory.getIntAcquire(base + MAGIC_OFFSET); // R
        int version = Memory.getInt(base + VERSION_OFFSET);
        if (magic != MAGIC || version != VERSION) {
            throw new RingFormatException(
                    "ring %s has magic 0x%08x version %d, expected 0x%08x version %d; recreate the channel"
                            .formatted(name, magic, version, MAGIC, VERSION));
        }
        int cells = Memory.getInt(base + CELLS_OFFSET);
        int maxFrame = Memory.getInt(base + MAX_FRAME_OFFSET);
        if (Integer.bitCount(cells) != 1 || cells < MIN_CELLS || cells > MAX_CELLS) {
            throw new RingFormatException(
                    "ring %s claims %d cells, which is not a power of two from %d to %d"
                            .formatted(name, cells, MIN_CELLS, MAX_CELLS));
        }
        if (sizeBytes(cells) > roomBytes) {
            throw new RingFormatException(
                    "ring %s claims %d cells, which take %d bytes, but has %d; recreate the channel"
                            .formatted(name, cells, sizeBytes(cells), roomBytes));
        }
        if (maxFrame < 64 || maxFrame > 65535 || cellsOf(maxFrame) * 4L > cells) {
            throw new RingFormatException(
                    "ring %s of %d cells claims frames of %d bytes"
                            .formatted(name, cells, maxFrame));
        }
        return new Geometry(cells, maxFrame);
    }

    record Geometry(int cells, int maxFrame) {}

    static int cellsOf(int lengthBytes) {
        return (lengthBytes + CELL_BYTES - 1) >>> 6;
    }

    static long packet(int length) {
        return (long) TYPE_PACKET << 16 | length;
    }

    static long mark(Mark.Kind kind, int slot, int epoch) {
        return (long) epoch << 32 | (long) kind.code() << 24 | (long) TYPE_MARK << 16 | slot;
    }

    static int type(long descriptor) {
        return (int) (descriptor >>> 16) & 0xff;
    }

    static int length(long descriptor) {
        return (int) descriptor & 0xffff;
    }
}
