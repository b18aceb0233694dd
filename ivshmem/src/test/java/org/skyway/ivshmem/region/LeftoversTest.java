package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files in a directory like `/dev/shm`, and a `/proc` with this process alone: others may be
/// anyone's.
class LeftoversTest {
    private static final String NAME = "skyway-0123abcd-vm-port-vnf1";

    @TempDir Path shm;
    @TempDir Path proc;
    private Path file;
    private Leftovers leftovers;

    @BeforeEach
    void aRegionFile() throws IOException {
        file = shm.resolve(NAME);
        Files.write(file, new byte[8192]);
        Files.createSymbolicLink(
                proc.resolve(Long.toString(ProcessHandle.current().pid())),
                Path.of("/proc/self").toRealPath());
        leftovers = new Leftovers(List.of(shm), proc);
    }

    @Test
    void whatNobodyUsesIsALeftover() throws IOException {
        Leftovers.File only = only(Set.of(), Duration.ZERO);
        assertNull(only.use());
        assertEquals(8192, only.sizeBytes());
        Leftovers.remove(only);
        assertFalse(Files.exists(file));
    }

    @Test
    void whatIsMappedIsNone() throws IOException {
        try (Region region = Region.open(file, 8192)) {
            Leftovers.File only = only(Set.of(), Duration.ZERO);
            assertEquals("a process has it mapped or open", only.use());
            assertThrows(IllegalArgumentException.class, () -> Leftovers.remove(only));
            assertTrue(region.isWhole());
        }
    }

    @Test
    void whatIsOpenIsNone() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            assertEquals("a process has it mapped or open", only(Set.of(), Duration.ZERO).use());
            assertTrue(channel.isOpen());
        }
    }

    @Test
    void whatAMachineThatDoesNotRunIsDefinedWithIsNone() throws IOException {
        assertEquals(
                "a virtual machine that is defined has it",
                only(Set.of(NAME), Duration.ZERO).use());
    }

    @Test
    void whatIsNewIsNone() throws IOException {
        assertEquals("it is new", only(Set.of(), Duration.ofHours(1)).use());
    }

    @Test
    void aLinkToAMappedFileIsNone() throws IOException {
        Path link = shm.resolve("skyway-0123abcd-link-7");
        Files.createSymbolicLink(link, file);
        try (Region region = Region.open(file, 8192)) {
            List<Leftovers.File> both = leftovers.find(Set.of(), Duration.ZERO);
            assertEquals(2, both.size());
            assertTrue(both.stream().allMatch(f -> f.use() != null), both::toString);
            assertTrue(region.isWhole());
        }
    }

    @Test
    void filesOfOthersAreNotLookedAt() throws IOException {
        Files.delete(file);
        Files.write(shm.resolve("skyway-notes"), new byte[1]);
        Files.write(shm.resolve("other-0123abcd-port-vnf1"), new byte[1]);
        assertTrue(leftovers.find(Set.of(), Duration.ZERO).isEmpty());
    }

    private Leftovers.File only(Set<String> named, Duration minAge) throws IOException {
        List<Leftovers.File> all = leftovers.find(named, minAge);
        assertEquals(1, all.size());
        return all.getFirst();
    }
}
