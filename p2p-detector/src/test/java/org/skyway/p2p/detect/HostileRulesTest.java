package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;

/// Rules that are made to hurt: each gets a verdict in bounded time and space, the right one or
/// that it is too complex, and the detector still says the same as one that starts anew.
@Timeout(60)
class HostileRulesTest {
    private static final Instructions TO_2 = Instructions.apply(new Action.Output(2, 0));

    /// The stack that the JVM gives to the switch's threads.
    private static final long STACK_BYTES = 1 << 20;

    private static P2pDetector ports() {
        return Detectors.of(3);
    }

    private static void add(P2pDetector detector, String flow) {
        detector.ruleAdded(FlowText.parse(flow));
    }

    /// Decides on a thread with the usual stack, in which a good part is taken.
    private static void update(P2pDetector detector) throws Exception {
        var failure = new AtomicReference<Throwable>();
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                detector.update();
                            } catch (Throwable e) {
                                failure.set(e);
                            }
                        },
                        "decide",
                        STACK_BYTES);
        thread.start();
        thread.join();
        assertNull(failure.get());
    }

    private static void assertNoError(P2pDetector detector) {
        for (Verdict verdict : detector.verdicts()) {
            if (verdict instanceof Verdict.NoLink none) {
                assertFalse(none.reason().contains("can't be decided about"), none.reason());
            }
        }
    }

    private static void assertTooComplexOrRight(P2pDetector detector) {
        assertNoError(detector);
        assertInstanceOf(Verdict.NoLink.class, detector.verdict(1));
    }

    /// What happens to all other rules must still be known.
    private static void assertGoesOn(P2pDetector detector) throws Exception {
        add(detector, "priority=65535,in_port=1,actions=2");
        for (int i = 0; i < 2000 && !(detector.verdict(1) instanceof Verdict.Link); i++) {
            update(detector);
        }
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
    }

    @Test
    void resubmitToTheNextOfAllTables() throws Exception {
        P2pDetector detector = ports();
        for (int table = 0; table < 253; table++) {
            add(detector, "table=%d,actions=resubmit(,%d)".formatted(table, table + 1));
        }
        add(detector, "table=253,actions=resubmit(,0)");
        update(detector);
        assertTooComplexOrRight(detector);
        assertGoesOn(detector);
    }

    @Test
    void resubmitsThatDoubleAtEachTable() throws Exception {
        P2pDetector detector = ports();
        for (int table = 0; table < 253; table++) {
            int next = table + 1;
            add(
                    detector,
                    "table=%d,actions=resubmit(,%d),resubmit(,%d)".formatted(table, next, next));
        }
        update(detector);
        assertTooComplexOrRight(detector);
        assertGoesOn(detector);
    }

    @Test
    void thousandsOfGroupsClonesAndForksInOneEntry() throws Exception {
        for (String action : List.of("group:1", "clone(group:1)", "dec_ttl", "resubmit(,1)")) {
            P2pDetector detector = ports();
            var group = GroupText.parse("group_id=1,type=all,bucket=actions=set_field:1->reg0");
            detector.groupChanged(1, group);
            add(detector, "table=1,actions=set_field:1->reg1");
            List<String> actions = Collections.nCopies(8000, action);
            add(detector, "actions=" + String.join(",", actions) + ",output:2");
            update(detector);
            assertTooComplexOrRight(detector);
            assertGoesOn(detector);
        }
    }

    @Test
    void groupsThatWatchEachOther() throws Exception {
        P2pDetector detector = ports();
        for (int id = 1; id <= 40; id++) {
            StringBuilder text = new StringBuilder("group_id=%d,type=ff".formatted(id));
            for (int bucket = 0; bucket < 20; bucket++) {
                text.append(",bucket=watch_group:%d,actions=2".formatted(id == 40 ? 99 : id + 1));
            }
            detector.groupChanged(id, GroupText.parse(text.toString()));
        }
        add(detector, "actions=group:1");
        update(detector);
        assertTooComplexOrRight(detector);
        assertGoesOn(detector);
    }

    @Test
    void groupsInGroups() throws Exception {
        P2pDetector detector = ports();
        for (int id = 1; id <= 300; id++) {
            int in = id == 300 ? 1 : id + 1;
            detector.groupChanged(
                    id,
                    GroupText.parse(
                            "group_id=%d,type=all,bucket=actions=group:%d,bucket=actions=group:%d"
                                    .formatted(id, in, in)));
        }
        add(detector, "actions=group:1");
        update(detector);
        assertTooComplexOrRight(detector);
        assertGoesOn(detector);
    }

    @Test
    void aHundredThousandEntriesOfOneMask() throws Exception {
        // As many priorities as there are, and beside each match its like with other bits.
        P2pDetector detector = ports();
        List<FlowRule> rules = new ArrayList<>();
        Match one = Match.builder().exact(Field.IN_PORT, 1).exact(Field.ETH_TYPE, 0x800).build();
        for (int i = 0; i < 50_000; i++) {
            rules.add(new FlowRule(0, i, one, TO_2));
            Match.Builder other = Match.builder().exact(Field.IN_PORT, 1);
            rules.add(new FlowRule(0, 7, other.exact(Field.ETH_DST, i).build(), TO_2));
        }
        Collections.shuffle(rules, new Random(1));
        rules.forEach(detector::ruleAdded);
        update(detector);
        assertNoError(detector);
        rules.forEach(detector::ruleRemoved);
        add(detector, "in_port=1,actions=2");
        for (int i = 0; i < 2000 && !(detector.verdict(1) instanceof Verdict.Link); i++) {
            update(detector);
        }
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
    }

    @Test
    void portThatWasCostlyGetsItsVerdictThoughNothingChangesAnyMore() {
        P2pDetector detector = Detectors.of(3, "priority=1,in_port=1,actions=2");
        // Entries that agree with it, but differ in what they match: a costly proof each time.
        Random random = new Random(1);
        for (int i = 0; i < 4000; i++) {
            Match match =
                    Match.builder()
                            .exact(Field.IN_PORT, 1)
                            .exact(Field.ETH_TYPE, 0x0800)
                            .masked(Field.IPV4_DST, random.nextInt(), 0xffffffffL)
                            .build();
            detector.ruleInstalled(new FlowRule(0, 100, match, Instructions.DROP));
        }
        detector.ruleInstalled(FlowText.parse("priority=200,in_port=1,actions=2"));
        detector.update();
        for (int i = 0; i < 5; i++) {
            // Taken away and put back: the verdict is open in between.
            detector.ruleRemoved(FlowText.parse("priority=200,in_port=1,actions=2"));
            detector.update();
            detector.ruleInstalled(FlowText.parse("priority=200,in_port=1,actions=2"));
            detector.update();
        }
        long now = 0;
        long before = detector.decisions();
        for (int tick = 0; tick < 3000 && !(detector.verdict(1) instanceof Verdict.Link); tick++) {
            now += 20_000_000;
            if (detector.wake(now)) {
                detector.update();
            }
        }
        assertInstanceOf(Verdict.Link.class, detector.verdict(1));
        assertTrue(now < 10_000_000_000L, now + " ns");
        assertTrue(detector.decisions() - before < 10, "decisions " + detector.decisions());
        assertFalse(detector.wake(now + 100_000_000_000L), "there is nothing to wake for");
    }

    @Test
    void portThatStaysTooComplexIsNotDecidedAgainAndAgain() {
        P2pDetector detector = ports();
        Random random = new Random(1);
        add(detector, "priority=1,in_port=1,actions=drop");
        for (int i = 0; i < 480; i++) {
            Match.Builder match = Match.builder().exact(Field.IN_PORT, 1);
            for (int bit = 0; bit < 3; bit++) {
                Field field = random.nextBoolean() ? Field.ETH_DST : Field.ETH_SRC;
                match.masked(field, random.nextLong(), 1L << random.nextInt(48));
            }
            detector.ruleInstalled(new FlowRule(0, 100 + i, match.build(), TO_2));
        }
        detector.update();
        long before = detector.decisions();
        long now = 0;
        long longest = 0;
        for (int tick = 0; tick < 10_000; tick++) {
            now += 20_000_000;
            if (detector.wake(now)) {
                long start = System.nanoTime();
                assertEquals(List.of(), detector.update());
                longest = Math.max(longest, System.nanoTime() - start);
            }
        }
        System.out.printf("longest decision: %d us%n", longest / 1000);
        assertTrue(detector.decisions() - before <= 1, "decisions " + detector.decisions());
    }
}
