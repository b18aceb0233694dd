package org.skyway.vswitch.datapath;

import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.packet.HeaderParser;

/// Reads the headers of packets in memory; a place is an address.
public final class PacketParser extends HeaderParser {
    /// A parser that has read nothing yet.
    public PacketParser() {}

    @Override
    protected int u8(long at) {
        return Memory.getByte(at);
    }

    @Override
    protected int u16(long at) {
        return Memory.getShortBE(at);
    }

    @Override
    protected int s32(long at) {
        return Memory.getIntBE(at);
    }

    @Override
    protected long s64(long at) {
        return Memory.getLongBE(at);
    }
}
