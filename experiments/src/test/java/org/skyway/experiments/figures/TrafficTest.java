package org.skyway.experiments.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.datapath.PacketParser;

class TrafficTest {
    private static final int FRAME_BYTES = 64;

    @TempDir Path folder;

    @Test
    void everyFrameHitsTheRuleOfItsNumberAndNoOther() {
        int count = 70_000; // beyond what two bytes hold
        PacketParser parser = new PacketParser();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment packet = arena.allocate(128, 64);
            for (MeasuredTraffic.Kind kind : MeasuredTraffic.Kind.values()) {
                List<String> rules = MeasuredTraffic.rules(kind, count);
                int[] some = {0, 1, 6, 7, 255, 256, 4096, 65_535, 65_536, count - 1};
                for (int frame : some) {
                    MemorySegment.copy(
                            MeasuredTraffic.frame(frame, 3),
                            0,
                            packet,
                            ValueLayout.JAVA_BYTE,
                            0,
                            FRAME_BYTES);
                    parser.parse(packet.address(), FRAME_BYTES, 1);
                    for (int rule : some) {
                        FlowRule parsed = FlowText.parse(rules.get(rule));
                        assertEquals(
                                rule == frame,
                                parsed.match().matches(parser.key()),
                                kind + ": frame " + frame + ", rule " + rule);
                    }
                }
            }
        }
    }

    private Map<Integer, Integer> counts(int flows, boolean zipf) throws IOException {
        Path file = folder.resolve("frames-" + flows + zipf);
        MeasuredTraffic.frames(file, flows, flows, zipf, 5);
        byte[] bytes = Files.readAllBytes(file);
        Map<Integer, Integer> counts = new HashMap<>();
        for (int at = 0; at < bytes.length; at += 2 + FRAME_BYTES) {
            assertEquals(FRAME_BYTES, bytes[at]);
            byte[] f = Arrays.copyOfRange(bytes, at + 2, at + 2 + FRAME_BYTES);
            counts.merge((f[2] & 255) << 16 | (f[3] & 255) << 8 | f[4] & 255, 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void uniformFlowsAreAboutEquallyFrequent() throws IOException {
        Map<Integer, Integer> counts = counts(100, false);
        assertEquals(100, counts.size());
        int mean = (1 << 17) / 100;
        counts.forEach((_, n) -> assertEquals(mean, n, 0.2 * mean));
    }

    @Test
    void zipfMakesTheFirstFlowTwiceAsFrequentAsTheSecond() throws IOException {
        Map<Integer, Integer> counts = counts(1000, true);
        assertEquals(2.0, (double) counts.get(0) / counts.get(1), 0.1);
        assertEquals(10.0, (double) counts.get(0) / counts.get(9), 1);
        assertTrue(counts.keySet().stream().allMatch(flow -> flow < 1000));
    }
}
