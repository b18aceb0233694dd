package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.packet.FrameParser;

/// Frames that are mostly sensible and then damaged: the datapath and who has them in an array see
/// the same. Whether it is right is in [org.skyway.vswitch.ofproto.ParserComparisonIT].
class PacketParserPropertyTest {
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void readsInMemoryWhatIsReadInAnArray(long seed) {
        Random random = new Random(seed);
        PacketParser parser = new PacketParser();
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(4096, 64).address();
            for (int i = 0; i < 20_000; i++) {
                byte[] frame = DamagedFrames.next(random);
                Memory.copyFromArray(frame, 0, address, frame.length);
                int words = parser.parse(address, frame.length, 7);
                long[] expected = FrameParser.parse(frame, 7);
                String where = "seed %d frame %s".formatted(seed, HexFormat.of().formatHex(frame));
                assertArrayEquals(expected, parser.key(), where);
                for (int w = 0; w < 32; w++) {
                    if (expected[w] != 0) {
                        assertEquals(1, words >>> w & 1, where + " word " + w);
                    }
                }
            }
        }
    }
}
