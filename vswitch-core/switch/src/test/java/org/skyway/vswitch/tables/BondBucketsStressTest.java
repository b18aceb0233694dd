package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Poll threads that meet a part at once agree on who sends it, and members get about the same.
class BondBucketsStressTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 300;

    @Test
    void allSeeTheSameMember() throws Exception {
        List<Integer> enabled = List.of(3, 5, 9);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                BondBuckets buckets = new BondBuckets(null);
                CyclicBarrier start = new CyclicBarrier(THREADS);
                List<Future<int[]>> all = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    all.add(
                            threads.submit(() -> {
                                int[] senders = new int[BondBuckets.COUNT];
                                start.await();
                                for (int part = 0; part < senders.length; part++) {
                                    senders[part] = buckets.sender(part, enabled);
                                }
                                return senders;
                            }));
                }
                for (Future<int[]> seen : all) {
                    check(buckets, seen.get(), enabled);
                }
            }
        }
    }

    private static void check(BondBuckets buckets, int[] senders, List<Integer> enabled) {
        int[] parts = new int[10];
        for (int part = 0; part < senders.length; part++) {
            assertEquals(buckets.member(part), senders[part]);
            assertTrue(enabled.contains(senders[part]));
            parts[senders[part]]++;
        }
        for (int member : enabled) {
            assertTrue(parts[member] > 0, "none for " + member);
        }
    }

    @Test
    void aMemberThatMayNotSendLosesItsParts() {
        BondBuckets buckets = new BondBuckets(null);
        for (int part = 0; part < BondBuckets.COUNT; part++) {
            assertEquals(1 + part % 2, buckets.sender(part, List.of(1, 2)));
        }
        for (int part = 0; part < BondBuckets.COUNT; part++) {
            assertEquals(2, buckets.sender(part, List.of(2)));
        }
        assertEquals(0, buckets.sender(7, List.of()));
        assertEquals(2, buckets.sender(7, List.of(1, 2))); // it is still the other's
    }
}
