package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.datapath.DamagedFrames;

/// Damaged frames are read as Open vSwitch reads them.
class ParserComparisonIT {
    private static final int FRAMES = Integer.getInteger("skyway.parser.frames", 400);
    private static final int SHORTEST = 14;
    private static final Pattern FLOW = Pattern.compile("(?m)^Flow: (.*)$");

    /// What it tells of tags and labels that no match names.
    private static final Pattern UNNAMED = Pattern.compile(",(vlan_tci1|mpls_lse[12])=[^,]*");

    private static final Pattern TCP_FLAGS = Pattern.compile(",tcp_flags=[^,]*");
    private static final long PORTS = 0xffff_ffff_0000_0000L;
    private static final long FIRST_LABEL = 0xffff_ffff_0000_0000L;

    @TempDir Path directory;

    @Test
    void damagedFramesAreReadAlike() throws Exception {
        assumeTrue(DummyOvs.missing() == null, () -> "needs " + DummyOvs.missing());
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("damagedFramesAreReadAlike: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        try (DummyOvs ovs = new DummyOvs(directory);
                Stream<Path> files = Files.list(directory)) {
            String control =
                    files.map(Path::toString)
                            .filter(f -> f.matches(".*/ovs-vswitchd\\.\\d+\\.ctl"))
                            .findFirst()
                            .orElseThrow();
            for (int i = 0; i < FRAMES; i++) {
                byte[] frame = DamagedFrames.next(random);
                if (frame.length < SHORTEST) {
                    continue;
                }
                String hex = HexFormat.of().formatHex(frame);
                String trace =
                        OvsTool.run(
                                        ovs.directory,
                                        20,
                                        "ovs-appctl",
                                        "-t",
                                        control,
                                        "ofproto/trace",
                                        "br0",
                                        "in_port=1",
                                        hex)
                                .output();
                Matcher flow = FLOW.matcher(trace);
                assertTrue(flow.find(), () -> hex + ": " + trace);
                compare(UNNAMED.matcher(flow.group(1)).replaceAll(""), frame, hex);
            }
        }
    }

    private static void compare(String flow, byte[] frame, String hex) {
        boolean reservedFlags = flow.contains("[");
        String readable = reservedFlags ? TCP_FLAGS.matcher(flow).replaceAll("") : flow;
        Match match = FlowText.parseMatch(readable);
        long[] key = FrameParser.parse(frame, 1);
        long[] told = new long[FlowKey.PACKET_WORDS];
        Arrays.fill(told, -1L);
        told[FlowKey.TRANSPORT] = reservedFlags ? PORTS : -1L;
        told[FlowKey.MPLS] = FIRST_LABEL;
        told[FlowKey.MPLS_INNER_VLAN] = 0;
        if ((match.mask(FlowKey.TRANSPORT) & PORTS) == 0) {
            // Read of ICMP in IPv6 and the like, too, though nothing can be matched there.
            told[FlowKey.TRANSPORT] &= ~PORTS;
            assertEquals(number(flow, "tp_src"), key[FlowKey.TRANSPORT] >>> 48, hex);
            assertEquals(number(flow, "tp_dst"), key[FlowKey.TRANSPORT] >>> 32 & 0xffff, hex);
        }
        if (Field.ETH_TYPE.get(key) == 0x86dd) {
            told[FlowKey.IPV4] = 0; // what neighbour discovery has there is not told
            // These are told of each message, though only one kind can be matched on each.
            told[FlowKey.ARP_SHA] = 0;
            told[FlowKey.ARP_THA] = 0;
            assertEquals(address(flow, "nd_sll"), Field.ND_SLL.get(key), hex);
            assertEquals(address(flow, "nd_tll"), Field.ND_TLL.get(key), hex);
        }
        for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
            assertEquals(
                    Long.toHexString(match.value(w) & told[w]),
                    Long.toHexString(key[w] & told[w]),
                    "word %d of %s: %s".formatted(w, hex, flow));
        }
    }

    private static long number(String flow, String field) {
        Matcher m = Pattern.compile("," + field + "=([0-9]+)").matcher(flow);
        return m.find() ? Long.parseLong(m.group(1)) : 0;
    }

    private static long address(String flow, String field) {
        Matcher m = Pattern.compile("," + field + "=([0-9a-f:]+)").matcher(flow);
        return m.find() ? Long.parseLong(m.group(1).replace(":", ""), 16) : 0;
    }
}
