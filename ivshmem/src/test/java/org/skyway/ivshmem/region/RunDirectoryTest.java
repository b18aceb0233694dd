package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RunDirectoryTest {
    @Test
    void variableComesFirst() {
        assertEquals(Path.of("/run/x"), RunDirectory.path("/run/x", 0));
        assertEquals(Path.of("/run/x"), RunDirectory.path("/run/x", 1000));
    }

    @Test
    void rootAndOthersHaveTheirDefaults() {
        assertEquals(Path.of("/var/run/skyway"), RunDirectory.path(null, 0));
        assertEquals(Path.of("/tmp/skyway-1000"), RunDirectory.path("", 1000));
    }

    @Test
    void uidIsThatOfTheProcess() throws IOException {
        String uid =
                java.nio.file.Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(l -> l.startsWith("Uid:"))
                        .findFirst()
                        .orElseThrow()
                        .split("\\s+")[1];
        assertEquals(Integer.parseInt(uid), RunDirectory.uid());
    }
}
