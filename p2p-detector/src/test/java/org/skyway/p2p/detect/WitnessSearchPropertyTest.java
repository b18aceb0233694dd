package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

class WitnessSearchPropertyTest {
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());
    private static final int BITS = 8;

    @Test
    void findsAPacketExactlyWhenEnumerationDoes() {
        System.out.printf("seed %d%n", SEED);
        Random random = new Random(SEED);
        int found = 0;
        for (int i = 0; i < 3000; i++) {
            List<Match> excluded = new ArrayList<>();
            for (int n = 10 + random.nextInt(30); n > 0; n--) {
                int bits = 1 + random.nextInt(4);
                int mask = 0;
                while (Integer.bitCount(mask) < bits) {
                    mask |= 1 << random.nextInt(BITS);
                }
                excluded.add(Match.builder().masked(Field.ETH_DST, random.nextInt(), mask).build());
            }
            Cube within = Decision.entering(1);
            within.fix(FlowKey.ETH_DST_TYPE, -1L << 16 + BITS, 0);
            boolean expected = enumerate(excluded);
            long[] packet =
                    new WitnessSearch(PacketDomain.PORTS_SHOWN, new Budget(1_000_000))
                            .find(within, excluded);
            assertEquals(expected, packet != null);
            if (packet != null) {
                found++;
                assertTrue(within.contains(packet) && PacketDomain.PORTS_SHOWN.contains(packet));
                excluded.forEach(match -> assertFalse(match.matches(packet)));
            }
        }
        assertTrue(found > 500 && found < 2500, "lopsided: " + found);
    }

    private static boolean enumerate(List<Match> excluded) {
        long[] key = new long[FlowKey.WORDS];
        for (int value = 0; value < 1 << BITS; value++) {
            Field.ETH_DST.set(key, value);
            if (excluded.stream().noneMatch(match -> match.matches(key))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void knowsThatNoPacketIsBothIpv4AndIpv6OrNeitherTaggedNorUntagged() {
        Cube all = Decision.entering(1);
        List<Match> both =
                List.of(
                        Match.builder().masked(Field.VLAN_TCI, 0x1000, 0x1000).build(),
                        Match.builder().masked(Field.VLAN_TCI, 0, 0xffff).build());
        assertEquals(
                null,
                new WitnessSearch(PacketDomain.PORTS_SHOWN, new Budget(100_000)).find(all, both));
    }

    @Test
    void givesUpWhenTheBudgetIsSpent() {
        Random random = new Random(1);
        List<Match> hard = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long mask = 0;
            while (Long.bitCount(mask) < 3) {
                mask |= 1L << random.nextInt(46);
            }
            hard.add(Match.builder().masked(Field.ETH_DST, random.nextLong(), mask).build());
        }
        WitnessSearch search = new WitnessSearch(PacketDomain.PORTS_SHOWN, new Budget(2_000));
        assertThrows(Budget.Exceeded.class, () -> search.find(Decision.entering(1), hard));
    }
}
