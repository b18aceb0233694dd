package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.packet.FrameComposer;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.p2p.detect.Explanation;
import org.skyway.p2p.detect.P2pDetector;
import org.skyway.p2p.detect.RandomPipelines;
import org.skyway.p2p.detect.SmallPackets;
import org.skyway.p2p.detect.Verdict;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;

/// What the detector says about ports, compared with what the datapath does with frames: where it
/// says that there is a link, every frame must come out at its other end, bit by bit, and nothing
/// else; where it shows a frame that has none, that one must not.
///
/// `-Dskyway.p2p.cases=10000 -Dskyway.seed=1` runs more, or others.
class DetectorAgreementPropertyTest {
    private static final int CASES = Integer.getInteger("skyway.p2p.cases", 200);
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());
    private static final int FRAMES = 40;
    private static final int SHORTEST = 14;

    private final Map<Integer, List<long[]>> packets = new TreeMap<>();
    private TestBed bed;
    private Random random;
    private int examples;
    private int links;

    @Test
    void framesGoWhereTheDetectorSays() throws Exception {
        System.out.printf(
                "DetectorAgreementPropertyTest: -Dskyway.seed=%d, %d cases%n", SEED, CASES);
        for (int port = 1; port <= RandomPipelines.PORTS; port++) {
            packets.put(port, SmallPackets.at(port));
        }
        try (TestBed opened = new TestBed(RandomPipelines.PORTS)) {
            bed = opened;
            for (int i = 0; i < CASES; i++) {
                random = new Random(SEED + i);
                compare(new RandomPipelines(random), "seed " + (SEED + i));
            }
        }
        System.out.printf("%d links, %d examples%n", links, examples);
        assertTrue(links > CASES && examples > CASES / 4, links + " links, " + examples);
    }

    private void compare(RandomPipelines pipeline, String seed) {
        List<GroupEntry> groups = pipeline.groups.stream().map(GroupText::parse).toList();
        List<FlowRule> rules = pipeline.flows.stream().map(FlowText::parse).toList();
        P2pDetector detector = new P2pDetector(bed.tables::ports);
        groups.forEach(
                g -> bed.tables.group(g.id(), new GroupState(g, 0, () -> new FlowCounters(1))));
        groups.forEach(g -> detector.groupChanged(g.id(), g));
        List<FlowEntry> entries = rules.stream().map(bed::add).toList();
        bed.publish();
        rules.forEach(detector::ruleInstalled);
        bed.tables.ports().keySet().forEach(detector::portAdded);
        detector.update();
        for (int port : packets.keySet()) {
            String context =
                    "%s, port %d%n%s%n%s%n"
                            .formatted(
                                    seed,
                                    port,
                                    String.join("\n", pipeline.flows),
                                    String.join("\n", pipeline.groups));
            switch (detector.verdict(port)) {
                case Verdict.Link link -> checkLink(port, link.to(), context);
                case Verdict.NotTaken link -> checkLink(port, link.to(), context);
                case Verdict.NoLink none -> checkExample(none, context);
            }
        }
        entries.forEach(bed.tables::remove);
        groups.forEach(g -> bed.tables.group(g.id(), null));
        bed.publish();
    }

    private void checkLink(int from, int to, String context) {
        links++;
        List<long[]> all = packets.get(from);
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = FrameComposer.compose(all.get(random.nextInt(all.size())));
            if (i % 2 == 0) {
                damage(frame);
                frame = Arrays.copyOf(frame, SHORTEST + random.nextInt(frame.length - SHORTEST));
            }
            String hex = HexFormat.of().formatHex(frame);
            assertEquals("%d: %s".formatted(to, hex), sent(from, frame), () -> context + hex);
        }
    }

    private void damage(byte[] frame) {
        for (int i = random.nextInt(4); i > 0; i--) {
            frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
        }
    }

    private void checkExample(Verdict.NoLink none, String context) {
        String hex = Explanation.hex(none);
        if (hex.isEmpty() || none.reason().startsWith("meter")) {
            return; // there are no meters here
        }
        // Open vSwitch writes nothing into network headers of protocol 0, and so the datapath does
        // not.
        byte[] example = HexFormat.of().parseHex(hex);
        boolean unwritten = Field.IP_PROTO.get(FrameParser.parse(example, none.from())) == 0;
        if (unwritten && none.reason().startsWith("packets leave changed")) {
            return;
        }
        examples++;
        String where = sent(none.from(), HexFormat.of().parseHex(hex));
        if (none.reason().startsWith("some packets leave at port")) {
            String other = none.reason().substring(none.reason().lastIndexOf(' ') + 1);
            assertEquals(other + ": " + hex, where, () -> context + none + hex);
            return;
        }
        for (int to : packets.keySet()) {
            if (to != none.from()) {
                assertNotEquals(to + ": " + hex, where, () -> context + none + hex);
            }
        }
    }

    /// Where a frame comes out, and what comes out there.
    private String sent(int from, byte[] frame) {
        bed.vnf(from).send(frame);
        bed.poll();
        List<String> received = new ArrayList<>();
        for (int port : packets.keySet()) {
            for (byte[] out : bed.vnf(port).receive()) {
                received.add("%d: %s".formatted(port, HexFormat.of().formatHex(out)));
            }
        }
        bed.packetIns.forEach(_ -> received.add("controller"));
        bed.packetIns.clear();
        return String.join(", ", received);
    }
}
