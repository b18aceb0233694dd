package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.NormalConfig;
import org.skyway.vswitch.tables.PortMirror;
import org.skyway.vswitch.tables.PortVlans;
import org.skyway.vswitch.tables.PortVlans.Mode;
import org.skyway.vswitch.tables.PortVlans.PriorityTags;
import org.skyway.vswitch.tables.Tables;
import org.skyway.vswitch.tables.VlanSet;

/// NORMAL and VLANs. Open vSwitch is asked about many more of such cases by the experiment
/// `dropin`.
class LearningSwitchTest {
    private static final long SOURCE = 0x020000000001L;
    private static final long BROADCAST = 0xffffffffffffL;

    private final Tables tables = new Tables();
    private final Map<Integer, PortVlans> ports = new HashMap<>();
    private final List<PortMirror> mirrors = new ArrayList<>();

    @BeforeEach
    void ports() {
        for (int port = 1; port <= 3; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
        tables.put(new FlowEntry(FlowText.parse("actions=NORMAL"), 0, 0, new FlowCounters(1)));
    }

    private static PortVlans vlans(String text) {
        String[] words = text.split(" ");
        Mode mode = Mode.valueOf(words[0].toUpperCase().replace('-', '_'));
        int tag = 0;
        VlanSet carried = VlanSet.ALL;
        PriorityTags priority = PriorityTags.NEVER;
        for (int i = 1; i < words.length; i++) {
            String value = words[i].substring(1);
            switch (words[i].charAt(0)) {
                case 't' -> tag = Integer.parseInt(value);
                case 'c' -> carried = VlanSet.of(numbers(value));
                default -> priority = PriorityTags.IF_NONZERO;
            }
        }
        return new PortVlans(mode, tag, carried, 0x88a8, priority);
    }

    private static List<Integer> numbers(String text) {
        List<Integer> all = new ArrayList<>();
        for (String number : text.split("\\+")) {
            all.add(Integer.valueOf(number));
        }
        return all;
    }

    private void setUp(VlanSet flooded, boolean bpdus) {
        tables.normal(new NormalConfig(ports, PortVlans.TRUNK, flooded, bpdus, mirrors, Map.of()));
        tables.publish();
    }

    /// What leaves where: `PORT TAGS`, tags as `TYPE:TCI`, the outermost first.
    private String sent(int port, int tci, long to) {
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, port);
        Field.ETH_TYPE.set(key, 0x88b5);
        Field.ETH_SRC.set(key, SOURCE + port - 1);
        Field.ETH_DST.set(key, to);
        Field.VLAN_TCI.set(key, tci);
        DatapathProgram program = new Translation(tables, key, 0).run();
        List<String> tags = new ArrayList<>();
        if (tci != 0) {
            tags.add("own:%x".formatted(tci & 0xefff));
        }
        List<String> saved = List.of();
        TreeSet<String> all = new TreeSet<>();
        for (DatapathAction action : program.actions()) {
            switch (action) {
                case DatapathAction.PopVlan() -> tags.removeFirst();
                case DatapathAction.PushVlan(int type, int with) ->
                        tags.addFirst("%x:%x".formatted(type, with));
                case DatapathAction.Rewrite(long[] values, _) -> {
                    String own = tags.removeFirst().split(":")[0];
                    long now = values[FlowKey.ETH_SRC_VLAN] & 0xefff;
                    tags.addFirst("%s:%x".formatted(own, now));
                }
                case DatapathAction.Output(int out) ->
                        all.add((out + " " + String.join("+", tags)).strip());
                case DatapathAction.Save() -> saved = List.copyOf(tags);
                case DatapathAction.Restore() -> {
                    tags.clear();
                    tags.addAll(saved);
                }
                default -> throw new AssertionError(action);
            }
        }
        return String.join(", ", all);
    }

