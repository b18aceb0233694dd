package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Translation;
import org.skyway.vswitch.tables.FlowEntry;

/// Against a pipeline that is run anew for each packet.
class FlowCachePropertyTest {
    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private String rule() {
        int table = random.nextInt(3);
        StringBuilder rule = new StringBuilder("table=").append(table);
        rule.append(",priority=").append(random.nextInt(4));
        if (random.nextInt(4) == 0) {
            rule.append(",in_port=").append(1 + random.nextInt(3));
        }
        if (random.nextInt(5) > 0) {
            rule.append(",udp");
            if (random.nextBoolean()) {
                int bits = 8 * (1 + random.nextInt(4));
                rule.append(",nw_src=11.0.0.").append(random.nextInt(4)).append('/').append(bits);
            }
            if (random.nextBoolean()) {
                rule.append(",tp_dst=").append(random.nextInt(3));
            }
        }
        if (table > 0 && random.nextInt(3) == 0) {
            rule.append(",reg0=").append(random.nextInt(3));
        }
        rule.append(",actions=");
        for (int i = random.nextInt(3); i >= 0; i--) {
            rule.append(
                    switch (random.nextInt(5)) {
                        case 0 -> "load:" + random.nextInt(3) + "->NXM_NX_REG0[],";
                        case 1, 2 -> "resubmit(," + (table + 1) + "),";
                        case 3 -> "mod_nw_src:11.0.0." + random.nextInt(4) + ",";
                        default -> "";
                    });
        }
        return rule.append("output:").append(1 + random.nextInt(3)).toString();
    }

    @Test
    void cachedOutcomesAreThoseOfTheTablesAsTheyAre() throws IOException {
        System.out.println("FlowCachePropertyTest: -Dskyway.seed=" + seed);
        try (TestBed bed = new TestBed(3);
                Arena arena = Arena.ofConfined()) {
            long packet = arena.allocate(256, 64).address();
            RxPort[] ports = new RxPort[4];
            for (int i = 1; i <= 3; i++) {
                ports[i] = new RxPort(bed.vnf(i).port);
            }
            List<FlowEntry> entries = new ArrayList<>();
            FlowCache cache = bed.datapath.cache(0);
            PacketParser parser = new PacketParser();
            for (int step = 0; step < 3000; step++) {
                int changes = random.nextInt(5) == 0 ? random.nextInt(1, 5) : 1;
                for (int i = 0; i < changes; i++) {
                    if (entries.size() > 25 || !entries.isEmpty() && random.nextInt(3) == 0) {
                        FlowEntry gone = entries.remove(random.nextInt(entries.size()));
                        bed.tables.remove(gone);
                    } else {
                        FlowEntry entry = bed.entry(FlowText.parse(rule()));
                        FlowEntry same =
                                entries.stream()
                                        .filter(e -> e.rule().table() == entry.rule().table())
                                        // Which of equals wins is nobody's promise.
                                        .filter(e -> e.rule().priority() == entry.rule().priority())
                                        .findFirst()
                                        .orElse(null);
                        if (same != null) {
                            bed.tables.remove(same);
                            entries.remove(same);
                        }
                        bed.tables.put(entry);
                        entries.add(entry);
                    }
                }
                bed.publish();
                bed.datapath.pollOnce();
                for (int i = 0; i < 20; i++) {
                    byte[] frame =
                            FlowCacheTest.udp(0x0b000000 + random.nextInt(4), random.nextInt(3));
                    int in = 1 + random.nextInt(3);
                    Memory.copyFromArray(frame, 0, packet, frame.length);
                    DatapathProgram cached =
                            cache.classify(ports[in], packet, frame.length).program;
                    parser.parse(packet, frame.length, in);
                    long[] key = parser.key();
                    DatapathProgram fresh = new Translation(bed.tables, key, 0).run();
                    assertArrayEquals(texts(fresh), texts(cached), "step " + step);
                    assertArrayEquals(fresh.entries(), cached.entries(), "step " + step);
                    assertArrayEquals(fresh.lookedUp(), cached.lookedUp(), "step " + step);
                }
            }
            CacheStatistics s = bed.datapath.cacheStatistics().getFirst();
            System.out.println(s);
            assertTrue(s.misses() < s.packets() / 2, "caches do not survive changes: " + s);
        }
    }

    // Of what is written only the bits that are.
    private static String[] texts(DatapathProgram program) {
        return Arrays.stream(program.actions())
                .map(a ->
                        a instanceof DatapathAction.Rewrite r
                                ? Match.of(
                                                Arrays.copyOf(r.values(), FlowKey.WORDS),
                                                Arrays.copyOf(r.masks(), FlowKey.WORDS))
                                        .toString()
                                : a.toString())
                .toArray(String[]::new);
    }
}
