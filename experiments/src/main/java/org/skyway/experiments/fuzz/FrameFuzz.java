package org.skyway.experiments.fuzz;

import java.util.Arrays;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.vswitch.datapath.PacketParser;

/// Frames of Ethernet. A frame is read the same as bytes and as memory, by the switch and by the
/// VNF programs, and what is found does not depend on what lies behind it.
public final class FrameFuzz {
    private static final int LONGEST = 4096;
    private static final Region MEMORY = Region.scratch("frames", 4 * LONGEST);
    private static final PacketParser DATAPATH = new PacketParser();
    private static final org.skyway.vnf.frame.FlowReader VNF =
            new org.skyway.vnf.frame.FlowReader();

    private FrameFuzz() {}

    /// One input.
    ///
    /// @param input a frame
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 14 || input.length > LONGEST) {
            return;
        }
        long[] key = FrameParser.parse(input, 7);
        for (int behind : new int[] {0, 0xff}) {
            long frame = place(input, behind);
            Arrays.fill(DATAPATH.key(), 0);
            DATAPATH.parse(frame, input.length, 7);
            if (!Arrays.equals(key, DATAPATH.key())) {
                throw new AssertionError(
                        Arrays.toString(key) + " became " + Arrays.toString(DATAPATH.key()));
            }
        }
        String one = vnf(input, 0);
        String other = vnf(input, 0xff);
        if (!one.equals(other)) {
            throw new AssertionError("read behind the frame: " + one + ", " + other);
        }
    }

    private static long place(byte[] input, int behind) {
        long frame = MEMORY.address() + LONGEST;
        Memory.copyFromArray(input, 0, frame, input.length);
        for (int i = 0; i < 64; i++) {
            Memory.putByte(frame + input.length + i, behind);
        }
        return frame;
    }

    private static String vnf(byte[] input, int behind) {
        VNF.parse(place(input, behind), input.length);
        return "%x %d %x:%x>%x:%x %d>%d"
                .formatted(
                        VNF.etherType(),
                        VNF.protocol(),
                        VNF.sourceHigh(),
                        VNF.sourceLow(),
                        VNF.destinationHigh(),
                        VNF.destinationLow(),
                        VNF.sourcePort(),
                        VNF.destinationPort());
    }
}
