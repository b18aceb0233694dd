package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// Against a list that is looked through from its end.
class MegaflowTablePropertyTest {
    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final MegaflowTable table = new MegaflowTable();
    private final List<Megaflow> model = new ArrayList<>();

    // Few values and few bits, so that keys meet matches; the mask's first bits say which it is, so
    // that no two matches contradict each other.
    private long[] key() {
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < 4; w++) {
            key[w] = random.nextLong() & 0x1_0000_0003L;
        }
        return key;
    }

    private Match match(long[] key) {
        int shape = (int) key[0] & 3;
        long[] masks = new long[FlowKey.WORDS];
        masks[0] = 3;
        for (int w = 1; w <= shape; w++) {
            masks[w] = w == 3 ? -1 : 0x1_0000_0001L;
        }
        return Match.of(key, masks);
    }

    private Megaflow modelLookup(long[] key) {
        for (Megaflow m : model) {
            if (m.isValid(1) && m.match.matches(key)) {
                return m;
            }
        }
        return null;
    }

    @Test
    void findsWhatALinearSearchFinds() {
        System.out.println("MegaflowTablePropertyTest: -Dskyway.seed=" + seed);
        for (int step = 0; step < 100_000; step++) {
            long[] key = key();
            Megaflow expected = modelLookup(key);
            assertSame(expected, table.lookup(key, null, 1));
            Megaflow stale = table.takeStale();
            if (stale != null) {
                table.remove(stale);
                model.remove(stale);
            }
            int what = random.nextInt(10);
            if (expected == null && what < 6) {
                Megaflow flow =
                        new Megaflow(Megaflow.of().program, null, null, match(key), null, 1);
                table.add(flow);
                model.add(flow);
            } else if (expected != null && what < 3) {
                table.remove(expected);
                model.remove(expected);
            } else if (expected != null && what < 5) {
                expected.kill();
            }
        }
        model.forEach(table::remove);
        assertEquals(0, table.subtables());
        assertNull(table.lookup(key(), null, 1));
    }
}
