package org.skyway.vswitch.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.skyway.vswitch.link.LinkMachine.Command;
import org.skyway.vswitch.link.LinkMachine.Event;
import org.skyway.vswitch.link.LinkMachine.Situation;
import org.skyway.vswitch.link.LinkMachine.State;
import org.skyway.vswitch.link.LinkMachine.Step;

/// Walks every situation that a link can come into.
class LinkMachineTest {
    // The table in the machine's own words: state, event, next state, commands.
    private static final List<String> TABLE =
            List.of(
                    "DETECTED MADE PLUGGING []",
                    "DETECTED REFUSED FAILED [WAIT]",
                    "DETECTED UNWANTED UNPLUGGING [LET_GO]",
                    "DETECTED WITHDRAWN UNPLUGGING [LET_GO]",
                    "DETECTED SENDER_GONE UNPLUGGING [LET_GO]",
                    "DETECTED RECEIVER_GONE UNPLUGGING [LET_GO]",
                    "PLUGGING PLUGGED READY []",
                    "PLUGGING NOT_PLUGGED FAILED [LET_GO, WAIT]",
                    "READY MAY_BEGIN ARMED [ARM]",
                    "READY BROKEN FAILED [LET_GO, WAIT]",
                    "READY LINGERED UNPLUGGING [LET_GO]",
                    "READY SENDER_GONE UNPLUGGING [LET_GO]",
                    "READY RECEIVER_GONE UNPLUGGING [LET_GO]",
                    "ARMED OBEYED ACTIVE []",
                    "ARMED UNWANTED ASKED [LEAVE, HURRY]",
                    "ARMED WITHDRAWN ASKED [LEAVE, HURRY]",
                    "ARMED BROKEN ASKED [LEAVE, HURRY]",
                    "ARMED REST ASKED [LEAVE]",
                    "ARMED RECEIVER_GONE ASKED [ABANDON, HURRY]",
                    "ARMED SENDER_GONE LIMITED [END_RING, SETTLE, LIMIT]",
                    "ACTIVE UNWANTED ASKED [LEAVE, HURRY]",
                    "ACTIVE WITHDRAWN ASKED [LEAVE, HURRY]",
                    "ACTIVE BROKEN ASKED [LEAVE, HURRY]",
                    "ACTIVE REST ASKED [LEAVE]",
                    "ACTIVE RECEIVER_GONE ASKED [ABANDON, HURRY]",
                    "ACTIVE SENDER_GONE LIMITED [END_RING, SETTLE, LIMIT]",
                    "ASKED OBEYED LIMITED [SETTLE, LIMIT]",
                    "ASKED CUT_OFF LIMITED [FREEZE, LIMIT]",
                    "ASKED SENDER_GONE LIMITED [END_RING, SETTLE, LIMIT]",
                    "ASKED UNWANTED ASKED [HURRY]",
                    "ASKED WITHDRAWN ASKED [HURRY]",
                    "ASKED HASTENED ASKED [HURRY]",
                    "LIMITED NOTICED DRAINING []",
                    "DRAINING DRAINED READY [CORRECT, FOLLOW_PATH]",
                    "DRAINING DRAINED FAILED [CORRECT, FOLLOW_PATH, LET_GO, WAIT]",
                    "DRAINING STUCK FAILED [CORRECT, FOLLOW_PATH, LET_GO, WAIT]",
                    "FAILED RETRY DETECTED []",
                    "FAILED RETRY UNPLUGGING [LET_GO]",
                    "FAILED UNWANTED UNPLUGGING [LET_GO]",
                    "FAILED WITHDRAWN UNPLUGGING [LET_GO]",
                    "FAILED SENDER_GONE UNPLUGGING [LET_GO]",
                    "FAILED RECEIVER_GONE UNPLUGGING [LET_GO]",
                    "UNPLUGGING UNPLUGGED GONE []");

    private static void walk(BiConsumer<Situation, Event> visitor) {
        Set<Situation> seen = new HashSet<>(Set.of(Situation.FIRST));
        var toDo = new ArrayDeque<>(seen);
        while (!toDo.isEmpty()) {
            Situation now = toDo.removeFirst();
            for (Event event : Event.values()) {
                visitor.accept(now, event);
                Situation next = LinkMachine.step(now, event).next();
                if (seen.add(next)) {
                    toDo.add(next);
                }
            }
        }
    }

