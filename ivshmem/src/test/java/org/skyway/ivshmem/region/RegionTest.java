package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegionTest {
    @TempDir Path dir;

    @Test
    void twoMappingsOfOneFileAreTheSameMemory() throws IOException {
        Path file = dir.resolve("r");
        try (Region a = Region.create(file, 8192);
                Region b = Region.open(file, 8192)) {
            Memory.putLongRelease(a.address() + 8184, 0x0123456789abcdefL);
            assertEquals(0x0123456789abcdefL, Memory.getLongAcquire(b.address() + 8184));
            assertEquals(0xef, Memory.getByte(b.address() + 8184));
            assertEquals(0xefcd, Memory.getShortBE(b.address() + 8184));
        }
    }

    @Test
    void sizeMustBeAPowerOfTwo() {
        var e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Region.create(dir.resolve("r"), 3 << 20));
        assertTrue(e.getMessage().contains("3145728"), e.getMessage());
        assertFalse(Files.exists(dir.resolve("r")));
    }

    @Test
    void openRefusesAFileThatIsTooSmall() throws IOException {
        Path file = Files.write(dir.resolve("r"), new byte[4096]);
        var e = assertThrows(IOException.class, () -> Region.open(file, 8192));
        assertTrue(
                e.getMessage().contains("4096") && e.getMessage().contains("8192"), e.getMessage());
    }

    @Test
    void createRefusesAFileThatExists() throws IOException {
        Path file = Files.write(dir.resolve("r"), new byte[4096]);
        assertThrows(IOException.class, () -> Region.create(file, 4096));
        assertEquals(4096, Files.size(file));
    }

    @Test
    void regionThatWasCutShortIsIsolatedAtTheSameAddress() throws IOException {
        Path file = dir.resolve("r");
        try (Region region = Region.create(file, 8192)) {
            Memory.putLong(region.address(), 7);
            assertTrue(region.isWhole());
            region.unlink();
            assertTrue(region.isWhole(), "a name more or less changes nothing");
        }
        try (Region region = Region.create(file, 8192)) {
            Memory.putLong(region.address(), 7);
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                other.truncate(0);
            }
            assertFalse(region.isWhole());
            region.isolate();
            assertEquals(0, Memory.getLong(region.address()));
            Memory.putLong(region.address() + 8184, 9);
            assertEquals(9, Memory.getLong(region.address() + 8184));
        }
    }

    @Test
    void fileOfARegionHasNoHoles() throws Exception {
        Path file = dir.resolve("r");
        try (Region region = Region.create(file, 4 << 20)) {
            assertEquals(4 << 20, region.sizeBytes());
            Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
            long blocks = Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
            assertTrue(512 * blocks >= region.sizeBytes(), blocks + " blocks of 512 bytes");
        }
    }

    @Test
    void createSaysWhenThereIsNoRoom() {
        var e = assertThrows(IOException.class, () -> Region.create(dir.resolve("r"), 1L << 50));
        assertTrue(e.getMessage().contains("left"), e.getMessage());
        assertFalse(Files.exists(dir.resolve("r")));
    }

    @Test
    void closeTwiceIsHarmless() throws IOException {
        Region r = Region.create(dir.resolve("r"), 4096);
        r.close();
        r.close();
        assertTrue(Files.exists(dir.resolve("r")));
        r.unlink();
        assertFalse(Files.exists(dir.resolve("r")));
    }

    @Test
    void copyPacketCopiesEveryLengthAndNotAByteMore() throws IOException {
        try (Region r = Region.create(dir.resolve("r"), 16384)) {
            long from = r.address() + 64;
            long to = r.address() + 8192;
            byte[] source = new byte[4096];
            new java.util.Random(1).nextBytes(source);
            Memory.copyFromArray(source, 0, from, source.length);
            for (int length = 1; length <= 2048; length++) {
                int shift = length % 9; // of any alignment
                byte[] expected = new byte[2200];
                java.util.Arrays.fill(expected, (byte) 0x5a);
                Memory.copyFromArray(expected, 0, to, expected.length);
                System.arraycopy(source, shift, expected, 64, length);
                Memory.copyPacket(from + shift, to + 64, length);
                byte[] got = new byte[expected.length];
                Memory.copyToArray(to, got, 0, got.length);
                org.junit.jupiter.api.Assertions.assertArrayEquals(
                        expected, got, "length " + length);
            }
        }
    }

    @Test
    void storeRemovesOnlyItsOwnLeftovers() throws IOException {
        RegionStore mine = RegionStore.of(dir.resolve("a"));
        RegionStore other = RegionStore.of(dir.resolve("b"));
        Region left = mine.create("left", 4096);
        Region kept = other.create("kept", 4096);
        try {
            assertEquals(java.util.List.of(left.path()), mine.removeLeftovers(true));
            assertFalse(Files.exists(left.path()));
            assertTrue(Files.exists(kept.path()));
        } finally {
            kept.unlink();
            kept.close();
            left.close();
        }
    }

    @Test
    void aLastingRegionIsFoundAgainWithItsContent(@TempDir Path run) throws IOException {
        RegionStore store = RegionStore.of(run);
        try (Region first = store.openLasting("port-a", 4096)) {
            Memory.putLong(first.address(), 42);
            assertTrue(store.removeLeftovers(false).isEmpty(), "machines that go on have it");
            try (Region again = RegionStore.of(run).openLasting("port-a", 4096)) {
                assertEquals(42, Memory.getLong(again.address()));
            }
            assertEquals(java.util.List.of(first.path()), store.removeLeftovers(true));
        }
    }

    @Test
    void aLastingRegionOfAnotherSizeIsReplaced(@TempDir Path run) throws IOException {
        RegionStore store = RegionStore.of(run);
        try (Region small = store.openLasting("port-a", 4096)) {
            Memory.putLong(small.address(), 42);
            try (Region large = store.openLasting("port-a", 8192)) {
                assertEquals(0, Memory.getLong(large.address()));
            }
        } finally {
            store.removeLeftovers(true);
        }
    }

    @Test
    void fileThatAnotherUserPutInTheWayIsNotOpened(@TempDir Path run) throws IOException {
        assumeTrue(RunDirectory.uid() == 0, "needs to run as root, to make files of others");
        RegionStore store = RegionStore.of(run);
        Path path = store.lastingPath("port-a");
        Files.write(path, new byte[4096]);
        Files.setAttribute(path, "unix:uid", 65534);
        try (FileChannel theirs = FileChannel.open(path, StandardOpenOption.READ);
                Region region = store.openLasting("port-a", 4096)) {
            Memory.putLong(region.address(), 42);
            var seen = java.nio.ByteBuffer.allocate(8);
            theirs.read(seen, 0);
            assertEquals(0, seen.get(0), "what they have open is another file");
            assertEquals(0, Files.getAttribute(path, "unix:uid"));
        } finally {
            store.removeLeftovers(true);
        }
    }
}
