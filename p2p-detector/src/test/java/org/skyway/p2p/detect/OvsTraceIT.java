package org.skyway.p2p.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.GroupEntry;
import org.skyway.openflow.packet.FrameComposer;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;

/// Compares verdicts with what a real Open vSwitch says it would do with single packets.
///
/// `-Dskyway.p2p.ovs.cases=1000 -Dskyway.seed=1` runs more, or others.
class OvsTraceIT {
    private static final int CASES = Integer.getInteger("skyway.p2p.ovs.cases", 30);
    private static final long SEED = Long.getLong("skyway.seed", System.nanoTime());
    private static final int PACKETS = 12;

    @TempDir Path folder;

    private int traces;
    private int examples;

    @Test
    void agreesWithOpenVSwitchAboutEveryPacketTried() throws Exception {
        assumeTrue(
                PrivateOvs.missing() == null,
                "skipped: %s is missing; apt-get install openvswitch-switch"
                        .formatted(PrivateOvs.missing()));
        System.out.printf("seed %d, %d cases%n", SEED, CASES);
        int links = 0;
        try (PrivateOvs ovs = new PrivateOvs(folder, RandomPipelines.PORTS)) {
            for (int i = 0; i < CASES; i++) {
                Random random = new Random(SEED + i);
                RandomPipelines pipeline = new RandomPipelines(random);
                List<String> flows =
                        ovs.install(
                                pipeline.flows.stream().filter(OvsTraceIT::isTaken).toList(),
                                pipeline.groups);
                List<FlowRule> rules = flows.stream().map(FlowText::parse).toList();
                List<GroupEntry> groups = pipeline.groups.stream().map(GroupText::parse).toList();
                P2pDetector detector = LinkOraclePropertyTest.detector(rules, groups);
                for (int port = 1; port <= RandomPipelines.PORTS; port++) {
                    String context =
                            "seed %d, port %d%n%s%n%s%n"
                                    .formatted(
                                            SEED + i,
                                            port,
                                            String.join("\n", flows),
                                            String.join("\n", pipeline.groups));
                    links += check(ovs, detector.verdict(port), random, context) ? 1 : 0;
                }
            }
        }
        System.out.printf(
                "%d links, %d packets traced, %d examples traced%n", links, traces, examples);
        assertTrue(links >= CASES && examples >= CASES / 4, links + " links, " + examples);
    }

    @Test
    void agreesWithOpenVSwitchAboutSingleActions() throws Exception {
        assumeTrue(
                PrivateOvs.missing() == null,
                "skipped: %s is missing; apt-get install openvswitch-switch"
                        .formatted(PrivateOvs.missing()));
        int tried = 0;
        try (PrivateOvs ovs = new PrivateOvs(folder, RandomPipelines.PORTS)) {
            List<String> all = new ArrayList<>(SemanticsCases.LINKS);
            all.addAll(SemanticsCases.NO_LINKS);
            for (String pipeline : all) {
                List<String> lines = Arrays.stream(pipeline.split(";")).map(String::strip).toList();
                List<String> groups = lines.stream().filter(l -> l.startsWith("group_id")).toList();
                List<String> flows = lines.stream().filter(l -> !l.startsWith("group_id")).toList();
                if (!takes(ovs, flows, groups)) {
                    continue;
                }
                tried++;
                Verdict verdict =
                        Detectors.of(RandomPipelines.PORTS, lines.toArray(String[]::new))
                                .verdict(1);
                check(ovs, verdict, new Random(tried), pipeline + "\n");
            }
        }
        System.out.printf(
                "%d pipelines, %d packets traced, %d examples traced%n", tried, traces, examples);
        assertTrue(tried > 40 && examples > 20, tried + " pipelines, " + examples);
    }

    /// Whether Open vSwitch takes flows as they are.
    private static boolean takes(PrivateOvs ovs, List<String> flows, List<String> groups)
            throws Exception {
        try {
            return ovs.install(flows, groups).equals(flows);
        } catch (IllegalStateException e) {
            return false; // for instance a group that calls itself
        }
    }

    /// Whether Open vSwitch takes a flow over OpenFlow 1.3: no meters that are not there, no TTL
    /// lowered where no IP packet is matched, no tag taken off where there may be none.
    private static boolean isTaken(String flow) {
        String match = flow.substring(0, flow.indexOf(" actions="));
        boolean ip = match.matches(".*,(ip|ipv6|tcp|udp|tcp6|icmp6)(,.*)?");
        int tags = match.contains("dl_vlan=1") || match.contains("vlan_tci=0x1000") ? 1 : 0;
        for (String action : flow.split("[ ,=()]")) {
            if (action.startsWith("push_vlan") || action.startsWith("mod_vlan") && tags == 0) {
                tags++;
            }
            if (action.matches("(pop|strip)_vlan") && --tags < 0) {
                return false;
            }
        }
        return !flow.contains("meter") && (ip || !flow.contains("dec_ttl"));
    }

    private boolean check(PrivateOvs ovs, Verdict verdict, Random random, String context)
            throws Exception {
        switch (verdict) {
            case Verdict.Link link -> checkLink(ovs, link.from(), link.to(), random, context);
            case Verdict.NotTaken link -> checkLink(ovs, link.from(), link.to(), random, context);
            case Verdict.NoLink none -> {
                checkExample(ovs, none, context);
                return false;
            }
        }
        return true;
    }

    private void checkLink(PrivateOvs ovs, int from, int to, Random random, String context)
            throws Exception {
        List<long[]> packets = SmallPackets.at(from);
        for (int i = 0; i < PACKETS; i++) {
            String frame = hex(packets.get(random.nextInt(packets.size())));
            String trace = ovs.trace(from, frame);
            if (recirculates(trace)) {
                continue;
            }
            traces++;
            assertEquals(Integer.toString(to), done(trace), () -> context + frame + "\n" + trace);
        }
    }

    private void checkExample(PrivateOvs ovs, Verdict.NoLink none, String context)
            throws Exception {
        // Open vSwitch does the action set after a table-miss; OpenFlow drops the packet, and so a
        // link is not claimed. One of several live buckets may be the right one.
        if (none.example() == null || none.reason().contains("no entry")) {
            return;
        }
        // These have other effects than on where the packet goes.
        if (none.reason().matches(".*(learn|queue|meter|timeouts).*")) {
            return;
        }
        String frame = hex(none.example());
        String trace = ovs.trace(none.from(), frame);
        if (recirculates(trace)) {
            return;
        }
        examples++;
        String expected = none.reason();
        if (expected.startsWith("some packets leave at port")) {
            String other = expected.substring(expected.lastIndexOf(' ') + 1);
            assertEquals(other, done(trace), () -> context + none + frame + "\n" + trace);
        } else {
            for (int port = 1; port <= RandomPipelines.PORTS; port++) {
                if (port != none.from()) {
                    assertNotEquals(
                            Integer.toString(port),
                            done(trace),
                            () -> context + none + frame + "\n" + trace);
                }
            }
        }
    }

    /// Whether the trace stops where a select group's hash is computed.
    private static boolean recirculates(String trace) {
        return done(trace).contains("recirc(");
    }

    private static String hex(long[] key) {
        return HexFormat.of().formatHex(FrameComposer.compose(key));
    }

    /// What is done to the packet: `Datapath actions: 2`.
    private static String done(String trace) {
        String mark = "Datapath actions: ";
        // Mark and queue are the kernel's own, and change nothing about where a packet goes.
        return trace.substring(trace.indexOf(mark) + mark.length())
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("set\\(skb_(mark|priority)\\((0x)?[0-9a-f]+\\)\\),", "");
    }
}
