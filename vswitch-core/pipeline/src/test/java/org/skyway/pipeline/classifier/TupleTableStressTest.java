package org.skyway.pipeline.classifier;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.pipeline.classifier.RandomEntries.Entry;

/// Readers look up while the writer changes the table, each in the version that was the newest when
/// it began, and find what that version held.
class TupleTableStressTest {
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());
    private static final long MILLIS = Long.getLong("skyway.classifier.millis", 2000);
    private static final int READERS = 2;
    private static final int PRIORITIES = 80;

    private final TupleTable<Entry> table = new TupleTable<>();
    private final ConcurrentHashMap<Long, List<Entry>> models = new ConcurrentHashMap<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLongArray reading = new AtomicLongArray(READERS);
    private final AtomicLong lookups = new AtomicLong();
    private volatile boolean over;

    @Test
    void readersSeeTheVersionThatTheyBeganWith() throws Exception {
        System.out.println("-Dskyway.seed=" + SEED);
        models.put(0L, List.of());
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int reader = i;
                readers.add(threads.submit(() -> read(reader)));
            }
            try {
                write();
            } finally {
                over = true;
            }
            for (Future<?> reader : readers) {
                reader.get();
            }
        }
        System.out.println(published + " versions, " + lookups + " look-ups");
        assertTrue(published.get() > 100 && lookups.get() > 10_000);
    }

    private void read(int reader) {
        Random random = new Random(SEED + 1 + reader);
        long count = 0;
        while (!over) {
            reading.set(reader, published.get());
            long version = published.get(); // not reclaimed: it is not older than what was said
            List<Entry> model = models.get(version);
            for (int i = 0; i < 8; i++) {
                long[] key = RandomEntries.key(random);
                long[] examined = new long[FlowKey.WORDS];
                Entry expected = RandomEntries.linear(model, key);
                assertSame(expected, table.lookup(key, examined, version, Integer.MAX_VALUE));
                long[] other = RandomEntries.agreeing(key, examined, random);
                assertSame(expected, table.lookup(other, null, version, Integer.MAX_VALUE));
                count++;
            }
        }
        reading.set(reader, Long.MAX_VALUE);
        lookups.addAndGet(count);
    }

    private void write() {
        Random random = new Random(SEED);
        Match[] matches = new Match[40];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = RandomEntries.match(random);
        }
        TreeMap<Integer, Entry> now = new TreeMap<>();
        long reclaimed = 0;
        long end = System.nanoTime() + MILLIS * 1_000_000;
        for (long version = 1; System.nanoTime() < end; version++) {
            // Most of the time one change, sometimes a bundle.
            for (int n = random.nextInt(4) == 0 ? 30 : 1; n > 0; n--) {
                int priority = random.nextInt(PRIORITIES);
                Entry old = now.remove(priority);
                Entry entry =
                        old != null && random.nextInt(3) == 0
                                ? new Entry(old.match(), priority)
                                : new Entry(matches[random.nextInt(matches.length)], priority);
                if (old != null && !old.match().equals(entry.match())) {
                    table.remove(old.match(), priority, version);
                }
                if (old == null || random.nextBoolean() || old.match().equals(entry.match())) {
                    table.put(entry.match(), priority, entry, version);
                    now.put(priority, entry);
                }
            }
            models.put(version, List.copyOf(now.values()));
            published.set(version);
            if (random.nextInt(4) == 0) {
                long oldest = version;
                for (int i = 0; i < READERS; i++) {
                    oldest = Math.min(oldest, reading.get(i));
                }
                table.reclaim(oldest, Integer.MAX_VALUE);
                for (; reclaimed < oldest; reclaimed++) {
                    models.remove(reclaimed);
                }
            }
        }
    }
}
