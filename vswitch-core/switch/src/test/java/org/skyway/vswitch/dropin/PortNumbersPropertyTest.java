package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What Open vSwitch promises of numbers, for any ports.
class PortNumbersPropertyTest {
    private final long seed = Long.getLong("skyway.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static PortNumbering.Need need(String name, int request, int current, int recorded) {
        return new PortNumbering.Need(name, request, current, recorded);
    }

    @Test
    void everyPortHasANumberOfItsOwnAndWhoMayKeepHisKeepsIt() {
        for (int round = 0; round < 2000; round++) {
            List<PortNumbering.Need> needs = new ArrayList<>();
            HashSet<Integer> current = new HashSet<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                int has = random.nextBoolean() ? 0 : 1 + random.nextInt(10);
                needs.add(
                        need(
                                "p" + i,
                                random.nextInt(3) == 0 ? 1 + random.nextInt(10) : 0,
                                has != 0 && current.add(has) ? has : 0,
                                random.nextInt(3) == 0 ? 1 + random.nextInt(10) : 0));
            }
            Map<String, Integer> given = new PortNumbering().assign(needs);
            String told = needs + " " + given + ", seed " + seed;
            assertEquals(needs.size(), given.size(), told);
            assertEquals(needs.size(), new HashSet<>(given.values()).size(), told);
            for (PortNumbering.Need n : needs) {
                int number = given.get(n.name());
                assertTrue(number >= 1 && number <= Wanted.MOST_PORTS, told);
                if (n.current() != 0 && (n.request() == 0 || n.request() == n.current())) {
                    assertEquals(n.current(), number, told);
                }
                if (n.request() != 0 && number != n.request()) {
                    assertTrue(given.containsValue(n.request()), told); // another one's
                }
            }
        }
    }

    @Test
    void whoAsksGetsTheNumberWhenItsHolderMovesAway() {
        List<PortNumbering.Need> needs = List.of(need("v1", 9, 1, 1), need("v2", 1, 2, 2));
        assertEquals(Map.of("v1", 9, "v2", 1), new PortNumbering().assign(needs));
    }

    @Test
    void aNumberIsNotUsedAgainAtOnce() {
        PortNumbering numbers = new PortNumbering();
        assertEquals(Map.of("a", 1), numbers.assign(List.of(need("a", 0, 0, 0))));
        assertEquals(Map.of("b", 2), numbers.assign(List.of(need("b", 0, 0, 0))));
        assertEquals(Map.of("a", 1), numbers.assign(List.of(need("a", 0, 0, 1))));
    }
}
