package org.skyway.vswitch.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @TempDir Path directory;

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    @Test
    void leavesNothingBehind() throws IOException {
        assertTrue(Rehearsal.run(directory, Duration.ofSeconds(20).toNanos(), () -> false) > 0);
        assertEquals(0, files());
    }

    @Test
    void endsWhenItIsCancelled() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        int done =
                Rehearsal.run(
                        directory,
                        Duration.ofHours(1).toNanos(),
                        () -> asked.incrementAndGet() > 3);
        assertTrue(done > 0 && done < 1000, done + " flow-mods were tried");
        assertEquals(0, files());
    }

    @Test
    void beginsWithWhatAnotherHasLeft() throws IOException {
        assertEquals(2, Rehearsal.restart(directory, 2, Duration.ofMinutes(5).toNanos()));
        assertEquals(0, Rehearsal.restart(directory, 2, 0));
        assertEquals(0, files());
    }
}
