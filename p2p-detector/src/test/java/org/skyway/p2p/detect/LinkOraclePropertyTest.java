package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;

/// Compares verdicts with those of [PipelineOracle] over all packets of [SmallPackets].
///
/// `-Dskyway.p2p.cases=100000 -Dskyway.seed=1` runs more, or others.
class LinkOraclePropertyTest {
    private static final int CASES = Integer.getInteger("skyway.p2p.cases", 800);
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());

    @Test
    void findsAllLinksThatThereAreAndNoOthers() {
        System.out.printf("seed %d, %d cases%n", SEED, CASES);
        Map<Integer, List<long[]>> packets = new HashMap<>();
        for (int port = 1; port <= RandomPipelines.PORTS; port++) {
            packets.put(port, SmallPackets.at(port));
        }
        Set<Integer> ports = new TreeSet<>(packets.keySet());
        int links = 0;
        int found = 0;
        int taken = 0;
        int takeable = 0;
        List<String> missed = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            RandomPipelines pipeline = new RandomPipelines(new Random(SEED + i));
            List<FlowRule> rules = pipeline.flows.stream().map(FlowText::parse).toList();
            List<GroupEntry> groups = pipeline.groups.stream().map(GroupText::parse).toList();
            P2pDetector detector = detector(rules, groups);
            PipelineOracle oracle = new PipelineOracle(rules, groups, ports);
            for (int port : ports) {
                PipelineOracle.Answer truth = oracle.link(port, packets.get(port));
                Verdict verdict = detector.verdict(port);
                int claimed =
                        switch (verdict) {
                            case Verdict.Link link -> link.to();
                            case Verdict.NotTaken link -> link.to();
                            case Verdict.NoLink _ -> 0;
                        };
                String context =
                        "seed %d, port %d, says %s, truth %s%n%s%n%s"
                                .formatted(
                                        SEED + i,
                                        port,
                                        verdict,
                                        truth,
                                        String.join("\n", pipeline.flows),
                                        String.join("\n", pipeline.groups));
                if (claimed != 0) {
                    assertEquals(truth.to(), claimed, "false link: " + context);
                }
                if (verdict instanceof Verdict.Link) {
                    assertTrue(truth.onePath(), "false attribution: " + context);
                    taken++;
                }
                takeable += truth.onePath() ? 1 : 0;
                if (truth.to() != 0) {
                    links++;
                    if (claimed != 0) {
                        found++;
                    } else {
                        missed.add(context);
                    }
                }
            }
        }
        System.out.printf(
                "%d ports, %d links, %d found: completeness %.4f; %d of %d with one path%n",
                CASES * ports.size(), links, found, (double) found / links, taken, takeable);
        missed.stream().limit(3).forEach(System.out::println);
        assertTrue(links > CASES && links < 3 * CASES, "about half should have links: " + links);
        assertTrue(found >= 0.99 * links, "completeness: %d of %d".formatted(found, links));
        assertTrue(taken >= 0.99 * takeable, "one path: %d of %d".formatted(taken, takeable));
    }

    static P2pDetector detector(List<FlowRule> rules, List<GroupEntry> groups) {
        P2pDetector detector = Detectors.of(RandomPipelines.PORTS);
        groups.forEach(group -> detector.groupChanged(group.id(), group));
        rules.forEach(detector::ruleInstalled);
        detector.update();
        return detector;
    }
}
