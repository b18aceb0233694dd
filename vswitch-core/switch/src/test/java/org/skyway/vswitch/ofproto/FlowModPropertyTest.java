package org.skyway.vswitch.ofproto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.FlowMod.Command;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.vswitch.tables.FlowEntry;

/// Flow-mods compared with a list that is searched from end to end.
class FlowModPropertyTest {
    private static final int ROUNDS = 30;
    private static final int STEPS = 400;

    /// The obviously right flow table: a list.
    private static final class Model {
        List<FlowRule> rules = new ArrayList<>();

        ErrorCode apply(FlowMod m) {
            boolean strict =
                    m.command() == Command.MODIFY_STRICT || m.command() == Command.DELETE_STRICT;
            List<FlowRule> hit = new ArrayList<>();
            for (FlowRule r : rules) {
                boolean in = m.table() == 255 || m.table() == r.table();
                boolean match =
                        strict
                                ? r.match().equals(m.match()) && r.priority() == m.priority()
                                : m.match().covers(r.match());
                boolean cookie = (r.cookie() & m.cookieMask()) == (m.cookie() & m.cookieMask());
                boolean port =
                        m.outPort() == OfPort.ANY
                                || r.instructions()
                                        .apply()
                                        .contains(new Action.Output(m.outPort(), 0));
                if (in && match && cookie && (port || m.command().name().startsWith("MOD"))) {
                    hit.add(r);
                }
            }
            switch (m.command()) {
                case ADD -> {
                    return add(m);
                }
                case MODIFY, MODIFY_STRICT -> {
                    for (FlowRule r : hit) {
                        rules.set(rules.indexOf(r), copy(r, m));
                    }
                }
                case DELETE, DELETE_STRICT -> rules.removeAll(hit);
            }
            return null;
        }

        private ErrorCode add(FlowMod m) {
            FlowRule now =
                    new FlowRule(
                            m.table(),
                            m.priority(),
                            m.match(),
                            m.instructions(),
                            m.newCookie(),
                            0,
                            0,
                            m.flags(),
                            0);
            for (FlowRule r : rules) {
                if (r.table() == now.table()
                        && r.priority() == now.priority()
                        && r.match().equals(now.match())) {
                    rules.set(rules.indexOf(r), now);
                    return null;
                }
            }
            for (FlowRule r : rules) {
                if ((m.flags() & FlowRule.CHECK_OVERLAP) != 0
                        && r.table() == now.table()
                        && r.priority() == now.priority()
                        && r.match().overlaps(now.match())) {
                    return ErrorCode.OFPFMFC_OVERLAP;
                }
            }
            rules.add(now);
            return null;
        }

        private static FlowRule copy(FlowRule r, FlowMod m) {
            return new FlowRule(
                    r.table(),
                    r.priority(),
                    r.match(),
                    m.instructions(),
                    r.cookie(),
                    0,
                    0,
                    r.flags(),
                    0);
        }
    }

    private static FlowMod random(Random random) {
        Command command = Command.values()[random.nextInt(5)];
        Match.Builder match = Match.builder();
        if (random.nextInt(3) > 0) {
            match.exact(Field.IN_PORT, 1 + random.nextInt(3));
        }
        if (random.nextBoolean()) {
            match.masked(Field.METADATA, random.nextInt(4), random.nextInt(4));
        }
        boolean add = command == Command.ADD;
        boolean delete = command == Command.DELETE || command == Command.DELETE_STRICT;
        return new FlowMod(
                command,
                match.build(),
                random.nextInt(2),
                !add && delete && random.nextInt(3) == 0 ? 255 : random.nextInt(2),
                add ? 0 : random.nextInt(4),
                add ? 0 : random.nextInt(4),
                add ? random.nextInt(4) : -1,
                false,
                0,
                0,
                0,
                -1,
                delete && random.nextInt(3) == 0 ? 1 + random.nextInt(3) : OfPort.ANY,
                -1,
                add && random.nextInt(3) == 0 ? FlowRule.CHECK_OVERLAP : 0,
                delete
                        ? Instructions.DROP
                        : Instructions.apply(new Action.Output(1 + random.nextInt(3), 0)));
    }

    @Test
    void leaveTheSameEntriesAsALinearTable() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("FlowModPropertyTest: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            MemoryForwarding forwarding = new MemoryForwarding();
            OfSwitch bridge = forwarding.bridge();
            Model model = new Model();
            for (int step = 0; step < STEPS; step++) {
                FlowMod m = random(random);
                ErrorCode expected = model.apply(m);
                assertEquals(expected, apply(bridge, m), m::toString);
                Set<FlowRule> installed = new HashSet<>();
                forwarding.entries.forEach(e -> installed.add(e.rule()));
                assertEquals(new HashSet<>(model.rules), installed, m::toString);
            }
        }
    }

    @Test
    void areTakenBackWhole() {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("FlowModPropertyTest: -Dskyway.seed=" + seed);
        Random random = new Random(seed);
        MemoryForwarding forwarding = new MemoryForwarding();
        OfSwitch bridge = forwarding.bridge();
        for (int round = 0; round < 300; round++) {
            for (int i = 0; i < 3; i++) {
                apply(bridge, random(random));
            }
            Set<FlowEntry> before = Set.copyOf(forwarding.entries);
            bridge.undo().begin();
            for (int i = 0; i < 10; i++) {
                apply(bridge, random(random));
            }
            bridge.undo().rollBack();
            assertEquals(before, Set.copyOf(forwarding.entries));
            Set<FlowEntry> inTables = new HashSet<>(bridge.tables().entries(0));
            inTables.addAll(bridge.tables().entries(1));
            assertEquals(before, inTables);
        }
    }

    private static ErrorCode apply(OfSwitch bridge, FlowMod m) {
        try {
            bridge.flows().apply(m, Version.OF13, FlowModder.Requester.SWITCH);
            return null;
        } catch (OpenFlowException refused) {
            return refused.code();
        }
    }
}
