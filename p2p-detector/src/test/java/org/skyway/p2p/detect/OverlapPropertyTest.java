package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.pipeline.classifier.TupleTable;

/// A table finds the same rules as a look at every one of them.
class OverlapPropertyTest {
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private final TupleTable<FlowRule> table = new TupleTable<>();
    private long version = 1;
    private final List<FlowRule> model = new ArrayList<>();
    private final Set<List<Object>> identities = new HashSet<>();

    @Test
    void findsWhatALinearSearchFinds() {
        System.out.printf("seed %d%n", SEED);
        int largest = 0;
        for (int i = 0; i < 30_000; i++) {
            boolean grow = i % 10_000 < 6_000;
            if (model.isEmpty() || random.nextInt(10) < (grow ? 7 : 3)) {
                add();
            } else {
                remove();
            }
            assertEquals(model.size(), table.size());
            if (random.nextInt(10) == 0) {
                version++;
                table.reclaim(version - random.nextInt(3), random.nextInt(5));
            }
            largest = Math.max(largest, model.size());
            if (i % 20 == 0) {
                query();
            }
        }
        assertTrue(largest > 500, "too few rules to have tried much: " + largest);
    }

    private void add() {
        FlowRule rule = new FlowRule(0, random.nextInt(20), match(), Instructions.DROP);
        if (identities.add(List.of(rule.priority(), rule.match()))) {
            table.put(rule.match(), rule.priority(), rule, version);
            model.add(rule);
        }
    }

    private void remove() {
        FlowRule rule = model.remove(random.nextInt(model.size()));
        identities.remove(List.of(rule.priority(), rule.match()));
        assertSame(rule, table.get(rule.match(), rule.priority()));
        assertTrue(table.remove(rule.match(), rule.priority(), version));
        assertFalse(table.remove(rule.match(), rule.priority(), version));
    }

    /// Few ports and many addresses, so that there are large and small buckets.
    private Match match() {
        Match.Builder match = Match.builder();
        if (random.nextInt(4) > 0) {
            match.exact(Field.IN_PORT, random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            match.exact(Field.METADATA, random.nextInt(3));
        }
        if (random.nextInt(3) > 0) {
            match.exact(Field.ETH_TYPE, 0x0800);
            int prefix = new int[] {1, 8, 16, 32}[random.nextInt(4)];
            match.masked(
                    Field.IPV4_DST,
                    random.nextInt(4) << 30 | random.nextInt(500),
                    -1L << 32 - prefix);
        }
        return match.build();
    }

    private void query() {
        Cube cube = new Cube();
        if (random.nextInt(4) > 0) {
            cube.fix(FlowKey.IN_PORT, -1L, (long) random.nextInt(3) << 32);
        }
        if (random.nextInt(4) > 0) {
            cube.fix(FlowKey.METADATA, -1L, random.nextInt(3));
        }
        if (random.nextBoolean()) {
            cube.fix(FlowKey.ETH_DST_TYPE, 0xffff, 0x0800);
            cube.fix(FlowKey.IPV4, random.nextInt(), random.nextInt(500));
        }
        SymbolicPacket packet = new SymbolicPacket(cube);
        if (random.nextInt(3) == 0) {
            packet.write(FlowKey.METADATA, -1L, random.nextInt(3));
        }
        if (random.nextInt(5) == 0) {
            packet.forget(FlowKey.METADATA, 1);
        }
        Map<FlowRule, Boolean> expected = new IdentityHashMap<>();
        for (FlowRule rule : model) {
            if (packet.overlaps(rule.match())) {
                expected.put(rule, true);
            }
        }
        Iterator<FlowRule> found = table.overlapping(packet, steps -> {});
        int priority = Integer.MAX_VALUE;
        while (found.hasNext()) {
            FlowRule rule = found.next();
            assertTrue(rule.priority() <= priority, "out of order");
            priority = rule.priority();
            assertTrue(expected.remove(rule) != null, "does not overlap, or twice: " + rule);
        }
        assertEquals(Set.of(), expected.keySet());
        assertEquals(model, List.copyOf(table.values()));
        Match match = match();
        int wanted = random.nextInt(20);
        assertEquals(
                model.stream().anyMatch(r -> r.priority() == wanted && r.match().overlaps(match)),
                table.overlaps(match, wanted));
    }
}
