package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.packet.FrameComposer;
import org.skyway.openflow.packet.FrameParser;

class PacketDomainTest {
    private static final List<Cube> CUBES = PacketDomain.PORTS_SHOWN.cubes();

    @Test
    void holdsWhateverAFrameParsesTo() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.printf("seed %d%n", seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = randomFrame(random);
            long[] key = FrameParser.parse(frame, 1);
            key[FlowKey.MPLS_INNER_VLAN] &= 0xffffffffL << 32; // no field shows the inner tag
            assertTrue(
                    PacketDomain.PORTS_SHOWN.contains(key),
                    () -> java.util.HexFormat.of().formatHex(frame) + " " + Arrays.toString(key));
        }
    }

    /// A frame for a random packet of the domain, then cut or damaged a little.
    private static byte[] randomFrame(Random random) {
        byte[] frame = null;
        while (frame == null) {
            long[] key = randomKey(random);
            frame = FrameComposer.compose(key);
        }
        if (random.nextInt(3) == 0) {
            frame = Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
        }
        return frame;
    }

    private static long[] randomKey(Random random) {
        Cube cube = CUBES.get(random.nextInt(CUBES.size()));
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.PACKET_WORDS; w++) {
            key[w] = cube.value[w] | random.nextLong() & ~cube.mask[w];
        }
        return key;
    }

    @Test
    void givesExamplesThatFramesHave() {
        // The last one is a frame too short to be one.
        for (Cube cube : CUBES.subList(0, CUBES.size() - 1)) {
            long[] key = PacketDomain.PORTS_SHOWN.pick(cube);
            byte[] frame = FrameComposer.compose(key);
            assertNotNull(frame, Arrays.toString(key));
            long[] parsed = FrameParser.parse(frame, 0);
            assertArrayEquals(
                    Arrays.copyOf(key, FlowKey.PACKET_WORDS),
                    Arrays.copyOf(parsed, FlowKey.PACKET_WORDS));
        }
    }

    @Test
    void lacksWhatNoFrameHas() {
        long[] both = new long[FlowKey.WORDS];
        Field.ETH_TYPE.set(both, 0x0806);
        Field.TCP_DST.set(both, 80);
        assertFalse(PacketDomain.PORTS_SHOWN.contains(both));
        long[] short802 = new long[FlowKey.WORDS];
        Field.ETH_TYPE.set(short802, 0x0100);
        assertFalse(PacketDomain.PORTS_SHOWN.contains(short802));
        long[] untagged = new long[FlowKey.WORDS];
        Field.ETH_TYPE.set(untagged, 0x0800);
        Field.VLAN_TCI.set(untagged, 5);
        assertFalse(PacketDomain.PORTS_SHOWN.contains(untagged));
    }
}
