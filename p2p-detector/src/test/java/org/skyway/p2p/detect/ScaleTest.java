package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

/// Rule sets that are large for one port.
class ScaleTest {
    private static final Instructions TO_2 = Instructions.apply(new Action.Output(2, 0));

    private static Match.Builder ipv4() {
        return Match.builder().exact(Field.IN_PORT, 1).exact(Field.ETH_TYPE, 0x0800);
    }

    /// Random prefixes of which none overlap and that together are all addresses.
    private static List<Match> partition(int count, Random random) {
        List<long[]> prefixes = new ArrayList<>(List.of(new long[] {0, 0}));
        while (prefixes.size() < count) {
            long[] prefix = prefixes.remove(random.nextInt(prefixes.size()));
            if (prefix[1] == 32) {
                prefixes.add(prefix);
                continue;
            }
            long longer = prefix[1] + 1;
            prefixes.add(new long[] {prefix[0], longer});
            prefixes.add(new long[] {prefix[0] | 1L << 32 - longer, longer});
        }
        return prefixes.stream()
                .map(p -> ipv4().masked(Field.IPV4_DST, p[0], -1L << 32 - p[1]).build())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1000, 4000})
    void provesThatManyPrefixesTogetherAreEverything(int count) {
        P2pDetector detector = Detectors.of(3, "priority=1,in_port=1,actions=2");
        detector.ruleAdded(FlowText.parse("priority=50,in_port=1,ip,actions=drop"));
        List<Match> parts = partition(count, new Random(count));
        for (Match match : parts) {
            detector.ruleAdded(new FlowRule(0, 100, match, TO_2));
        }
        long start = System.nanoTime();
        detector.update();
        System.out.printf("%d prefixes: %d us%n", count, (System.nanoTime() - start) / 1000);
        assertInstanceOf(Verdict.NotTaken.class, detector.verdict(1));
        Match missing = parts.get(count / 2);
        detector.ruleRemoved(new FlowRule(0, 100, missing, TO_2));
        for (int i = 0; i < 2000; i++) {
            detector.update(); // a costly decision waits its turn
        }
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        assertEquals("packets are dropped", none.reason());
        assertTrue(missing.matches(none.example()));
    }

    @Test
    void doesNotDecideAnewForEveryOneOfManyRulesThatAgree() {
        P2pDetector detector = Detectors.of(3, "priority=1,in_port=1,actions=2");
        Random random = new Random(1);
        List<FlowRule> rules = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Match match = ipv4().masked(Field.IPV4_DST, random.nextInt(), 0xffffffffL).build();
            FlowRule rule = new FlowRule(0, 100 + i % 50, match, TO_2);
            rules.add(rule);
            detector.ruleInstalled(rule);
        }
        detector.update();
        long before = detector.decisions();
        for (FlowRule rule : rules.subList(100, 1100)) {
            detector.ruleRemoved(rule);
            detector.update();
            detector.ruleAdded(rule);
            detector.update();
        }
        assertInstanceOf(Verdict.NotTaken.class, detector.verdict(1));
        assertTrue(detector.decisions() - before < 20, "decisions: " + detector.decisions());
        FlowRule last = rules.getLast();
        detector.ruleReplaced(
                last, new FlowRule(0, last.priority(), last.match(), Instructions.DROP));
        detector.update();
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    @Test
    void givesNoLinkRatherThanStallOnEntriesThatAreHardToDecide() {
        P2pDetector detector = Detectors.of(3, "priority=1,in_port=1,actions=drop");
        Random random = new Random(1);
        for (int i = 0; i < 480; i++) {
            // A random 3-SAT instance of 96 bits, just beyond its hardest.
            Match.Builder match = Match.builder().exact(Field.IN_PORT, 1);
            for (int bit = 0; bit < 3; bit++) {
                Field field = random.nextBoolean() ? Field.ETH_DST : Field.ETH_SRC;
                match.masked(field, random.nextLong(), 1L << random.nextInt(48));
            }
            detector.ruleInstalled(new FlowRule(0, 100 + i, match.build(), TO_2));
        }
        long start = System.nanoTime();
        detector.update();
        long millis = (System.nanoTime() - start) / 1_000_000;
        Verdict.NoLink none = assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
        assertTrue(none.reason().contains("too complex"), none.reason());
        assertTrue(millis < 2000, "took %d ms".formatted(millis));
    }
}