    @Test
    void itTakesExactlyTheStepsOfItsTable() {
        Set<String> taken = new TreeSet<>();
        walk((now, event) -> {
            Step step = LinkMachine.step(now, event);
            if (step.next().state() != now.state() || !step.commands().isEmpty()) {
                taken.add(
                        "%s %s %s %s"
                                .formatted(
                                        now.state(), event, step.next().state(), step.commands()));
            }
        });
        assertEquals(new TreeSet<>(TABLE), taken);
    }

    @Test
    void everySituationHasAWayToTheEnd() {
        Set<Situation> all = new HashSet<>();
        walk((now, event) -> all.add(now));
        for (Situation from : all) {
            Set<Situation> seen = new HashSet<>(Set.of(from));
            var toDo = new ArrayDeque<>(seen);
            boolean ended = false;
            while (!toDo.isEmpty() && !ended) {
                Situation now = toDo.removeFirst();
                ended = now.state() == State.GONE;
                for (Event event : Event.values()) {
                    Situation next = LinkMachine.step(now, event).next();
                    if (seen.add(next)) {
                        toDo.add(next);
                    }
                }
            }
            assertTrue(ended, () -> "no way out of " + from);
        }
        System.out.println("LinkMachineTest: " + all.size() + " situations");
    }

    @Test
    void aSenderIsOnlyLetOnToASoundWantedChannel() {
        walk((now, event) -> {
            Step step = LinkMachine.step(now, event);
            if (step.commands().contains(Command.ARM)) {
                assertTrue(
                        now.wanted() && !now.broken() && now.state() == State.READY, now::toString);
                assertFalse(step.next().hurried() || step.next().cut(), "a new epoch has no past");
            }
        });
    }

    @Test
    void whoWaitsForAnEndGetsADeadline() {
        walk((now, event) -> {
            Step step = LinkMachine.step(now, event);
            if (step.next().state() == State.ASKED && step.next().hurried() && !now.hurried()) {
                assertTrue(step.commands().contains(Command.HURRY), () -> now + " " + event);
            }
        });
    }

    @Test
    void nothingIsOffBeforeItsReceiverWasLimited() {
        Map<State, Set<State>> before = new EnumMap<>(State.class);
        walk((now, event) -> {
            Step step = LinkMachine.step(now, event);
            before.computeIfAbsent(step.next().state(), s -> EnumSet.noneOf(State.class))
                    .add(now.state());
            if (step.next().state() == State.LIMITED && now.state() != State.LIMITED) {
                assertEquals(Command.LIMIT, step.commands().getLast());
            }
            if (!now.state().isOff()) {
                assertTrue(
                        !step.next().state().isOff() || now.state() == State.LIMITED,
                        () -> now + " " + event);
            }
        });
        assertEquals(EnumSet.of(State.LIMITED, State.DRAINING), before.get(State.DRAINING));
    }

    @Test
    void whatTheRulesStillWantComesBackAfterWhateverElseEndsIt() {
        Set<Event> others = EnumSet.of(Event.BROKEN, Event.REST, Event.HASTENED, Event.CUT_OFF);
        walk((now, event) -> {
            if (now.wanted() && others.contains(event)) {
                assertTrue(LinkMachine.step(now, event).next().wanted(), () -> now + " " + event);
            }
        });
    }

    @Test
    void whatIsToBeDoneHasTheOrderOfTheCommands() {
        // What is left of it is noted as a set (LinkRecords).
        walk((now, event) -> {
            List<Command> commands = LinkMachine.step(now, event).commands();
            assertEquals(commands.stream().sorted().distinct().toList(), commands);
        });
    }

    @Test
    void theRingOfWhoWasCutOffIsNotUsedAgain() {
        walk((now, event) -> assertTrue(!now.cut() || now.broken(), now::toString));
    }

    @Test
    void theFiguresOfEveryEpochAreHandedOver() {
        // SETTLE on the way to LIMITED, or CORRECT after what was frozen there.
        walk((now, event) -> {
            Step step = LinkMachine.step(now, event);
            if (step.next().state() == State.LIMITED && now.state() != State.LIMITED) {
                assertTrue(
                        step.next().cut() != step.commands().contains(Command.SETTLE) || now.cut(),
                        () -> now + " " + event);
            }
            if (now.state() == State.DRAINING && step.next().state() != State.DRAINING) {
                assertEquals(Command.CORRECT, step.commands().getFirst());
            }
        });
    }
}
