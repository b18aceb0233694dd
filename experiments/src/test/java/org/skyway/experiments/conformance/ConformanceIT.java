package org.skyway.experiments.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.conformance.generate.Feature;
import org.skyway.experiments.conformance.lab.Lab;

/// Skyway does what Open vSwitch does. The suite always runs the same cases;
/// `-Dskyway.conformance.cases=2000 -Dskyway.conformance.seed=7` runs more, or others.
@Timeout(420)
class ConformanceIT {
    private static final int CASES = Integer.getInteger("skyway.conformance.cases", 150);
    private static final long SEED = Long.getLong("skyway.conformance.seed", 1);

    @Test
    void behavesAsOpenVSwitchInRandomCases() {
        String missing = Lab.missing();
        assumeTrue(missing == null, () -> "skipped: " + missing);
        System.out.printf("seed %d, %d cases%n", SEED, CASES);
        int differing =
                Conformance.run(
                        EnumSet.allOf(Feature.class), CASES, SEED, 1, line -> {}, System.out);
        assertEquals(0, differing, "cases with unexplained differences");
    }
}
