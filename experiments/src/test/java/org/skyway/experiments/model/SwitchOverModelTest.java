package org.skyway.experiments.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.skyway.experiments.model.SwitchOverState.Bounds;
import org.skyway.experiments.model.SwitchOverState.Mistake;

/// All interleavings up to the bounds that each test states.
class SwitchOverModelTest {
    private static final int MOST = 3_000_000;

    /// Those of a switch that comes after another.
    private static final Set<Mistake> RESTARTS =
            EnumSet.of(Mistake.FORGETS_LIMIT, Mistake.NOTES_LATE, Mistake.NOTES_NO_REST);

    /// Those about senders that are cut off.
    private static final Set<Mistake> CUTS =
            EnumSet.of(
                    Mistake.NO_LIMIT,
                    Mistake.LIMIT_IS_NO_END,
                    Mistake.GIVEN_BACK_TOO_EARLY,
                    Mistake.LATE_IS_LOST,
                    Mistake.DETACHED_BEFORE_IT_OBEYED,
                    Mistake.FORGETS_LIMIT);

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
        holds("flap", new Bounds(List.of(0, -1, 0), 3, 2, 0, 0, 0, 0, Set.of()));
    }

    @Test
    void trafficGoesFromOneNeighbourToAnother() {
        holds("turn", new Bounds(List.of(0, 1), 2, 2, 0, 0, 0, 0, Set.of()));
    }

    @Test
    void aVnfMayRestAtAnyTime() {
        holds("rest", new Bounds(List.of(0, -1), 3, 2, 0, 0, 2, 0, Set.of()));
    }

    @Test
    void aVnfMayCrashAtAnyTime() {
        holds("crash", new Bounds(List.of(0, -1), 3, 2, 1, 0, 0, 0, Set.of()));
    }

    @Test
    void theSwitchMayLoseItsPatienceWithASenderThatIsOnlySlow() {
        holds("cut", new Bounds(List.of(0, -1, 0), 3, 2, 0, 1, 0, 0, Set.of()));
    }

    @Test
    void soItMayWithSeveralLinksOfASender() {
        holds("turn, two cuts", new Bounds(List.of(0, 1, -1), 1, 2, 0, 2, 0, 0, Set.of()));
    }

    @Test
    void theSwitchMayBeKilledAtAnyWrite() {
        holds("kill", new Bounds(List.of(0, -1), 2, 2, 0, 0, 0, 1, Set.of()));
        holds("turn, kill", new Bounds(List.of(0, 1), 1, 2, 0, 0, 0, 1, Set.of()));
    }

    @Test
    void soMayTheOneThatComesAfterIt() {
        holds("two kills", new Bounds(List.of(0, -1), 1, 2, 0, 0, 0, 2, Set.of()));
    }

    @Test
    void theSwitchMayBeKilledWhateverItsVnfsDo() {
        holds("crash, kill", new Bounds(List.of(0, -1), 1, 2, 1, 0, 0, 1, Set.of()));
        holds("cut, kill", new Bounds(List.of(0, -1), 1, 2, 0, 1, 0, 1, Set.of()));
        holds("rest, kill", new Bounds(List.of(0, -1), 1, 2, 0, 0, 1, 1, Set.of()));
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void plantedMistakesAreFound(Mistake mistake) {
        boolean restart = RESTARTS.contains(mistake);
        int cuts = CUTS.contains(mistake) ? 1 : 0;
        Bounds bounds =
                restart
                        ? new Bounds(List.of(0, -1), 2, 2, 0, cuts, 0, 1, Set.of(mistake))
                        : new Bounds(List.of(0, -1, 0, -1), 3, 2, 0, cuts, 0, 0, Set.of(mistake));
        assertFalse(check("with " + mistake, bounds).holds());
    }
}
