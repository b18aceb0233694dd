package org.skyway.experiments.switchover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.bed.Verdicts;

/// What is sent after a barrier reply comes only the new way, whatever its sender does.
/// `-Dskyway.barrier.times=1000` tries it more often.
@Timeout(300)
class BarrierIT {
    private static final int TIMES = Integer.getInteger("skyway.barrier.times", 10);

    @Test
    void nothingComesTheOldWayAfterTheReply() throws Exception {
        Path chronicle = Files.createTempFile("skyway-barrier-", ".log");
        Verdicts verdicts =
                BarrierRun.run(TIMES, BarrierSender.Kind.values(), chronicle, System.out);
        assertEquals("", verdicts.complaints(), () -> "see " + chronicle);
        Files.delete(chronicle);
    }
}
