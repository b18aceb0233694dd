package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The real `ovs-ofctl` against an [Ofproto].
class OvsOfctlIT {
    private static final String FRAME =
            "ffffffffffff00112233445508004500001c00000000401166c20102030405060708"
                    + "0035003500080000";

    @TempDir Path directory;
    private TestSwitch sw;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                OvsTool.installed("ovs-ofctl"),
                "needs ovs-ofctl: apt-get install openvswitch-common");
        sw = new TestSwitch(directory, OfprotoConfig.FailMode.SECURE);
    }

    @AfterEach
    void stop() {
        if (sw != null) {
            sw.close();
        }
    }

    private String ofctl(String version, String... arguments) throws Exception {
        OvsTool.Result r = OvsTool.ofctl(directory, version, arguments);
        assertEquals(0, r.status(), () -> String.join(" ", arguments) + "\n" + r.output());
        return r.output();
    }

    private String refused(String version, String... arguments) throws Exception {
        OvsTool.Result r = OvsTool.ofctl(directory, version, arguments);
        assertEquals(1, r.status(), () -> String.join(" ", arguments) + "\n" + r.output());
        return r.output();
    }

    /// The flows as they are dumped, without what changes with time.
    private List<String> flows(String version) throws Exception {
        List<String> flows = new ArrayList<>();
        for (String line : ofctl(version, "--sort", "dump-flows", "br0").split("\n")) {
            if (line.startsWith(" ")) {
                flows.add(
                        line.strip()
                                .replaceAll(
                                        "duration=[0-9.]+s, |(idle|hard)_age=\\d+, |cookie=0x0, ",
                                        "")
                                .replaceAll("reset_counts ", ""));
            }
        }
        return flows;
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void showsTheSwitchAndItsPorts(String version) throws Exception {
        String show = ofctl(version, "show", "br0");
        assertTrue(show.contains("dpid:0000000000000001"), show);
        assertTrue(show.contains("n_tables:254"), show);
        assertTrue(show.contains(" 1(p1): addr:aa:55:aa:55:00:03"), show);
        assertTrue(show.contains(" LOCAL(br0): addr:aa:bb:cc:00:00:ff"), show);
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void addsChangesAndDeletesFlows(String version) throws Exception {
        ofctl(version, "add-flow", "br0", "priority=9,in_port=1,actions=output:2");
        ofctl(version, "add-flow", "br0", "table=3,ip,nw_src=10.0.0.0/8,actions=output:3");
        assertEquals(
                List.of(
                        "table=0, n_packets=0, n_bytes=0, priority=9,in_port=1 actions=output:2",
                        "table=3, n_packets=0, n_bytes=0, ip,nw_src=10.0.0.0/8"
                                + " actions=output:3"),
                flows(version).stream().sorted().toList());
        ofctl(version, "mod-flows", "br0", "in_port=1,actions=drop");
        assertTrue(flows(version).toString().contains("in_port=1 actions=drop"));
        ofctl(version, "--strict", "del-flows", "br0", "in_port=1,priority=8");
        assertEquals(2, flows(version).size());
        ofctl(version, "--strict", "del-flows", "br0", "in_port=1,priority=9");
        assertEquals(1, flows(version).size());
        ofctl(version, "del-flows", "br0", "table=3"); // all tables can't be named in 1.1
        assertEquals(List.of(), flows(version));
        assertEquals(0, sw.run(() -> sw.forwarding.entries.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OpenFlow10", "OpenFlow13", "OpenFlow14", "OpenFlow15"})
    void readsFilesReplacesAndComparesFlows(String version) throws Exception {
        Path one =
                Files.writeString(
                        directory.resolve("one"), "in_port=1,actions=2\nin_port=2,actions=1\n");
        Path two =
                Files.writeString(
                        directory.resolve("two"), "in_port=2,actions=3\nin_port=3,actions=1\n");
        ofctl(version, "add-flows", "br0", one.toString());
        assertEquals(2, flows(version).size());
        assertEquals(
                2, OvsTool.ofctl(directory, version, "diff-flows", "br0", two.toString()).status());
        ofctl(version, "replace-flows", "br0", two.toString());
        assertEquals("", ofctl(version, "diff-flows", "br0", two.toString()));
        ofctl(version, "--bundle", "replace-flows", "br0", one.toString());
        assertEquals("", ofctl(version, "diff-flows", "br0", one.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OpenFlow10", "OpenFlow13", "OpenFlow14", "OpenFlow15"})
    void aBundleThatFailsChangesNothing(String version) throws Exception {
        ofctl(version, "add-flow", "br0", "in_port=1,actions=output:2");
        ofctl(version, "add-flow", "br0", "in_port=2,priority=7,actions=output:2");
        List<String> before = flows(version);
        Path bundle =
                Files.writeString(
                        directory.resolve("bundle"),
                        """
                        flow delete in_port=1
                        flow modify in_port=2,actions=drop
                        group add group_id=1,type=all,bucket=output:1
                        flow add in_port=3,actions=group:1
                        flow add in_port=3,priority=5,actions=group:2
                        """);
        String error = refused(version, "bundle", "br0", bundle.toString());
        assertTrue(error.contains("OFPBAC_BAD_OUT_GROUP"), error);
        assertTrue(error.contains("OFPBFC_MSG_FAILED"), error);
        assertEquals(before, flows(version));
        assertEquals(0, sw.run(() -> sw.forwarding.tables().groups().size()));
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void countsWhatItForwards(String version) throws Exception {
        ofctl(version, "add-flow", "br0", "in_port=1,actions=output:2");
        ofctl(version, "add-flow", "br0", "cookie=7,in_port=2,actions=output:1");
        byte[] frame = HexFormat.of().parseHex(FRAME);
        sw.run(() -> {
            sw.forwarding.receive(frame, 1);
            sw.forwarding.receive(frame, 1);
            sw.forwarding.receive(frame, 2);
            return null;
        });
        assertTrue(flows(version).toString().contains("n_packets=2, n_bytes=84, in_port=1"));
        String all = ofctl(version, "dump-aggregate", "br0");
        assertTrue(all.contains("packet_count=3 byte_count=126 flow_count=2"), all);
        String port = ofctl(version, "dump-ports", "br0", "1");
        assertTrue(port.contains("rx pkts=2, bytes=84"), port);
        assertTrue(port.contains("tx pkts=1, bytes=42"), port);
        String tables = ofctl(version, "dump-tables", "br0");
        assertTrue(tables.contains("active=2, lookup=3, matched=3"), tables);
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void configuresPorts(String version) throws Exception {
        ofctl(version, "mod-port", "br0", "1", "down");
        assertTrue(ofctl(version, "show", "br0").contains("PORT_DOWN"));
        ofctl(version, "mod-port", "br0", "p1", "up");
        ofctl(version, "mod-port", "br0", "2", "no-forward");
        String show = ofctl(version, "show", "br0");
        assertTrue(show.contains("NO_FWD") && !show.contains("PORT_DOWN"), show);
        assertEquals(3, sw.run(() -> sw.forwarding.configured.size()));
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void sendsPacketsOut(String version) throws Exception {
        ofctl(
                version,
                "packet-out",
                "br0",
                "in_port=controller packet=" + FRAME + " actions=output:3");
        assertEquals(1, sw.run(() -> sw.forwarding.portCounters(3).txPackets()));
        String error =
                refused(
                        version,
                        "packet-out",
                        "br0",
                        "in_port=1 packet=" + FRAME + " actions=group:9");
        assertTrue(error.contains("OFPBAC_BAD_OUT_GROUP"), error);
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void monitorsPackets(String version) throws Exception {
        ofctl(
                version,
                "add-flow",
                "br0",
                "in_port=1,cookie=0x77,actions=load:5->NXM_NX_REG0[],controller");
        byte[] frame = HexFormat.of().parseHex(FRAME);
        try (OvsTool.Running monitor =
                new OvsTool.Running(
                        directory, "ovs-ofctl", "-O", version, "monitor", "br0", "65534")) {
            // When it listens can't be seen, so it is sent one packet after the other until then.
            monitor.await(
                    Pattern.compile("PACKET_IN"),
                    () ->
                            sw.run(() -> {
                                sw.forwarding.receive(frame, 1);
                                return null;
                            }));
            awaits(monitor, "NXT_PACKET_IN2 .*cookie=0x77 total_len=42 reg0=0x5,in_port=1");
            awaits(monitor, "nw_src=1.2.3.4,nw_dst=5.6.7.8");
        }
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void watchesFlows(String version) throws Exception {
        ofctl(version, "add-flow", "br0", "in_port=1,actions=output:2");
        try (OvsTool.Running monitor =
                new OvsTool.Running(
                        directory, "ovs-ofctl", "-O", version, "monitor", "br0", "watch:")) {
            awaits(monitor, "event=(ADDED|INITIAL) table=0 .*in_port=1");
            ofctl(version, "add-flow", "br0", "in_port=2,actions=output:1");
            awaits(monitor, "event=ADDED table=0 .*in_port=2");
            ofctl(version, "del-flows", "br0", "in_port=1");
            awaits(monitor, "event=(DELETED|REMOVED) reason=delete table=0 .*in_port=1");
        }
    }

    private static void awaits(OvsTool.Running program, String what) throws Exception {
        Pattern pattern = Pattern.compile(what);
        String said = program.await(pattern);
        assertTrue(pattern.matcher(said).find(), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OpenFlow10", "OpenFlow15"})
    void whatWasLearnedGoesWithTheLastThatTeachesIt(String version) throws Exception {
        ofctl(version, "add-flow", "br0", "in_port=1,actions=learn(delete_learned,cookie=5)");
        ofctl(version, "add-flow", "br0", "in_port=2,actions=learn(delete_learned,cookie=5)");
        ofctl(version, "add-flow", "br0", "table=1,cookie=5,in_port=3,actions=drop");
        ofctl(version, "add-flow", "br0", "table=1,cookie=6,in_port=3,priority=9,actions=drop");
        ofctl(version, "del-flows", "br0", "table=0,in_port=1");
        ofctl(version, "mod-flows", "br0", "in_port=2,actions=1,learn(delete_learned,cookie=5)");
        assertEquals(3, flows(version).size());
        ofctl(version, "mod-flows", "br0", "table=0,in_port=2,actions=output:1");
        assertEquals(2, flows(version).size());
        assertTrue(flows(version).toString().contains("cookie=0x6"), flows(version).toString());
    }

    @ParameterizedTest
    @FieldSource("org.skyway.vswitch.ofproto.DummyOvs#VERSIONS")
    void managesGroups(String version) throws Exception {
        ofctl(
                version,
                "add-group",
                "br0",
                "group_id=5,type=select,bucket=weight:3,output:1,bucket=weight:2,output:2");
        ofctl(version, "add-flow", "br0", "in_port=1,actions=group:5");
        String error = refused(version, "add-group", "br0", "group_id=5,type=all,bucket=output:1");
        assertTrue(error.contains("OFPGMFC_GROUP_EXISTS"), error);
        ofctl(version, "mod-group", "br0", "group_id=5,type=all,bucket=output:3");
        assertTrue(ofctl(version, "dump-groups", "br0").contains("group_id=5,type=all"));
        assertTrue(ofctl(version, "dump-group-stats", "br0").contains("ref_count=1"));
        ofctl(version, "del-groups", "br0");
        assertEquals(List.of(), flows(version));
    }

    @Test
    void hundredThousandFlowsAreAddedAndDumped() throws Exception {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            file.append("priority=").append(i % 100 + 1);
            file.append(",ip,nw_src=10.").append(i >> 16).append('.').append(i >> 8 & 255);
            file.append('.').append(i & 255).append(",actions=output:2\n");
        }
        Path flows = Files.writeString(directory.resolve("flows"), file);
        long start = System.nanoTime();
        ofctl("OpenFlow13", "add-flows", "br0", flows.toString());
        long added = System.nanoTime();
        String dump = ofctl("OpenFlow13", "dump-flows", "br0");
        long dumped = System.nanoTime();
        assertEquals(100_000, dump.lines().filter(l -> l.startsWith(" cookie")).count());
        System.out.printf(
                "100000 flows: added in %d ms, dumped in %d ms%n",
                (added - start) / 1_000_000, (dumped - added) / 1_000_000);
    }
}
