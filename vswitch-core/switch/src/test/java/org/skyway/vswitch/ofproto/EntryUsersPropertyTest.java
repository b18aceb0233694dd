package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowMod.Command;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.text.GroupText;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.GroupState;

/// Which entries use groups and meters, compared with a look at all of them.
class EntryUsersPropertyTest {
    private static final int IDS = 4;

    private final MemoryForwarding forwarding = new MemoryForwarding();
    private final OfSwitch bridge = forwarding.bridge();

    private static List<Action> actions(Random random, int depth) {
        List<Action> actions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            actions.add(
                    switch (random.nextInt(depth > 0 ? 2 : 4)) {
                        case 0 -> new Action.Output(1, 0);
                        case 1 -> new Action.Group(1 + random.nextInt(IDS));
                        case 2 -> new Action.Meter(1 + random.nextInt(IDS));
                        default -> new Action.Clone(actions(random, depth + 1));
                    });
        }
        return actions;
    }

    private static FlowMod flowMod(Random random) {
        Command command = Command.values()[random.nextInt(5)];
        boolean delete = command == Command.DELETE || command == Command.DELETE_STRICT;
        Match match =
                random.nextInt(10) == 0
                        ? Match.ANY
                        : Match.builder().exact(Field.IN_PORT, 1 + random.nextInt(20)).build();
        List<Action> written =
                random.nextInt(4) == 0
                        ? List.of(new Action.Group(1 + random.nextInt(IDS)))
                        : List.of();
        int meter = random.nextInt(4) == 0 ? 1 + random.nextInt(IDS) : -1;
        Instructions does =
                delete
                        ? Instructions.DROP
                        : new Instructions(meter, actions(random, 0), false, written, 0, 0, -1);
        return new FlowMod(
                command, match, 1, 0, 0, 0, 0, false, 0, 0, 0, -1, OfPort.ANY, -1, 0, does);
    }

    private void change(Random random) {
        bridge.flows().applyChecked(flowMod(random), FlowModder.Requester.SWITCH);
    }

    private void addGroups() {
        for (int id = 1; id <= IDS; id++) {
            if (!bridge.groups().has(id)) {
                bridge.groups()
                        .restore(GroupText.parse("group_id=" + id + ",type=all,bucket=output:1"));
            }
            bridge.meters().restore(new org.skyway.openflow.message.Meter(id, 0, List.of()));
        }
    }

    private static boolean names(List<Action> actions, Action wanted) {
        return actions.stream()
                .anyMatch(a ->
                        a.equals(wanted)
                                || wanted instanceof Action.Group
                                        && a instanceof Action.Clone c
                                        && names(c.actions(), wanted));
    }

    private void check() {
        for (int id = 1; id <= IDS; id++) {
            Set<FlowEntry> ofGroup = new HashSet<>();
            Set<FlowEntry> ofMeter = new HashSet<>();
            for (FlowEntry e : bridge.tables().entries(0)) {
                Instructions i = e.rule().instructions();
                if (names(i.apply(), new Action.Group(id))
                        || names(i.write(), new Action.Group(id))) {
                    ofGroup.add(e);
                }
                if (i.meter() == id || names(i.apply(), new Action.Meter(id))) {
                    ofMeter.add(e);
                }
            }
            assertEquals(ofGroup, new HashSet<>(bridge.users().ofGroup(id)));
            assertEquals(ofMeter, new HashSet<>(bridge.users().ofMeter(id)));
        }
    }

    @Test
    void areThoseThatALookAtAllEntriesFinds() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("EntryUsersPropertyTest: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        for (int step = 0; step < 3000; step++) {
            addGroups();
            switch (random.nextInt(20)) {
                case 0 -> {
                    bridge.undo().begin();
                    for (int i = 0; i < 5; i++) {
                        change(random);
                    }
                    bridge.undo().rollBack();
                }
                case 1 -> bridge.groups().deleteAll();
                case 2 -> bridge.meters().deleteAll();
                default -> change(random);
            }
            check();
        }
    }

    @Test
    void aGroupThatIsTakenBackHasItsCountersAgain() {
        addGroups();
        GroupState before = bridge.groups().find(1);
        bridge.undo().begin();
        bridge.groups().deleteAll();
        addGroups();
        bridge.undo().rollBack();
        assertSame(before, bridge.groups().find(1));
        assertEquals(IDS, bridge.groups().all().size());
    }

    @Test
    void entriesGoWithTheirGroup() {
        addGroups();
        bridge.flows()
                .apply(
                        new FlowMod(
                                Command.ADD,
                                Match.ANY,
                                1,
                                0,
                                0,
                                0,
                                0,
                                false,
                                0,
                                0,
                                0,
                                -1,
                                OfPort.ANY,
                                -1,
                                0,
                                Instructions.apply(new Action.Group(2))),
                        Version.OF13,
                        FlowModder.Requester.SWITCH);
        assertEquals(1, bridge.users().references(2));
        bridge.groups().deleteAll();
        assertEquals(0, bridge.tables().entries(0).size());
    }
}
