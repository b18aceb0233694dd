package org.skyway.experiments.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A few seconds of fuzzing each, from the seeds that are kept, and the same way each time. What is
/// new is for `skyway experiment fuzz` to find.
class FuzzIT {
    private static final int SECONDS = Integer.getInteger("skyway.fuzz.seconds", 6);

    @ParameterizedTest
    @EnumSource
    void everyInputIsAnswered(FuzzTarget target, @TempDir Path folder) throws Exception {
        assertTrue(new FuzzRun(target, folder, SECONDS, 1).run(), target + ": see above");
    }
}
