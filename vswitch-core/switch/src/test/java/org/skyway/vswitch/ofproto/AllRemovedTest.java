package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowMod.Command;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.tables.FlowEntry;

/// Very many entries that are deleted at once leave nothing behind, and are all back, as they were,
/// when the deletion is taken back.
class AllRemovedTest {
    private static final int ENTRIES = 3000;
    private static final int TABLES = 3;

    private final MemoryForwarding forwarding = new MemoryForwarding();
    private final OfSwitch bridge = forwarding.bridge();

    private void apply(
            Command command, Match match, int table, int hard, int flags, Instructions i) {
        FlowMod m =
                new FlowMod(
                        command,
                        match,
                        1,
                        table,
                        0,
                        0,
                        0,
                        false,
                        0,
                        hard,
                        0,
                        -1,
                        OfPort.ANY,
                        -1,
                        flags,
                        i);
        bridge.flows().applyChecked(m, FlowModder.Requester.SWITCH);
    }

    private static Instructions instructions(int i) {
        Action learns = new Action.Learn(0, 0, 1, 7, 2, 2, 0, 0, 0, null, List.of());
        return switch (i % 4) {
            case 0 -> Instructions.apply(new Action.Output(1, 0));
            case 1 -> Instructions.apply(new Action.Group(1));
            case 2 -> Instructions.apply(new Action.Meter(1), new Action.Output(1, 0));
            default -> Instructions.apply(learns);
        };
    }

    private static Match match(int i) {
        return i % 2 == 0
                ? Match.builder().exact(Field.IN_PORT, i).build()
                : Match.builder().exact(Field.ETH_DST, i).build();
    }

    @BeforeEach
    void addAll() {
        bridge.groups().restore(GroupText.parse("group_id=1,type=all,bucket=output:1"));
        bridge.meters().restore(new Meter(1, 0, List.of()));
        for (int i = 0; i < ENTRIES; i++) {
            int flags = i % 3 == 0 ? FlowRule.SEND_FLOW_REMOVED : 0;
            apply(Command.ADD, match(i), i % TABLES, i % 5 == 0 ? 1 : 0, flags, instructions(i));
        }
    }

    private void deleteAll() {
        apply(Command.DELETE, Match.ANY, FlowMod.ALL_TABLES, 0, 0, Instructions.DROP);
    }

    private List<FlowEntry> all() {
        List<FlowEntry> all = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            all.addAll(bridge.tables().entries(table));
        }
        return all;
    }

    private void checkThatNothingIsThere() {
        assertEquals(List.of(), all());
        assertEquals(Set.of(), forwarding.entries);
        assertEquals(List.of(), bridge.users().ofGroup(1));
        assertEquals(List.of(), bridge.users().ofMeter(1));
        for (int i = 0; i < ENTRIES; i++) {
            assertNull(forwarding.tables().find(i % TABLES, 1, match(i)));
        }
        bridge.timeouts().expire(bridge.flows(), bridge.now() + Timeouts.seconds(3600));
    }

    @Test
    void nothingIsLeftBehind() {
        deleteAll();
        checkThatNothingIsThere();
        assertEquals(ENTRIES / 3, bridge.removals().mark());
        addAll();
        assertEquals(ENTRIES, forwarding.tables().size());
        deleteAll();
        checkThatNothingIsThere();
    }

    @Test
    void whatIsTakenBackIsAsItWas() {
        List<FlowEntry> before = all();
        List<FlowEntry> ofGroup = bridge.users().ofGroup(1);
        List<FlowEntry> ofMeter = bridge.users().ofMeter(1);
        int removals = bridge.removals().mark();
        bridge.undo().begin();
        deleteAll();
        checkThatNothingIsThere();
        apply(Command.ADD, match(1), 0, 0, 0, Instructions.DROP);
        bridge.undo().rollBack();
        bridge.removals().rollBack(removals);
        bridge.flows().learned().rollBack();
        assertEquals(before, all());
        assertEquals(new HashSet<>(before), forwarding.entries);
        assertEquals(new HashSet<>(ofGroup), new HashSet<>(bridge.users().ofGroup(1)));
        assertEquals(new HashSet<>(ofMeter), new HashSet<>(bridge.users().ofMeter(1)));
        assertFalse(bridge.removals().arePending());
        for (FlowEntry e : before) {
            assertSame(e, forwarding.tables().find(e.rule()));
        }
        bridge.timeouts().expire(bridge.flows(), bridge.now() + Timeouts.seconds(3600));
        assertEquals(ENTRIES - ENTRIES / 5, forwarding.tables().size());
    }
}
