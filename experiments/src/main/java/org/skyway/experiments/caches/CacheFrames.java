package org.skyway.experiments.caches;

import org.skyway.ivshmem.region.Memory;

/// The packets of the experiment, 64 bytes each. The same for every switch.
final class CacheFrames {
    static final int BYTES = 64;

    /// Flows that are known before anything is measured.
    static final int FLOWS = 10_000;

    private static final int ADDRESSES = 100;

    private CacheFrames() {}

    /// A UDP packet: 10.0.x.y to 10.128.0.1, port 2000.
    ///
    /// @param at where it is put
    /// @param flow below [#FLOWS]
    static void udp(long at, int flow) {
        Memory.clear(at, BYTES);
        Memory.putLongBE(at, 0x0200_0000_0002_0200L);
        Memory.putLongBE(at + 8, 0x0000_0001_0800_4500L);
        Memory.putShortBE(at + 16, BYTES - 14);
        Memory.putIntBE(at + 22, 0x4011_0000);
        Memory.putIntBE(at + 26, 0x0a00_0000 | flow);
        Memory.putIntBE(at + 30, 0x0a80_0001);
        Memory.putIntBE(at + 34, 1000 << 16 | 2000);
        Memory.putIntBE(at + 38, BYTES - 34 << 16);
    }

    /// A packet between two of the known addresses, 100 of which are at port 1 and 100 at port 2.
    ///
    /// @param at where it is put
    /// @param flow below [#FLOWS]
    static void ethernet(long at, int flow) {
        ethernet(at, farAddress(flow % ADDRESSES), nearAddress(flow / ADDRESSES));
    }

    /// A packet that teaches the switch one of the known addresses of port 2.
    static void answer(long at, int flow) {
        ethernet(at, nearAddress(flow / ADDRESSES), farAddress(flow % ADDRESSES));
    }

    /// A packet from an address that nobody knows, at port 3, to a known one.
    static void stranger(long at, int which) {
        ethernet(at, nearAddress(0), 0x0203_0000_0000L + which);
    }

    private static long nearAddress(int i) {
        return 0x0201_0000_0000L + i;
    }

    private static long farAddress(int i) {
        return 0x0202_0000_0000L + i;
    }

    private static void ethernet(long at, long destination, long source) {
        Memory.clear(at, BYTES);
        Memory.putLongBE(at, destination << 16 | source >>> 32);
        Memory.putIntBE(at + 8, (int) source);
        Memory.putShortBE(at + 12, 0x88b5);
    }
}
