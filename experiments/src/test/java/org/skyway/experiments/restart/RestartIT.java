package org.skyway.experiments.restart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Verdicts;

/// A switch that is killed is replaced by another that goes on where it was.
/// `-Dskyway.restart.cycles=100` kills more of them.
@Timeout(600)
class RestartIT {
    private static final int CYCLES = Integer.getInteger("skyway.restart.cycles", 2);

    @Test
    void anotherSwitchGoesOnWhereOneWasKilled() throws Exception {
        Path chronicle = Files.createTempFile("skyway-restart-", ".log");
        Verdicts verdicts = RestartRun.run(CYCLES, RestartRun.RATE, chronicle, System.out);
        assertEquals("", verdicts.complaints(), () -> "see " + chronicle);
        Files.delete(chronicle);
    }

    @Test
    void guestsNoticeNothing() {
        assertEquals("", GuestRestartRun.run(CYCLES, System.out).complaints());
    }
}
