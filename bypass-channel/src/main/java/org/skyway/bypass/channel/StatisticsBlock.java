package org.skyway.bypass.channel;

import org.skyway.ivshmem.region.Memory;

/// The statistics block of a port region: what the VNF's driver moved past the switch. Written by
/// the VNF alone, read by the switch. Counters never go back in the life of a region. Offsets are
/// from [RegionHeader#STATISTICS_OFFSET]; little-endian.
///
/// ```
/// offset   size  field               writer  ordering
///      0      8  bypassTxPackets     VNF     opaque, before the ring's P
///      8      8  bypassTxBytes       VNF     opaque, before the ring's P
///     64  16*16  rx packets, bytes   VNF     opaque; of each slot, what was read from its bypass ring
///    512      8  txRefused           VNF     opaque; packets that a full ring did not take, each try
/// ```
///
/// The sender counts before it publishes, so a counter read after a packet arrived includes it.
public final class StatisticsBlock {
    private static final int TX_PACKETS = 0;
    private static final int TX_BYTES = 8;
    private static final int RX = 64;
    private static final int TX_REFUSED = 512;

    private final long base;

    /// The statistics block of a mapped port region.
    ///
    /// @param regionBase address of the region
    public StatisticsBlock(long regionBase) {
        base = regionBase + RegionHeader.STATISTICS_OFFSET;
    }

    /// Sets what was sent into bypass rings since the region was made. VNF only.
    ///
    /// @param packets packets
    /// @param bytes bytes
    public void tx(long packets, long bytes) {
        Memory.putLongOpaque(base + TX_PACKETS, packets);
        Memory.putLongOpaque(base + TX_BYTES, bytes);
    }

    /// Packets sent into bypass rings.
    ///
    /// @return packets since the region was made
    public long txPackets() {
        return Memory.getLongOpaque(base + TX_PACKETS);
    }

    /// Bytes sent into bypass rings.
    ///
    /// @return bytes since the region was made
    public long txBytes() {
        return Memory.getLongOpaque(base + TX_BYTES);
    }

    /// Sets what was read from a bypass ring since the region was made. VNF only.
    ///
    /// @param slot the link's slot
    /// @param packets packets
    /// @param bytes bytes
    public void rx(int slot, long packets, long bytes) {
        Memory.putLongOpaque(base + RX + 16L * slot, packets);
        Memory.putLongOpaque(base + RX + 16L * slot + 8, bytes);
    }

    /// Packets read from bypass rings on a slot.
    ///
    /// @param slot 0 to [ControlBlock#SLOTS] - 1
    /// @return packets since the region was made
    public long rxPackets(int slot) {
        return Memory.getLongOpaque(base + RX + 16L * slot);
    }

    /// Bytes read from bypass rings on a slot.
    ///
    /// @param slot 0 to [ControlBlock#SLOTS] - 1
    /// @return bytes since the region was made
    public long rxBytes(int slot) {
        return Memory.getLongOpaque(base + RX + 16L * slot + 8);
    }

    /// Sets how many packets full rings refused. VNF only.
    ///
    /// @param packets packets; one that is tried again counts again
    public void txRefused(long packets) {
        Memory.putLongOpaque(base + TX_REFUSED, packets);
    }

    /// How many packets full rings refused.
    ///
    /// @return packets since the region was made
    public long txRefused() {
        return Memory.getLongOpaque(base + TX_REFUSED);
    }
}
