package org.skyway.experiments.jcstress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A short run of each jcstress test.
class JcstressIT {
    private static final List<String> SHORT =
            List.of("-f", "1", "-fsm", "1", "-iters", "2", "-time", "200", "-sc", "false", "-v");

    @TempDir Path folder;

    private JcstressCommand.Result run(String tests) throws Exception {
        assumeTrue(
                Runtime.getRuntime().availableProcessors() >= 2,
                "needs two processors, to run two threads at a time");
        List<String> options = new ArrayList<>(SHORT);
        options.addAll(List.of("-t", tests, "-jvmArgs", "-XX:+UseSerialGC"));
        return JcstressCommand.run(options, folder, 300);
    }

    @Test
    void whatMustNotBeIsNotSeen() throws Exception {
        JcstressCommand.Result result = run(JcstressCommand.SOUND);
        assertEquals(0, result.exitCode(), result.output());
        for (String test : List.of("RingPublication", "HandedOver", "TablesPublished")) {
            assertTrue(result.output().contains(test), test + " was not run:\n" + result.output());
        }
    }

    @Test
    void acquireThatIsTakenAwayIsFound() throws Exception {
        JcstressCommand.Result result = run(JcstressCommand.BROKEN + "PlainAcquire");
        // On a busy machine two threads meet rarely.
        for (int again = 0; again < 5 && result.exitCode() == 0; again++) {
            result = run(JcstressCommand.BROKEN + "PlainAcquire");
        }
        assertNotEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("Observed forbidden state: 1, 0"), result.output());
    }
}
