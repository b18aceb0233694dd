package org.skyway.experiments.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Verdicts;

/// A VNF that writes anything anywhere harms nobody but itself. The suite always runs the same
/// attacks; `-Dskyway.hostile.seconds=600 -Dskyway.hostile.seed=7` runs more, or others. How long
/// barriers take is judged by `skyway experiment hostile` on a quiet machine, and only loosely
/// here.
@Timeout(300)
class HostileIT {
    private static final int SECONDS = Integer.getInteger("skyway.hostile.seconds", 20);
    private static final long SEED = Long.getLong("skyway.hostile.seed", 1);
    private static final int SLACK_MILLIS = 10_000;

    @Test
    void nobodyNoticesHostileVnfs() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        Path chronicle = Files.createTempFile("skyway-hostile-", ".log");
        var plan = new Hostile.Plan(SECONDS, SEED, Attack.values(), chronicle, SLACK_MILLIS);
        Verdicts verdicts = Hostile.run(plan, System.out);
        assertEquals("", verdicts.complaints(), () -> "see " + chronicle);
        Files.delete(chronicle);
    }
}
