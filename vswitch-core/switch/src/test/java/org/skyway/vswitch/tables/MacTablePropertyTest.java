package org.skyway.vswitch.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The table against a list that is searched for everything.
class MacTablePropertyTest {
    private static final long SECOND = 1_000_000_000L;

    private record Known(int port, long seen) {}

    private final MacTable table = new MacTable();
    private final Map<Long, Known> model = new HashMap<>();
    private MacTable.Statistics counts = new MacTable.Statistics(0, 0, 0, 0);
    private final Set<Long> told = new HashSet<>();
    private final Set<Long> expected = new HashSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void evictsWhatWasSilentForLongestWhereThereIsMost(long seed) {
        Random random = new Random(seed);
        table.onChange(told::add);
        long now = random.nextLong();
        for (int step = 0; step < 30_000; step++) {
            now += 1 + random.nextLong(SECOND / 50);
            String where = "seed " + seed + " step " + step;
            told.clear();
            expected.clear();
            int what = random.nextInt(10_000);
            if (what == 0) {
                now += 100 * SECOND;
            } else if (what < 3) {
                int port = random.nextInt(8);
                table.forgetPort(port);
                forget(port);
            } else if (what < 20) {
                table.expire(now);
                expire(now);
            } else {
                int port = Math.min(random.nextInt(8), random.nextInt(8));
                long mac = random.nextInt(12_000);
                int vlan = (int) (mac % 3);
                boolean news = table.learn(vlan, mac, port, now);
                assertEquals(learn(MacTable.key(vlan, mac), port, now), news, where);
            }
            assertEquals(expected, told, where);
            assertEquals(model.size(), table.size(), where);
            assertEquals(counts, table.statistics(), where);
        }
        for (long mac = 0; mac < 12_000; mac++) {
            Known known = model.get(MacTable.key((int) (mac % 3), mac));
            MacTable.Entry entry = table.find((int) (mac % 3), mac);
            if (known == null) {
                assertNull(entry);
            } else {
                assertEquals(known.port, entry.port());
            }
        }
    }

    private boolean learn(long key, int port, long now) {
        Known old = model.get(key);
        if (old != null && old.port == port) {
            if (now - old.seen > SECOND) {
                model.put(key, new Known(port, now));
            }
            return false;
        }
        if (old == null && model.size() == MacTable.MAX_ENTRIES) {
            Map<Integer, Long> counts =
                    model.values().stream()
                            .collect(Collectors.groupingBy(Known::port, Collectors.counting()));
            // Of ports with equally many, the table takes the one with the highest number.
            int most =
                    counts.entrySet().stream()
                            .max(
                                    Map.Entry.<Integer, Long>comparingByValue()
                                            .thenComparing(Map.Entry.comparingByKey()))
                            .orElseThrow()
                            .getKey();
            long oldest =
                    model.entrySet().stream()
                            .filter(e -> e.getValue().port == most)
                            .min((a, b) -> Long.signum(a.getValue().seen - b.getValue().seen))
                            .orElseThrow()
                            .getKey();
            model.remove(oldest);
            expected.add(oldest);
            count(0, 0, 1, 0);
        }
        count(old == null ? 1 : 0, 0, 0, old == null ? 0 : 1);
        model.put(key, new Known(port, now));
        expected.add(key);
        return true;
    }

    private void forget(int port) {
        model.entrySet().removeIf(e -> e.getValue().port == port && expected.add(e.getKey()));
    }

    private void expire(long now) {
        long age = MacTable.AGEING_SECONDS * SECOND;
        int before = model.size();
        model.entrySet().removeIf(e -> now - e.getValue().seen > age && expected.add(e.getKey()));
        count(0, before - model.size(), 0, 0);
    }

    private void count(long learned, long expired, long evicted, long moved) {
        counts =
                new MacTable.Statistics(
                        counts.learned() + learned,
                        counts.expired() + expired,
                        counts.evicted() + evicted,
                        counts.moved() + moved);
    }
}
