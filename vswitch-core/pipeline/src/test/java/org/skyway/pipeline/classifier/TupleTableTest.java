package org.skyway.pipeline.classifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

class TupleTableTest {
    private static final int MANY = 100_000;
    private static final int HIGHEST = Integer.MAX_VALUE;
    private static final Match MATCH = Match.builder().exact(Field.TCP_DST, 80).build();

    private final TupleTable<Integer> table = new TupleTable<>();
    private final long[] key = new long[FlowKey.WORDS];

    TupleTableTest() {
        Field.TCP_DST.set(key, 80);
    }

    @Test
    void entriesOfOneMatchMayBeAsManyAsOneLikes() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    List<Integer> priorities = new ArrayList<>();
                    for (int i = 0; i < MANY; i++) {
                        priorities.add(i);
                    }
                    Collections.shuffle(priorities, new Random(1));
                    int highest = -1;
                    for (int i = 0; i < MANY; i++) {
                        int priority = priorities.get(i);
                        table.put(MATCH, priority, priority, i);
                        highest = Math.max(highest, priority);
                        assertEquals(highest, table.lookup(key, null));
                    }
                    assertEquals(MANY, table.size());
                    for (int i = 0; i < MANY; i++) {
                        assertTrue(table.remove(MATCH, priorities.get(i), MANY + i));
                        table.reclaim(MANY + i, Integer.MAX_VALUE);
                    }
                    assertNull(table.lookup(key, null));
                });
    }

    /// One by one, each would copy what is left of the ranking, and others would wait for it.
    @Test
    void masksThatGoTogetherLeaveTheRankingTogether() {
        int masks = 4000;
        for (int i = 0; i < masks; i++) {
            table.put(mask(i), i, i, 1);
        }
        table.put(MATCH, 7, -1, 1);
        for (int i = 0; i < masks; i++) {
            assertTrue(table.remove(mask(i), i, 2));
        }
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        table.reclaim(2, Integer.MAX_VALUE);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 8 << 20, allocated + " bytes");
        assertEquals(-1, table.lookup(key, null));
        assertEquals(1, table.size());
    }

    private static Match mask(int i) {
        return Match.builder().masked(Field.IPV4_SRC, 0, i + 1).build();
    }

    @Test
    void entriesOfOnePriorityMayBeAsManyAsOneLikes() {
        for (int i = 0; i < MANY; i++) {
            table.put(Match.builder().exact(Field.IPV4_DST, i).build(), 1, i);
        }
        for (int i = 0; i < MANY; i++) {
            Field.IPV4_DST.set(key, i);
            assertEquals(i, table.lookup(key, null));
            assertTrue(table.remove(Match.builder().exact(Field.IPV4_DST, i).build(), 1));
            assertNull(table.lookup(key, null));
        }
        assertEquals(0, table.size());
    }

    @Test
    void whatIsReplacedOverAndOverIsNotKept() {
        for (int i = 0; i < MANY; i++) {
            table.put(MATCH, 1, i, 7);
        }
        assertNull(table.lookup(key, null, 6, HIGHEST));
        assertEquals(MANY - 1, table.lookup(key, null, 7, HIGHEST));
    }

    @Test
    void entryThatIsRolledBackIsSeenByNobody() {
        table.put(MATCH, 1, 1, 1);
        table.put(MATCH, 2, 2, 2);
        table.put(MATCH, 1, 3, 2);
        table.remove(MATCH, 2, 2);
        table.put(MATCH, 1, 1, 2);
        for (int version = 1; version <= 3; version++) {
            assertEquals(1, table.lookup(key, null, version, HIGHEST));
        }
    }

    @Test
    void entriesAreInTheOrderInWhichTheyCame() {
        table.put(MATCH, 1, 1, 1);
        table.put(mask(5), 9, 2, 1);
        table.put(MATCH, 3, 3, 1);
        table.put(mask(5), 9, 20, 2); // in the place of another
        table.remove(MATCH, 1, 2);
        table.put(MATCH, 1, 10, 3);
        assertEquals(List.of(20, 3, 10), List.copyOf(table.values()));
        assertThrows(UnsupportedOperationException.class, () -> table.values().clear());
        table.reclaim(3, Integer.MAX_VALUE);
        assertEquals(List.of(20, 3, 10), List.copyOf(table.values()));
    }

    @Test
    void onlyTheEntryThatIsMeantIsRemoved() {
        Place first = table.put(MATCH, 1, 1, 1);
        Place second = table.put(MATCH, 1, 2, 2); // in its place
        Place elsewhere = new TupleTable<Integer>().put(MATCH, 1, 2, 2);
        assertFalse(table.removeAt(first, 3));
        assertFalse(table.removeAt(elsewhere, 3));
        assertFalse(table.removeAt(null, 3));
        assertEquals(2, table.get(MATCH, 1));
        assertTrue(table.removeAt(second, 3));
        assertFalse(table.removeAt(second, 3));
        assertNull(table.get(MATCH, 1));
    }

    /// Otherwise a megaflow that is made before the next reclaim depends on more than it must.
    @Test
    void whatIsGoneIsNotExamined() {
        Match port1 = Match.builder().exact(Field.IN_PORT, 1).exact(Field.TCP_DST, 80).build();
        Match port2 = Match.builder().exact(Field.IN_PORT, 2).exact(Field.TCP_DST, 80).build();
        table.put(MATCH, 9, 9, 1);
        table.put(port1, 8, 8, 1);
        table.put(port2, 8, 8, 1);
        table.remove(MATCH, 9, 2);
        table.remove(port1, 8, 2);
        long[] examined = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, 1);
        assertNull(table.lookup(key, examined, 2, HIGHEST));
        long[] port = new long[FlowKey.WORDS];
        Field.IN_PORT.set(port, -1);
        assertArrayEquals(port, examined);
        assertEquals(9, table.lookup(key, examined, 1, HIGHEST));
        assertTrue(examined[FlowKey.TRANSPORT] != 0);
    }

    /// Two keys that differ in the highest bits of two words meet in many a hash, whatever it
    /// begins with.
    @Test
    void senderCantChooseKeysThatMeet() {
        int meetings = 0;
        for (int word = 1; word < FlowKey.WORDS; word++) {
            for (int bit = 0; bit < 64; bit++) {
                long a = Seeds.of(0, 0) + Seeds.of(word, 0);
                long b = Seeds.of(0, 1L << 63) + Seeds.of(word, 1L << bit);
                meetings += Seeds.spread(a) == Seeds.spread(b) ? 1 : 0;
            }
        }
        assertEquals(0, meetings);
    }
}