    // Port 1 and port 2 are set up; port 3 is a trunk and gets everything as the switch has it.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                // @formatter:off
                // port 1,                port 2,                  TCI,  what leaves
                "trunk,                   trunk,                   0,    \"2, 3\"",
                "trunk,                   trunk,                   100a, \"2 own:a, 3 own:a\"",
                "trunk,                   trunk,                   1000, \"2, 3\"",
                "trunk,                   trunk,                   b000, \"2 own:a000, 3 own:a000\"",
                "access t10,              access t10,              0,    \"2, 3 8100:a\"",
                "access t10,              access t20,              0,    3 8100:a",
                "access t10,              trunk,                   100a, \"\"",
                "access t10,              trunk,                   b000, \"2 own:a00a, 3 own:a00a\"",
                "access t10,              access t10 p,            b000, \"2 8100:a000, 3 own:a00a\"",
                "access t0,               trunk c10,               0,    3",
                "trunk c10+20,            access t20,              1014, \"2, 3 own:14\"",
                "trunk c10+20,            trunk,                   101e, \"\"",
                "trunk c10+20,            trunk,                   0,    \"\"",
                "native-tagged t10,       trunk c10,               0,    \"2 8100:a, 3 8100:a\"",
                "native-tagged t10 c20,   access t10,              100a, \"2, 3 own:a\"",
                "native-tagged t10 c0,    trunk,                   1014, \"\"",
                "trunk,                   native-untagged t10,     100a, \"2, 3 own:a\"",
                "trunk,                   native-untagged t10 c20, 1014, \"2 own:14, 3 own:14\"",
                "trunk,                   native-tagged t10,       100a, \"2 own:a, 3 own:a\"",
                "trunk,                   native-untagged t10,     0,    3",
                "dot1q-tunnel t30,        trunk c30,               100a, \"2 88a8:1e+own:a, 3 88a8:1e+own:a\"",
                "dot1q-tunnel t30 c20,    trunk,                   100a, \"\"",
                "dot1q-tunnel t30,        dot1q-tunnel t30 c10,    100a, \"2 own:a, 3 88a8:1e+own:a\"",
                "dot1q-tunnel t30,        access t30,              100a, 3 88a8:1e+own:a",
                "trunk,                   dot1q-tunnel t30,        101e, \"2, 3 own:1e\"",
                // @formatter:on
            })
    void isFlooded(String one, String two, String tci, String expected) {
        ports.put(1, vlans(one));
        ports.put(2, vlans(two));
        setUp(VlanSet.NONE, false);
        assertEquals(expected, sent(1, Integer.parseInt(tci, 16), BROADCAST));
    }

    @Test
    void addressesAreKnownInTheirVlan() {
        ports.put(1, vlans("access t10"));
        ports.put(2, vlans("access t20"));
        setUp(VlanSet.NONE, false);
        sent(1, 0, BROADCAST);
        assertEquals("3 8100:14", sent(2, 0, BROADCAST));
        assertEquals("1", sent(3, 0x100a, SOURCE));
        assertEquals("2", sent(3, 0x1014, SOURCE)); // flooded: it is known in another VLAN
        // An address that is known somewhere goes there, whatever the port takes part in.
        assertEquals("2", sent(3, 0x1014, SOURCE + 1));
    }

    @Test
    void nothingIsForwardedOrLearnedBeforeItIsSetUp() {
        tables.normal(NormalConfig.CLOSED);
        tables.publish();
        assertEquals("", sent(1, 0, BROADCAST));
        assertEquals("", sent(2, 0x100a, BROADCAST));
        assertEquals(0, tables.macs().size());
        setUp(VlanSet.NONE, false);
        assertEquals("2, 3", sent(1, 0, BROADCAST));
    }

    @Test
    void nothingIsLearnedInAFloodedVlan() {
        setUp(VlanSet.of(List.of(10)), false);
        sent(1, 0x100a, BROADCAST);
        sent(1, 0x1014, BROADCAST);
        assertEquals("1 own:a, 2 own:a", sent(3, 0x100a, SOURCE));
        assertEquals("1 own:14", sent(3, 0x1014, SOURCE));
        setUp(VlanSet.NONE, false);
        assertEquals("1 own:14, 2 own:14", sent(3, 0x1014, SOURCE)); // all was forgotten
    }

    @Test
    void whatALinkProtocolSendsIsForwardedOnlyIfAsked() {
        setUp(VlanSet.NONE, false);
        assertEquals("", sent(1, 0, 0x0180c200000eL));
        setUp(VlanSet.NONE, true);
        assertEquals("2, 3", sent(1, 0, 0x0180c200000eL));
    }

    @Test
    void aPortThatIsSetUpOtherwiseIsForgotten() {
        setUp(VlanSet.NONE, false);
        sent(1, 0, BROADCAST);
        assertEquals("1", sent(3, 0, SOURCE));
        ports.put(1, vlans("native-untagged t5"));
        setUp(VlanSet.NONE, false);
        assertEquals("2", sent(3, 0, SOURCE));
        sent(1, 0, BROADCAST);
        assertEquals("1", sent(3, 0x1005, SOURCE));
    }

    private static PortMirror mirror(Set<Integer> from, Set<Integer> to, int out, int outVlan) {
        return new PortMirror("m", from, to, null, out, outVlan, 0, new FlowCounters(1));
    }

    @Test
    void aMirrorGetsAPacketOnceAndSendsNone() {
        mirrors.add(mirror(Set.of(1, 2, 3), Set.of(1, 2, 3), 3, 0));
        setUp(VlanSet.NONE, false);
        assertEquals("2, 3", sent(1, 0, BROADCAST));
        assertEquals("", sent(3, 0, BROADCAST));
        mirrors.set(0, mirror(Set.of(), Set.of(2), 3, 0));
        mirrors.add(mirror(Set.of(1), Set.of(1), 3, 0)); // the same output
        setUp(VlanSet.NONE, false);
        assertEquals("2, 3", sent(1, 0, BROADCAST));
        assertEquals("1", sent(2, 0, BROADCAST).replace(", 3", ""));
    }

    @Test
    void copiesAreFloodedInAnotherVlan() {
        ports.put(2, vlans("access t10"));
        ports.put(3, vlans("trunk c99"));
        mirrors.add(mirror(Set.of(2), Set.of(2), 0, 99));
        setUp(VlanSet.NONE, false);
        // Port 1 is a trunk of all VLANs, the second too, so it gets both.
        assertEquals("1 8100:63, 1 8100:a, 3 8100:63", sent(2, 0, BROADCAST));
        assertEquals("1 8100:63, 2, 3 8100:63", sent(1, 0x100a, BROADCAST));
    }

    @Test
    void aMirrorOfAVlanGetsNoOther() {
        mirrors.add(
                new PortMirror(
                        "m",
                        Set.of(1),
                        Set.of(),
                        VlanSet.of(List.of(10)),
                        3,
                        0,
                        0,
                        new FlowCounters(1)));
        setUp(VlanSet.NONE, false);
        assertEquals("2 own:14", sent(1, 0x1014, BROADCAST));
        assertEquals("2 own:a, 3 own:a", sent(1, 0x100a, BROADCAST));
    }
}
