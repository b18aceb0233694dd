package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.wire.OpenFlowCodec;
import org.skyway.openflow.wire.OxmHeaders;
import org.skyway.vswitch.datapath.DamagedFrames;
import org.skyway.vswitch.datapath.TestBed;
import org.skyway.vswitch.fault.Faults;

/// Whatever rule is accepted, no packet makes the datapath throw.
class AcceptedRulesPropertyTest {
    private static final int TABLES = 4;
    private static final int RULES = 24;
    private static final int FRAMES = 60;

    /// Actions that change what fields there are, and what ends or goes on elsewhere.
    private static final String[] OTHERS = {
        "0000001000000001ffff000000000000", // output to port 1, 2, the ingress port, all
        "0000001000000002ffff000000000000",
        "00000010fffffff8ffff000000000000",
        "00000010fffffffcffff000000000000",
        "0011000881000000", // push and pop of tags and labels
        "0011000888a80000",
        "0012000800000000",
        "0013000888470000",
        "0013000888480000",
        "0014000808000000",
        "0014000886dd0000",
        "0014000888470000",
        "0018000800000000", // lower a TTL
        "0010000800000000",
        "ffff0010000023200030000000000000",
        "ffff001000002320000efff801000000", // tables 1, 2, 3 and the same again
        "ffff001000002320000efff802000000",
        "ffff001000002320000efff803000000",
        "ffff001000002320000e0003ff000000",
        "ffff0018000023200027000200000020" + "0000000000000000" // at most 32 bytes to port 2
    };

    private final Random random;

    AcceptedRulesPropertyTest() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("AcceptedRulesPropertyTest: -Dskyway.seed=" + seed);
        random = new Random(seed);
    }

    private static List<WireField> fields() {
        List<WireField> fields = new ArrayList<>();
        for (Field f : Field.values()) {
            ByteBuffer head =
                    ByteBuffer.wrap(
                            OxmHeaders.list(List.of(f), Version.OF13, x -> false).toArray());
            int header = head.getInt();
            int vendor = head.hasRemaining() ? head.getInt() : 0;
            int bytes = (header & 0xff) - (vendor == 0 ? 0 : 4);
            for (WireField.When when : WireField.When.values()) {
                if (f.prerequisite().isMetBy(FlowText.parseMatch(when.match))) {
                    fields.add(new WireField(header, vendor, bytes, f.width(), when));
                }
            }
        }
        return fields;
    }

    private FlowRule rule(List<WireField> fields) {
        while (true) {
            WireField.When when = fields.get(random.nextInt(fields.size())).when();
            List<WireField> possible = fields.stream().filter(f -> f.when() == when).toList();
            WireBytes actions = new WireBytes();
            for (int n = 1 + random.nextInt(5); n > 0; n--) {
                actions.put(
                        random.nextInt(3) == 0
                                ? HexFormat.of().parseHex(OTHERS[random.nextInt(OTHERS.length)])
                                : sample(possible));
            }
            try {
                return accepted(FlowText.parseMatch(when.match), actions.array());
            } catch (OpenFlowException refused) {
                continue;
            }
        }
    }

    private byte[] sample(List<WireField> fields) {
        List<WireField.Sample> samples = fields.get(random.nextInt(fields.size())).samples(4);
        return samples.get(random.nextInt(samples.size())).bytes();
    }

    private FlowRule accepted(Match match, byte[] actions) {
        byte[] frame = FieldActionsIT.flowMod(Version.OF13, match, 1, actions);
        FlowMod mod = (FlowMod) OpenFlowCodec.decode(frame, true).message();
        int table = random.nextInt(TABLES);
        ActionCheck.check(Version.OF13, match, mod.instructions(), table);
        Match.Builder wanted = Match.builder();
        if (random.nextBoolean()) {
            wanted.exact(Field.IN_PORT, 1);
        }
        // Half of the rules take packets that do not have what their actions need.
        Match taken = random.nextBoolean() ? match : wanted.build();
        int priority = random.nextInt(1000);
        return new FlowRule(table, priority, taken, mod.instructions(), 0, 0, 0, 0, 0);
    }

    /// What went wrong but the limits that Open vSwitch has, too.
    private static List<Faults.Fault> thrown(TestBed bed) {
        return bed.faults.list().stream().filter(f -> !f.where().equals("pipeline")).toList();
    }

    @Test
    void noAcceptedRuleMakesTheDatapathThrow() throws Exception {
        List<WireField> fields = fields();
        assertTrue(fields.size() > 200, fields.size() + " fields");
        for (int tables = 0; tables < Integer.getInteger("skyway.rules.tables", 40); tables++) {
            try (TestBed bed = new TestBed(3)) {
                List<FlowRule> rules = new ArrayList<>();
                for (int i = 0; i < RULES; i++) {
                    rules.add(rule(fields));
                    bed.add(rules.getLast());
                }
                for (int i = 0; i < FRAMES; i++) {
                    byte[] frame = DamagedFrames.next(random);
                    if (frame.length > 0) {
                        bed.vnf(1 + random.nextInt(3)).send(frame);
                    }
                    bed.poll();
                    for (int port = 1; port <= 3; port++) {
                        bed.vnf(port).receive();
                    }
                    assertEquals(
                            List.of(),
                            thrown(bed),
                            () ->
                                    HexFormat.of().formatHex(frame)
                                            + " "
                                            + String.join(
                                                    "\n",
                                                    rules.stream().map(FlowText::print).toList()));
                }
            }
        }
    }
}
