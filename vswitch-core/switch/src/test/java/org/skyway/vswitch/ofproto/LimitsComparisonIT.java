package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.pipeline.Translation;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// How much one packet may cause, and what comes of it when it is too much: as in Open vSwitch.
class LimitsComparisonIT {
    private static final String PACKET =
            "in_port(1),eth(src=50:54:00:00:00:05,dst=50:54:00:00:00:07),eth_type(0x0800),"
                    + "ipv4(src=10.0.0.1,dst=10.0.0.2,proto=17,tos=0,ttl=64,frag=no),"
                    + "udp(src=8,dst=80)";
    private static final String KEY =
            "udp,in_port=1,eth_src=50:54:00:00:00:05,eth_dst=50:54:00:00:00:07,nw_src=10.0.0.1,"
                    + "nw_dst=10.0.0.2,nw_ttl=64,udp_src=8,udp_dst=80";
    private static final Pattern COUNT = Pattern.compile("table=(\\d+), n_packets=(\\d+)");

    @TempDir Path directory;
    private DummyOvs ovs;
    private String control;
    private final List<String> flows = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(DummyOvs.missing() == null, () -> "needs " + DummyOvs.missing());
        ovs = new DummyOvs(directory);
        try (Stream<Path> files = Files.list(directory)) {
            control =
                    files.map(Path::toString)
                            .filter(f -> f.matches(".*/ovs-vswitchd\\.\\d+\\.ctl"))
                            .findFirst()
                            .orElseThrow();
        }
    }

    @AfterEach
    void stop() {
        if (ovs != null) {
            ovs.close();
        }
    }

    /// What becomes of a packet.
    ///
    /// @param outputs ports, or why it is dropped
    /// @param counted packets that the entries of each table have counted
    private record Outcome(String outputs, Map<Integer, Integer> counted) {}

    private void same() throws Exception {
        assertEquals(theirs(), ours());
        flows.clear();
        groups.clear();
    }

    private String appctl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ovs-appctl", "-t", control));
        command.addAll(List.of(arguments));
        return OvsTool.run(directory, 30, command.toArray(String[]::new)).output();
    }

    private void ofctl(String... arguments) throws Exception {
        OvsTool.Result result = OvsTool.ofctl(directory, "OpenFlow13", arguments);
        assertEquals(0, result.status(), result::output);
    }

    private Outcome theirs() throws Exception {
        ofctl("del-flows", "br0");
        ofctl("del-groups", "br0");
        appctl("fdb/flush", "br0");
        if (!groups.isEmpty()) {
            ofctl("add-groups", "br0", Files.write(directory.resolve("groups"), groups).toString());
        }
        ofctl("add-flows", "br0", Files.write(directory.resolve("flows"), flows).toString());
        String trace = appctl("ofproto/trace", "br0", KEY);
        Matcher actions = Pattern.compile("(?m)^Datapath actions: (.*)$").matcher(trace);
        assertTrue(actions.find(), trace);
        appctl("netdev-dummy/receive", "p1", PACKET);
        Map<Integer, Integer> counted = Map.of();
        for (int tries = 0; tries < 100 && counted.isEmpty(); tries++) {
            Thread.sleep(20);
            counted = counts(OvsTool.ofctl(directory, "OpenFlow13", "dump-flows", "br0").output());
        }
        boolean failed = trace.contains("Translation failed");
        return new Outcome(failed ? "gave up" : actions.group(1), counted);
    }

    private static Map<Integer, Integer> counts(String dump) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (Matcher m = COUNT.matcher(dump); m.find(); ) {
            counts.merge(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer::sum);
        }
        counts.values().removeIf(n -> n == 0);
        return counts;
    }

    private Tables tables() {
        Tables tables = new Tables();
        for (int p = 1; p <= 3; p++) {
            tables.port(PortState.of(p, "p" + p, p));
        }
        groups.stream()
                .map(GroupText::parse)
                .forEach(
                        g -> tables.group(g.id(), new GroupState(g, 0, () -> new FlowCounters(1))));
        for (String flow : flows) {
            FlowRule rule = FlowText.parse(flow);
            tables.put(new FlowEntry(rule, 0, 0, new FlowCounters(1)));
        }
        tables.publish();
        return tables;
    }

    private Outcome ours() {
        Match match = FlowText.parseMatch(KEY);
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] = match.value(w);
        }
        Translation run = new Translation(tables(), key, 0);
        DatapathProgram program = run.run();
        Map<Integer, Integer> counted = new TreeMap<>();
        Arrays.stream(program.entries())
                .forEach(e -> counted.merge(e.rule().table(), 1, Integer::sum));
        String outputs =
                Arrays.stream(program.actions())
                        .filter(a -> !(a instanceof DatapathAction.Learned))
                        .map(a -> a instanceof DatapathAction.Output(int port) ? "" + port : "" + a)
                        .collect(Collectors.joining(","));
        return new Outcome(
                run.gaveUp() ? "gave up" : outputs.isEmpty() ? "drop" : outputs, counted);
    }

    private void chain(int from, int to) {
        for (int t = from; t < to; t++) {
            flows.add("table=%d,actions=resubmit(,%d)".formatted(t, t + 1));
        }
    }

    @Test
    void callsOfLaterTablesAreNoDepth() throws Exception {
        chain(0, 100);
        flows.add("table=100,actions=output:2");
        same();
        chain(0, 253);
        flows.add("table=253,actions=output:2");
        same();
    }

    @Test
    void loopOfAllTablesDropsThePacket() throws Exception {
        flows.add("table=0,actions=output:2,resubmit(,1),output:3");
        chain(1, 253);
        flows.add("table=253,actions=resubmit(,0)");
        same();
    }

    @Test
    void callsOfTheSameTableAreDepth() throws Exception {
        for (int last = 64; last <= 65; last++) {
            for (int i = 0; i < last; i++) {
                flows.add(
                        "reg0=%d,actions=load:%d->NXM_NX_REG0[],resubmit(,0)".formatted(i, i + 1));
            }
            flows.add("reg0=" + last + ",actions=output:2");
            same();
        }
        flows.add("actions=output:2,resubmit(,0),output:3");
        same();
    }

    @Test
    void groupsInGroupsAreDepth() throws Exception {
        for (int length = 64; length <= 65; length++) {
            for (int i = length; i >= 1; i--) {
                String bucket = i == length ? "output:2" : "group:" + (i + 1);
                groups.add("group_id=%d,type=all,bucket=actions=%s".formatted(i, bucket));
            }
            flows.add("actions=output:3,group:1,output:3");
            same();
        }
    }

    @Test
    void resubmitsAreCounted() throws Exception {
        for (int levels = 11; levels <= 12; levels++) {
            for (int t = 0; t < levels; t++) {
                flows.add(
                        "table=%d,actions=resubmit(,%d),resubmit(,%d)".formatted(t, t + 1, t + 1));
            }
            flows.add("table=%d,actions=load:1->NXM_NX_REG0[]".formatted(levels));
            same();
        }
        // 4096 of them, and one more.
        for (int more = 0; more <= 1; more++) {
            flows.add(
                    "actions="
                            + "resubmit(,1),".repeat(64)
                            + "resubmit(,3),".repeat(more)
                            + "output:2");
            flows.add("table=1,actions=" + "resubmit(,2),".repeat(63) + "load:1->NXM_NX_REG0[]");
            flows.add("table=2,actions=load:1->NXM_NX_REG0[]");
            flows.add("table=3,actions=load:1->NXM_NX_REG0[]");
            same();
        }
    }

    @Test
    void programThatGrowsTooLongEndsBeforeTheNextTable() throws Exception {
        for (int t = 0; t < 12; t++) {
            flows.add(
                    "table=%d,actions=%sresubmit(,%d),output:3"
                            .formatted(t, "output:2,".repeat(1000), t + 1));
        }
        same();
    }

    @Test
    void stackThatGrowsTooHighDropsThePacket() throws Exception {
        for (int tables = 6; tables <= 9; tables++) {
            for (int t = 0; t < tables; t++) {
                flows.add(
                        "table=%d,actions=%sresubmit(,%d),output:3"
                                .formatted(t, "push:NXM_NX_REG0[],".repeat(1700), t + 1));
            }
            same();
        }
    }

    @Test
    void clonesInClonesAreNoDepth() throws Exception {
        String actions = "output:2";
        for (int i = 0; i < 90; i++) {
            actions = "clone(" + actions + ")";
        }
        flows.add("actions=" + actions + ",output:3");
        same();
        flows.add("actions=clone(output:2,resubmit(,0)),output:3");
        same();
    }

    @Test
    void whatWasLearnedByThenStays() throws Exception {
        flows.add("actions=NORMAL,learn(table=9,NXM_OF_ETH_SRC[]),resubmit(,0)");
        Outcome theirs = theirs();
        assertEquals(theirs, ours());
        assertTrue(appctl("fdb/show", "br0").contains("50:54:00:00:00:05"));
        assertTrue(
                OvsTool.ofctl(directory, "OpenFlow13", "dump-flows", "br0")
                        .output()
                        .contains("table=9"));
        Match match = FlowText.parseMatch(KEY);
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] = match.value(w);
        }
        Tables tables = tables();
        DatapathProgram program = new Translation(tables, key, 0).run();
        assertTrue(tables.macs().find(0, 0x505400000005L) != null);
        assertTrue(
                Arrays.stream(program.actions())
                        .allMatch(a -> a instanceof DatapathAction.Learned));
        assertTrue(program.actions().length > 0);
    }
}
