package org.skyway.experiments.switchover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Verdicts;

/// Nothing is lost, doubled or reordered by switching over, and all counters agree.
/// `-Dskyway.switchover.cycles=10000` does more. How long receivers wait is judged by nobody here.
@Timeout(300)
class SwitchOverIT {
    private static final int CYCLES = Integer.getInteger("skyway.switchover.cycles", 100);

    @Test
    void packetsDoNotNoticeThatRulesFlap() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ovs-ofctl")),
                "ovs-ofctl is missing; apt-get install openvswitch-common");
        Path chronicle = Files.createTempFile("skyway-switchover-", ".log");
        Path tables = Files.createTempDirectory("skyway-switchover-");
        Verdicts verdicts = SwitchOverRun.run(CYCLES, tables, chronicle, System.out);
        assertEquals("", verdicts.complaints(), () -> "see " + chronicle);
        Files.delete(chronicle);
        for (String name : new String[] {"switchover.csv", "gaps.csv", "gap-histogram.csv"}) {
            Files.delete(tables.resolve(name));
        }
        Files.delete(tables);
    }
}
