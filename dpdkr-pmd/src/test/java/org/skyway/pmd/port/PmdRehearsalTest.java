package org.skyway.pmd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PmdRehearsalTest {
    @Test
    void movesPacketsAndLeavesNothingBehind() throws Exception {
        List<Path> before = leftovers();
        assertTrue(PmdRehearsal.run(200_000_000) > 0);
        assertEquals(before, leftovers());
        String maps = Files.readString(Path.of("/proc/self/maps"));
        assertTrue(!maps.contains("skyway-rehearsal-"), "still mapped");
    }

    @Test
    void takesNoTimeIfAskedTo() throws Exception {
        assertEquals(0, PmdRehearsal.run(0));
    }

    private static List<Path> leftovers() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("skyway-rehearsal-"))
                    .sorted()
                    .toList();
        }
    }
}
