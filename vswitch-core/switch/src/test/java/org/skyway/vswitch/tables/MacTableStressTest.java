package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MacTableStressTest {
    private static final int THREADS = 3;
    private static final int ADDRESSES = 150_000;

    /// A quiet port keeps its addresses, and every address that is not there any more was told of.
    @Test
    void portThatFloodsDisplacesItsOwn() throws Exception {
        MacTable table = new MacTable();
        ConcurrentHashMap<Long, Integer> told = new ConcurrentHashMap<>();
        table.onChange(key -> told.merge(key, 1, Integer::sum));
        for (int mac = 0; mac < 100; mac++) {
            table.learn(0, mac, 1, 0);
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> flooders = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int seed = t;
                flooders.add(threads.submit(() -> flood(table, new Random(seed), 2 + seed)));
            }
            for (Future<?> flooder : flooders) {
                flooder.get();
            }
        }
        assertEquals(MacTable.MAX_ENTRIES, table.size());
        for (int mac = 0; mac < 100; mac++) {
            assertNotNull(table.find(0, mac));
        }
        int there = 0;
        for (long key : told.keySet()) {
            boolean known = table.find((int) (key >>> 48), key & 0xffff_ffff_ffffL) != null;
            there += known ? 1 : 0;
            assertTrue(known || told.get(key) >= 2, "" + key); // that it came, and that it went
        }
        assertEquals(MacTable.MAX_ENTRIES, there);
    }

    private static void flood(MacTable table, Random random, int port) {
        for (int i = 0; i < ADDRESSES; i++) {
            table.learn(1, random.nextLong(1L << 40), port, i);
        }
    }
}
