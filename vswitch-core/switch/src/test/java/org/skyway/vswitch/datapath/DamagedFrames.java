package org.skyway.vswitch.datapath;

import java.util.HexFormat;
import java.util.Random;

/// Frames that are mostly sensible and then damaged.
public final class DamagedFrames {
    private static final String[] FRAMES = {
        // TCP, UDP, ICMP over IPv4; one with a VLAN tag; a fragment
        "0200000000020200000000010800450000280001000040060000c0a80001c0a80002"
                + "1f900050000000010000000250120200000000000000",
        "020000000002020000000001810020640800450000200001000040110000c0a80001c0a80002"
                + "03e807d0000c000061626364",
        "0200000000020200000000010800450000240001000040010000c0a80001c0a80002"
                + "080012340001000261626364656667680000",
        "02000000000202000000000108004500002400012001401100000a0000010a000002"
                + "03e807d0000c00006162636465666768",
        // ARP
        "ffffffffffff0200000000010806000108000604000102000000000"
                + "10a000001"
                + "000000000000"
                + "0a000002",
        // UDP over IPv6 behind hop-by-hop options and a fragment header; neighbour solicitation
        "02000000000202000000000186dd6001234500200040"
                + "fe800000000000000000000000000001fe800000000000000000000000000002"
                + "2c00000000000000"
                + "1100000100000001"
                + "03e807d000100000"
                + "6162636465666768",
        "33330000000202000000000186dd6000000000203aff"
                + "fe800000000000000000000000000001ff0200000000000000000001ff000002"
                + "87000000"
                + "00000000"
                + "fe800000000000000000000000000002"
                + "0101020000000001",
        // The same with both options, the second first, and a reserved word; NSH with and without
        // context headers
        "33330000000202000000000186dd6000000000283aff"
                + "fe800000000000000000000000000001ff0200000000000000000001ff000002"
                + "88000000"
                + "60000000"
                + "fe800000000000000000000000000002"
                + "02010200000000010101020000000002",
        "020000000002020000000001894f0fc6010300000aff00000001000000020000000300000004aabb",
        "020000000002020000000001894f10c2020100000afeaabb",
        // MPLS with three labels, LLC/SNAP, 802.3
        "0200000000020200000000018847000100400002004000030140450000140000000040000000",
        "0200000000020200000000010026aaaa0300000008004500001c0001000040110000c0a80001c0a80002"
                + "03e807d000080000",
        "0180c200000002000000000100264242030000000000"
    };

    private DamagedFrames() {}

    /// A frame.
    ///
    /// @param random decides which, and what is wrong with it
    /// @return up to some 1200 bytes, from the destination address on
    public static byte[] next(Random random) {
        String hex = FRAMES[random.nextInt(FRAMES.length)];
        byte[] frame = HexFormat.of().parseHex(hex.length() % 2 == 0 ? hex : hex + "0");
        int kind = random.nextInt(4);
        if (kind == 1) {
            frame = java.util.Arrays.copyOf(frame, random.nextInt(frame.length + 1));
        } else if (kind == 2) {
            frame =
                    java.util.Arrays.copyOf(
                            frame, frame.length + random.nextInt(random.nextBoolean() ? 30 : 1000));
        }
        for (int n = random.nextInt(4); n > 0 && frame.length > 12 && kind != 0; n--) {
            frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt(256);
        }
        return frame;
    }
}
