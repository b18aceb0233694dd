package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import org.skyway.ivshmem.region.Memory;

/// Flow keys of packets that are in the heap: packet-outs, traces. Not for the packet path.
public final class FrameKey {
    private FrameKey() {}

    /// Reads a packet's headers.
    ///
    /// @param frame the packet
    /// @param inPort its ingress port
    /// @param key receives [org.skyway.openflow.model.FlowKey#WORDS] words
    public static void parse(byte[] frame, int inPort, long[] key) {
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(Math.max(64, frame.length), 8).address();
            Memory.copyFromArray(frame, 0, address, frame.length);
            PacketParser parser = new PacketParser();
            parser.parse(address, frame.length, inPort);
            System.arraycopy(parser.key(), 0, key, 0, key.length);
        }
    }
}
