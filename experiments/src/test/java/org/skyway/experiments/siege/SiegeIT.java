package org.skyway.experiments.siege;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Verdicts;

/// Whoever asks for too much harms nobody else. The suite makes each assault once, and small;
/// `-Dskyway.siege.scale=1 -Dskyway.siege.seed=7` makes them as they are meant, or in another
/// order. How long answers take is judged by `skyway experiment siege` on a quiet machine, and only
/// loosely here.
@Timeout(900)
class SiegeIT {
    private static final double SCALE =
            Double.parseDouble(System.getProperty("skyway.siege.scale", "0.05"));
    private static final long SEED = Long.getLong("skyway.siege.seed", 1);
    private static final int RATE = 20_000;
    private static final int SLACK_MILLIS = 20_000;

    @Test
    void nobodyNoticesThatOthersAskForTooMuch() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        Path chronicle = Files.createTempFile("skyway-siege-", ".log");
        var plan = new Siege.Plan(0, SEED, SCALE, RATE, Assault.values(), chronicle, SLACK_MILLIS);
        Verdicts verdicts = Siege.run(plan, System.out);
        assertEquals("", verdicts.complaints(), () -> "see " + chronicle);
        Files.delete(chronicle);
    }
}
