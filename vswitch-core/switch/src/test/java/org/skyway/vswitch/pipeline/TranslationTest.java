package org.skyway.vswitch.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;
import org.skyway.vswitch.tables.Tables;

/// What one packet may cause; what Open vSwitch makes of it is in
/// [org.skyway.vswitch.ofproto.LimitsComparisonIT].
class TranslationTest {
    private static final Duration MOMENT = Duration.ofSeconds(20);

    private final Tables tables = new Tables();
    private Translation run;

    @BeforeEach
    void ports() {
        for (int port = 1; port <= 3; port++) {
            tables.port(PortState.of(port, "p" + port, port));
        }
    }

    private void flow(FlowRule rule) {
        tables.put(new FlowEntry(rule, 0, 0, new FlowCounters(1)));
    }

    private void flow(String flow) {
        flow(FlowText.parse(flow));
    }

    private void group(String group) {
        tables.group(
                GroupText.parse(group).id(),
                new GroupState(GroupText.parse(group), 0, () -> new FlowCounters(1)));
    }

    private DatapathProgram run() {
        return run(Field.IPV4_SRC, 0);
    }

    /// What becomes of an IPv4 packet.
    private DatapathProgram run(Field field, long value) {
        tables.publish();
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, 1);
        Field.ETH_TYPE.set(key, 0x0800);
        field.set(key, value);
        run = new Translation(tables, key, 0);
        return assertTimeoutPreemptively(MOMENT, () -> run.run());
    }

    /// Far less than a poll thread has: rules decide about the list of frames, not about the stack.
    private DatapathProgram onSmallStack() throws Exception {
        List<Object> result = new ArrayList<>();
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                result.add(run());
                            } catch (Throwable e) {
                                result.add(e);
                            }
                        },
                        "small",
                        1 << 17);
        thread.start();
        thread.join();
        assertTrue(result.getFirst() instanceof DatapathProgram, () -> "" + result);
        return (DatapathProgram) result.getFirst();
    }

    @Test
    void loopOfAllTablesIsDroppedAndSaysSo() throws Exception {
        flow("actions=output:2,resubmit(,1)");
        for (int t = 1; t <= 252; t++) {
            flow("table=%d,actions=resubmit(,%d)".formatted(t, t + 1));
        }
        flow("table=253,actions=resubmit(,0)");
        DatapathProgram program = onSmallStack();
        assertEquals(0, program.actions().length);
        assertEquals(4097, program.entries().length);
        assertTrue(run.gaveUp());
        assertEquals("a packet goes on to more than 4096 tables", run.complaint());
    }

    @Test
    void whatHasAnEndIsNoComplaint() {
        flow("actions=output:2");
        assertEquals(2, run().onlyOutput());
        assertFalse(run.gaveUp());
        assertNull(run.complaint());
    }

    @Test
    void clonesAreDoneHoweverDeepTheyAre() throws Exception {
        List<Action> actions = List.of(new Action.Output(2, 0));
        for (int i = 0; i < 10_000; i++) {
            actions = List.of(new Action.Clone(actions));
        }
        flow(new FlowRule(0, 1, Match.ANY, Instructions.apply(actions)));
        assertEquals(2, onSmallStack().onlyOutput());
    }

    /// OpenFlow 1.0 sets the port of a protocol that is not matched.
    @Test
    void portIsThatOfTheProtocolOfThePacket() {
        flow("actions=mod_tp_src:300,mod_tp_dst:9,output:2");
        assertEquals(300L << 48 | 9L << 32, transport(6));
        assertEquals(300L << 48 | 9L << 32, transport(17));
        assertEquals(300L << 48 | 9L << 32, transport(132));
        assertEquals(300L << 48 | 9L << 32, transport(1), "a type and a code; 8 bits are sent");
        assertEquals(0, transport(47));
    }

    /// What is written there into an IPv4 packet.
    private long transport(int protocol) {
        for (DatapathAction a : run(Field.IP_PROTO, protocol).actions()) {
            if (a instanceof DatapathAction.Rewrite(long[] values, long[] masks)) {
                return values[FlowKey.TRANSPORT] & masks[FlowKey.TRANSPORT];
            }
        }
        return 0;
    }

    /// Only some bits of a field are to count.
    @Test
    void bucketsAreChosenByTheBitsThatAreNamed() {
        flow("ip,actions=group:1");
        group(
                "group_id=1,type=select,selection_method=hash,fields(ip_src=255.255.255.0),bucket=output:2,bucket=output:3");
        Set<Integer> chosen = new HashSet<>();
        for (int net = 0; net < 64; net++) {
            int port = run(Field.IPV4_SRC, net << 8).onlyOutput();
            for (int host = 1; host < 256; host += 50) {
                assertEquals(port, run(Field.IPV4_SRC, net << 8 | host).onlyOutput());
            }
            chosen.add(port);
        }
        assertEquals(Set.of(2, 3), chosen);
    }

    /// 100 buckets that go on to the next group each: 100^60 of them.
    @Test
    void groupsThatMultiplyAreGivenUp() {
        for (int id = 1; id <= 60; id++) {
            String bucket = id == 60 ? "1" : "group:" + (id + 1);
            group("group_id=" + id + ",type=all" + (",bucket=actions=" + bucket).repeat(100));
        }
        flow("actions=output:2,group:1");
        assertEquals(0, run().actions().length);
        assertTrue(run.gaveUp());
        assertNotNull(run.complaint());
    }

    /// Each is thought through both ways: 2^200 of them.
    @Test
    void branchesThatMultiplyAreGivenUp() throws Exception {
        String check = "check_pkt_larger(100)->NXM_NX_REG0[0],";
        flow("actions=" + check.repeat(200) + "output:2");
        assertEquals(0, onSmallStack().actions().length);
        assertTrue(run.gaveUp());
    }

    @Test
    void programsThatGrowAreGivenUp() {
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            actions.add(new Action.Output(OfPort.ALL, 0));
        }
        flow(new FlowRule(0, 1, Match.ANY, Instructions.apply(actions)));
        assertEquals(0, run().actions().length);
        assertEquals("a packet causes more than 1 MiB of datapath actions", run.complaint());
    }

    @Test
    void groupThatWatchesOthersInEveryWayIsLookedAtOnce() {
        for (int id = 1; id <= 100; id++) {
            String watch = ",bucket=watch_group:%d,actions=output:2".formatted(id % 100 + 1);
            group("group_id=" + id + ",type=ff" + watch.repeat(2));
        }
        flow("actions=group:1");
        assertEquals(0, run().actions().length);
        group("group_id=50,type=ff,bucket=watch_port:3,actions=output:3");
        assertEquals(2, run().onlyOutput());
    }

    /// As in Open vSwitch, `check_pkt_larger` is done wherever it comes.
    @Test
    void lengthIsCheckedWhenThePacketHasBeenReadAnew() {
        flow("mpls,actions=pop_mpls:0x0800,check_pkt_larger(100)->reg0[0],resubmit(,1)");
        flow("table=1,reg0=1,actions=output:2");
        flow("table=1,reg0=0,actions=output:3");
        tables.publish();
        long[] key = new long[FlowKey.WORDS];
        Field.IN_PORT.set(key, 1);
        Field.ETH_TYPE.set(key, 0x8847);
        Field.MPLS_BOS.set(key, 1);
        DatapathAction[] first = new Translation(tables, key, 0).run().actions();
        var again = (DatapathAction.Recirculate) first[first.length - 1];
        Field.ETH_TYPE.set(key, 0x0800);
        again.rest().restore(key);
        DatapathAction[] then = new Translation(tables, key, 0).resume(again.rest()).actions();
        assertEquals(
                List.of(
                        new DatapathAction.Save(),
                        new DatapathAction.IfLonger(100, 2),
                        new DatapathAction.Output(2),
                        new DatapathAction.Skip(1),
                        new DatapathAction.Output(3),
                        new DatapathAction.Restore()),
                List.of(then));
    }
}
