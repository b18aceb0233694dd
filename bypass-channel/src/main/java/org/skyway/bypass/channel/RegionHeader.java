package org.skyway.bypass.channel;

import java.lang.invoke.VarHandle;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.ivshmem.region.Memory;

/// The first bytes of every region: what it is, and where its two rings are. A guest finds the
/// right PCI device by reading this, not by its address. Little-endian.
///
/// ```
/// offset  size  field        writer  ordering
///      0     4  magic        switch  release R, written last: the region is usable
///      4     4  version      switch  plain, before R
///      8     8  sizeBytes    switch  plain, before R
///     16     8  id           switch  plain, before R; unique among the switch's regions
///     24     4  cells        switch  plain, before R; of each ring
///     28     4  maxFrame     switch  plain, before R; bytes
///     32     8  firstRing    switch  plain, before R; offset of the ring to the switch, or A to B
///     40     8  secondRing   switch  plain, before R; offset of the ring to the VNF, or B to A
///     48     4  features     switch  plain, before R; bits; who does not know one may ignore it
///     52     4  required     switch  plain, before R; bits; who does not know one must not use the region
/// ```
///
/// `cells` and `maxFrame` are for people: what counts is what each ring says itself.
///
/// @param magic [#PORT_MAGIC] or [#LINK_MAGIC]
/// @param sizeBytes of the whole region, a power of two
/// @param id the region's id
/// @param cells cells of each ring
/// @param maxFrame longest packet in bytes
/// @param firstRing offset
/// @param secondRing offset
public record RegionHeader(
        int magic,
        long sizeBytes,
        long id,
        int cells,
        int maxFrame,
        long firstRing,
        long secondRing) {
    /// "SKYP": a port region.
    public static final int PORT_MAGIC = 0x50594b53;

    /// "SKYL": a link region.
    public static final int LINK_MAGIC = 0x4c594b53;

    /// The version of the layouts of this package.
    public static final int VERSION = 2;

    /// The bits of `required` that are known here: none yet.
    static final int REQUIRED_KNOWN = 0;

    /// Where the control block of a port region starts.
    public static final int CONTROL_OFFSET = 1024;

    /// Where the statistics block of a port region starts.
    public static final int STATISTICS_OFFSET = 2048;

    /// Where the first ring starts.
    public static final int FIRST_RING_OFFSET = 4096;

    /// Cells of a port's ring unless the configuration says otherwise: 32,768 packets of 64 bytes,
    /// or 1,365 of 1,514. The switch drops what finds no room, so there is room for what comes
    /// while a VNF waits for a core.
    public static final int DEFAULT_PORT_CELLS = 32768;

    /// Cells of a link's ring unless the configuration says otherwise: 8,192 packets of 64 bytes,
    /// or 341 of 1,514. Its sender waits when it is full, so nothing is lost for want of room, and
    /// what both sides work on stays in a core's own cache.
    public static final int DEFAULT_LINK_CELLS = 8192;

    /// Longest packet in bytes, VLAN tags included, without the frame check sequence.
    public static final int MAX_FRAME = 2048;

    /// The header of a new region.
    ///
    /// @param magic [#PORT_MAGIC] or [#LINK_MAGIC]
    /// @param id unique among the switch's regions
    /// @param cells of each ring, a power of two
    /// @return a header for the smallest region that fits
    public static RegionHeader of(int magic, long id, int cells) {
        long ring = (RingLayout.sizeBytes(cells) + 4095) & -4096L;
        long needed = FIRST_RING_OFFSET + 2 * ring;
        long size = Long.highestOneBit(needed - 1) << 1;
        return new RegionHeader(
                magic, size, id, cells, MAX_FRAME, FIRST_RING_OFFSET, FIRST_RING_OFFSET + ring);
    }

    /// Writes the header and two empty rings into a region that is all zeros or no longer in use.
    ///
    /// @param base address of the region, mapped for [#sizeBytes]
    public void create(long base) {
        Memory.putInt(base, 0);
        VarHandle.storeStoreFence(); // who finds any of what follows finds no magic before it
        Memory.clear(base + CONTROL_OFFSET, FIRST_RING_OFFSET - CONTROL_OFFSET);
        RingLayout.create(base + firstRing, cells, maxFrame);
        RingLayout.create(base + secondRing, cells, maxFrame);
        Memory.putInt(base + 4, VERSION);
        Memory.putLong(base + 8, sizeBytes);
        Memory.putLong(base + 16, id);
        Memory.putInt(base + 24, cells);
        Memory.putInt(base + 28, maxFrame);
        Memory.putLong(base + 32, firstRing);
        Memory.putLong(base + 40, secondRing);
        Memory.putInt(base + 48, 0);
        Memory.putInt(base + 52, 0);
        Memory.putIntRelease(base, magic); // R
    }

    /// Reads and checks the header of a region.
    ///
    /// @param base address of the region
    /// @param mappedBytes how much is mapped
    /// @param magic what it should be
    /// @param name for error messages
    /// @return the header
    /// @throws RingFormatException if it is something else, of another version, or does not fit
    public static RegionHeader read(long base, long mappedBytes, int magic, String name)
            throws RingFormatException {
        int foundMagic = Memory.getIntAcquire(base); // R
        int version = Memory.getInt(base + 4);
        if (foundMagic != magic || version != VERSION) {
            throw new RingFormatException(
                    "region %s has magic 0x%08x version %d, expected 0x%08x version %d; use the same release on both sides"
                            .formatted(name, foundMagic, version, magic, VERSION));
        }
        int required = Memory.getInt(base + 52);
        if ((required & ~REQUIRED_KNOWN) != 0) {
            throw new RingFormatException(
                    "region %s requires features 0x%08x, of which 0x%08x are known here; use the same release on both sides"
                            .formatted(name, required, REQUIRED_KNOWN));
        }
        var header =
                new RegionHeader(
                        magic,
                        Memory.getLong(base + 8),
                        Memory.getLong(base + 16),
                        Memory.getInt(base + 24),
                        Memory.getInt(base + 28),
                        Memory.getLong(base + 32),
                        Memory.getLong(base + 40));
        if (header.sizeBytes != mappedBytes) {
            throw new RingFormatException(
                    "region %s claims %d bytes but maps %d; recreate the channel"
                            .formatted(name, header.sizeBytes, mappedBytes));
        }
        header.checkRing(header.firstRing, name);
        header.checkRing(header.secondRing, name);
        return header;
    }

    /// Whether a region is ready and is the one that is looked for. Any memory may be asked.
    ///
    /// @param base address of the region, mapped for 4096 bytes or more
    /// @param magic what it should be
    /// @param id which
    /// @return true if so
    public static boolean matches(long base, int magic, long id) {
        return Memory.getIntAcquire(base) == magic // R
                && Memory.getInt(base + 4) == VERSION
                && Memory.getLong(base + 16) == id;
    }

    private void checkRing(long offset, String name) throws RingFormatException {
        if (offset < FIRST_RING_OFFSET || offset >= sizeBytes || (offset & 63) != 0) {
            throw new RingFormatException(
                    "region %s of %d bytes claims a ring at offset %d"
                            .formatted(name, sizeBytes, offset));
        }
    }
}
