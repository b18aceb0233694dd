package org.skyway.pipeline.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.pipeline.classifier.RandomEntries.Entry;

/// The table against lists of entries, searched from front to back.
class TupleTablePropertyTest {
    private static final int HIGHEST = Integer.MAX_VALUE;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void findsWhatALinearSearchFinds(long seed) {
        Random random = new Random(seed);
        TupleTable<Entry> table = new TupleTable<>();
        List<Entry> model = new ArrayList<>();
        for (int step = 0; step < 3000; step++) {
            if (!model.isEmpty() && random.nextInt(3) == 0) {
                Entry gone = model.remove(random.nextInt(model.size()));
                assertEquals(true, table.remove(gone.match(), gone.priority()), "seed " + seed);
            } else {
                // Distinct priorities, so that there is one right answer.
                Entry entry = new Entry(RandomEntries.match(random), step);
                model.add(entry);
                table.put(entry.match(), entry.priority(), entry);
            }
            assertEquals(model.size(), table.size());
            long[] key = RandomEntries.key(random);
            long[] examined = new long[FlowKey.WORDS];
            Entry expected = RandomEntries.linear(model, key);
            String where = "seed " + seed + " step " + step;
            assertEquals(expected, table.lookup(key, examined), where);
            long[] other = RandomEntries.agreeing(key, examined, random);
            assertEquals(expected, table.lookup(other, null), where);
            if (expected != null) {
                assertEquals(expected, table.get(expected.match(), expected.priority()), where);
            }
        }
    }

    /// Few matches and priorities, so that entries are often replaced, come and go within a
    /// version, and share a match with many others.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyVersionIsFoundUntilItIsReclaimed(long seed) {
        Random random = new Random(seed);
        TupleTable<Entry> table = new TupleTable<>();
        Match[] matches = new Match[6];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = RandomEntries.match(random);
        }
        TreeMap<Integer, Entry> now = new TreeMap<>(); // by priority
        TreeMap<Long, List<Entry>> versions = new TreeMap<>();
        versions.put(0L, List.of());
        for (long version = 1; version <= 600; version++) {
            for (int changes = random.nextInt(6); changes > 0; changes--) {
                if (random.nextInt(40) == 0) {
                    table.removeAll(version);
                    now.clear();
                }
                int priority = random.nextInt(60);
                Entry old = now.get(priority);
                if (old != null && random.nextInt(3) > 0) {
                    table.remove(old.match(), priority, version);
                    now.remove(priority);
                }
                if (old == null || random.nextInt(2) == 0) {
                    if (now.containsKey(priority)) {
                        table.put(old.match(), priority, old = copy(old), version);
                        now.put(priority, old);
                    } else {
                        Entry entry = new Entry(matches[random.nextInt(matches.length)], priority);
                        table.put(entry.match(), priority, entry, version);
                        now.put(priority, entry);
                    }
                }
            }
            versions.put(version, List.copyOf(now.values()));
            if (random.nextInt(10) == 0) {
                long oldest =
                        versions.firstKey() + random.nextLong(version + 1 - versions.firstKey());
                table.reclaim(oldest, Integer.MAX_VALUE);
                versions.headMap(oldest).clear();
            }
            for (var each : versions.entrySet()) {
                String where = "seed %d, version %d of %d".formatted(seed, each.getKey(), version);
                long[] key = RandomEntries.key(random);
                long[] examined = new long[FlowKey.WORDS];
                int below = random.nextInt(4) == 0 ? random.nextInt(60) : HIGHEST;
                List<Entry> model =
                        each.getValue().stream().filter(e -> e.priority() < below).toList();
                Entry expected = RandomEntries.linear(model, key);
                assertSame(expected, table.lookup(key, examined, each.getKey(), below), where);
                long[] other = RandomEntries.agreeing(key, examined, random);
                assertSame(expected, table.lookup(other, null, each.getKey(), below), where);
            }
            assertEquals(now.size(), table.size());
            for (Entry e : now.values()) {
                assertSame(e, table.get(e.match(), e.priority()));
            }
        }
    }

    private static Entry copy(Entry e) {
        return new Entry(e.match(), e.priority());
    }
}
