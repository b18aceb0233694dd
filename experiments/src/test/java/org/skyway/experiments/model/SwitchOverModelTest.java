package org.skyway.experiments.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skyway.experiments.model.SwitchOver.Bounds;
import org.skyway.experiments.model.SwitchOver.Mistake;

/// All interleavings up to the bounds that each test states.
class SwitchOverModelTest {
    private static final int MOST = 3_000_000;

    private static Checker.Outcome check(String name, Bounds bounds) {
        Checker.Outcome outcome = Checker.check(new SwitchOver(bounds), MOST);
        System.out.printf(
                "%s: %,d states, %d steps deep, %s%n",
                name, outcome.states(), outcome.depth(), bounds);
        if (!outcome.holds()) {
            System.out.println(outcome.wrong());
            outcome.way().forEach(s -> System.out.println("  " + s));
        }
        return outcome;
    }

    private static void holds(String name, Bounds bounds) {
        Checker.Outcome outcome = check(name, bounds);
        assertTrue(
                outcome.holds(), () -> outcome.wrong() + "\n" + String.join("\n", outcome.way()));
    }

    @Test
    void oneLinkComesAndGoesAndComesBack() {
        holds("flap", new Bounds(List.of(0, -1, 0), 3, 2, 0, 0, 0, Set.of()));
    }

    @Test
    void trafficGoesFromOneNeighbourToAnother() {
        holds("turn", new Bounds(List.of(0, 1), 2, 2, 0, 0, 0, Set.of()));
    }

    @Test
    void aVnfMayRestAtAnyTime() {
        holds("rest", new Bounds(List.of(0, -1), 3, 2, 0, 0, 2, Set.of()));
    }

    @Test
    void aVnfMayCrashAtAnyTime() {
        holds("crash", new Bounds(List.of(0, -1), 3, 2, 1, 0, 0, Set.of()));
    }

    @Test
    void theSwitchMayLoseItsPatienceWithASenderThatIsOnlySlow() {
        holds("cut", new Bounds(List.of(0, -1, 0), 3, 2, 0, 1, 0, Set.of()));
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void plantedMistakesAreFound(Mistake mistake) {
        int cuts = mistake == Mistake.NO_LIMIT || mistake == Mistake.LIMIT_IS_NO_END ? 1 : 0;
        Checker.Outcome outcome =
                check(
                        "with " + mistake,
                        new Bounds(List.of(0, -1, 0, -1), 3, 2, 0, cuts, 0, Set.of(mistake)));
        assertFalse(outcome.holds());
    }
}
