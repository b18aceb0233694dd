package org.skyway.experiments.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.skyway.experiments.tester.Tester;

class NoDropTest {
    private static final Tester.Report NOTHING = new Tester.Report(0, 0, 0, 0, 0, 0, 0, 0);

    private static Ends.Trial trial(long sent, long lost) {
        return new Ends.Trial(sent, lost, NOTHING);
    }

    @Test
    void findsTheRateBelowWhichNothingIsLost() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 200; i++) {
            double limit = random.nextDouble(0.01, 10);
            double flatOut = limit * random.nextDouble(1, 3);
            double found =
                    NoDrop.search(
                            flatOut,
                            12,
                            1,
                            mpps -> trial((long) (2e6 * mpps), mpps > limit ? 5 : 0));
            assertTrue(found <= limit, found + " of " + limit);
            assertEquals(limit, found, flatOut / 4000);
        }
    }

    @Test
    void rateThatSendersDoNotReachIsTooHigh() {
        assertTrue(NoDrop.holds(trial(2_000_000, 0), 1, 1));
        assertFalse(NoDrop.holds(trial(1_900_000, 0), 1, 1));
        assertFalse(NoDrop.holds(trial(2_000_000, 1), 1, 1));
        assertFalse(NoDrop.holds(trial(0, 0), 0, 1));
    }

    @Test
    void pathThatAlwaysLosesHasWhatIsLeftAfterTheLastHalving() {
        assertEquals(1.0 / 64, NoDrop.search(1, 6, 1, _ -> trial(1, 1)));
    }
}
