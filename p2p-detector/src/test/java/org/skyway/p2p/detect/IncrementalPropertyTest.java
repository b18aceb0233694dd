package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;

/// A detector that was told of long random sequences of changes says the same as one that starts
/// from what there is in the end, after every one of them.
///
/// `-Dskyway.p2p.steps=100000 -Dskyway.seed=1` runs more, or others.
class IncrementalPropertyTest {
    private static final int STEPS = Integer.getInteger("skyway.p2p.steps", 6000);
    private static final int STEPS_PER_SEQUENCE = 200;
    private static final int MOST_REST = 130; // Decision's budget over what an update may cost
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());
    private static final int[] CONFIGS = {
        0, 0, 0, PortState.NO_FWD, PortState.NO_RECV, PortState.PORT_DOWN, PortState.NO_FLOOD
    };

    private Random random;
    private PortBook ports;
    private P2pDetector detector;
    private final List<FlowRule> installed = new ArrayList<>();
    private final Map<Integer, GroupEntry> groups = new HashMap<>();
    private final Map<Integer, String> held = new HashMap<>();
    private final Map<Integer, Verdict> known = new HashMap<>();
    private boolean missToController;
    private FragmentHandling fragments;
    private List<FlowRule> pool;
    private List<GroupEntry> groupPool;

    @Test
    void saysTheSameAsOneThatStartsAnew() {
        System.out.printf("seed %d, %d steps%n", SEED, STEPS);
        long decisions = 0;
        int links = 0;
        for (int sequence = 0; sequence * STEPS_PER_SEQUENCE < STEPS; sequence++) {
            start(SEED + sequence);
            for (int step = 0; step < STEPS_PER_SEQUENCE; step++) {
                for (int i = random.nextInt(8) == 0 ? 10 : 1; i > 0; i--) {
                    change();
                }
                update();
                // Ports whose decision was costly sit out some updates.
                for (int i = 0; i < MOST_REST && detector.isResting(); i++) {
                    update();
                }
                links += compare("seed %d, step %d".formatted(SEED + sequence, step));
            }
            decisions += detector.decisions();
        }
        System.out.printf("%d decisions instead of %d; %d links%n", decisions, 4L * STEPS, links);
        assertTrue(links > STEPS / 4, "hardly any links: " + links);
        assertTrue(decisions < 4L * STEPS, "nothing was saved: " + decisions);
    }

    private void update() {
        for (Change change : detector.update()) {
            assertEquals(known.get(change.port()), change.before());
            if (change.after() == null) {
                known.remove(change.port());
            } else {
                known.put(change.port(), change.after());
            }
        }
    }

    private void start(long seed) {
        random = new Random(seed);
        ports = new PortBook();
        detector = ports.detector;
        installed.clear();
        groups.clear();
        held.clear();
        known.clear();
        missToController = false;
        fragments = FragmentHandling.NORMAL;
        RandomPipelines pipeline = new RandomPipelines(random);
        pool = pipeline.flows.stream().map(FlowText::parse).toList();
        groupPool = pipeline.groups.stream().map(GroupText::parse).toList();
        for (int port = 1; port <= RandomPipelines.PORTS; port++) {
            ports.put(port, 0);
        }
        groupPool.forEach(this::setGroup);
        for (FlowRule rule : pool) {
            if (random.nextInt(5) > 0) {
                installed.add(rule);
                detector.ruleAdded(rule);
            }
        }
        detector.update().forEach(c -> known.put(c.port(), c.after()));
    }

    private void change() {
        if (random.nextInt(40) == 0) {
            missToController = random.nextInt(3) == 0;
            detector.missToController(missToController);
        }
        if (random.nextInt(40) == 0) {
            fragments =
                    random.nextBoolean()
                            ? FragmentHandling.NORMAL
                            : FragmentHandling.values()[random.nextInt(3)];
            detector.fragments(fragments);
        }
        switch (random.nextInt(16)) {
            case 0 -> ports.put(1 + random.nextInt(4), CONFIGS[random.nextInt(CONFIGS.length)]);
            case 1 -> {
                int port = 1 + random.nextInt(4);
                if (ports.ports.containsKey(port) && random.nextInt(3) == 0) {
                    ports.remove(port);
                    held.remove(port);
                } else if (!ports.ports.containsKey(port)) {
                    ports.put(port, 0);
                }
            }
            case 2 -> hold(1 + random.nextInt(4));
            case 3 -> {
                if (!groupPool.isEmpty()) {
                    GroupEntry group = groupPool.get(random.nextInt(groupPool.size()));
                    GroupEntry other = groupPool.get(random.nextInt(groupPool.size()));
                    if (random.nextInt(4) == 0) {
                        detector.groupChanged(group.id(), null);
                        groups.remove(group.id());
                    } else {
                        boolean same = random.nextBoolean();
                        setGroup(
                                same
                                        ? group
                                        : new GroupEntry(
                                                group.id(), other.type(), other.buckets()));
                    }
                }
            }
            case 4, 5, 6 -> {
                if (!installed.isEmpty()) {
                    int at = random.nextInt(installed.size());
                    FlowRule old = installed.get(at);
                    FlowRule now =
                            new FlowRule(
                                    old.table(),
                                    old.priority(),
                                    old.match(),
                                    likely(old).instructions());
                    installed.set(at, now);
                    detector.ruleReplaced(old, now);
                }
            }
            case 7, 8, 9 -> {
                if (random.nextInt(60) == 0) {
                    detector.rulesRemoved(List.copyOf(installed));
                    installed.clear();
                } else if (!installed.isEmpty()) {
                    detector.ruleRemoved(installed.remove(random.nextInt(installed.size())));
                }
            }
            default -> {
                FlowRule rule = pool.get(random.nextInt(pool.size()));
                boolean there =
                        installed.stream()
                                .anyMatch(r ->
                                        r.table() == rule.table()
                                                && r.priority() == rule.priority());
                if (!there) {
                    installed.add(rule);
                    detector.ruleAdded(rule);
                }
            }
        }
    }

    /// Mostly the rule as the pool has it, so that links come back.
    private FlowRule likely(FlowRule old) {
        if (random.nextInt(4) > 0) {
            for (FlowRule rule : pool) {
                if (rule.table() == old.table() && rule.priority() == old.priority()) {
                    return rule;
                }
            }
        }
        return pool.get(random.nextInt(pool.size()));
    }

    private void hold(int number) {
        String reason = random.nextInt(3) == 0 ? "mirrored" : null;
        held.put(number, reason);
        detector.hold(number, reason);
    }

    private void setGroup(GroupEntry group) {
        groups.put(group.id(), group);
        detector.groupChanged(group.id(), group);
    }

    private int compare(String context) {
        P2pDetector fresh = new P2pDetector(() -> ports.ports);
        fresh.missToController(missToController);
        fresh.fragments(fragments);
        ports.ports.keySet().forEach(fresh::portAdded);
        held.forEach(fresh::hold);
        groups.forEach(fresh::groupChanged);
        installed.forEach(fresh::ruleAdded);
        fresh.update();
        int links = 0;
        for (int number = 1; number <= RandomPipelines.PORTS; number++) {
            int port = number;
            Verdict expected = fresh.verdict(port);
            Verdict actual = detector.verdict(port);
            assertEquals(
                    essence(expected),
                    essence(actual),
                    () -> "%s, port %d: %s, anew %s".formatted(context, port, actual, expected));
            assertEquals(known.get(port), actual, context);
            links += actual == null || actual instanceof Verdict.NoLink ? 0 : 1;
        }
        return links;
    }

    /// What must be the same; which of many reasons is given may differ.
    private static Object essence(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Link link -> link;
            case Verdict.NotTaken link -> List.of(link.to(), link.reason());
            case Verdict.NoLink _ -> "none";
            case null -> "no port";
        };
    }
}
