package org.skyway.ivshmem.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stores on a host with mounts of hugetlbfs, with and without pages behind them. Needs root, and
/// puts the number of pages back to what it was.
@Timeout(60)
class HugePagesIT {
    private static final Path PAGES = Path.of("/proc/sys/vm/nr_hugepages");
    private static final long SIZE = 4 << 20;

    @TempDir Path dir;

    private final List<Path> mounts = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private String before;

    @BeforeEach
    void requireRoot() throws IOException {
        assumeTrue(RunDirectory.uid() == 0, "needs to run as root, to mount hugetlbfs");
        before = Files.readString(PAGES).strip();
        assumeTrue(
                HugePages.mounts().isEmpty() && before.equals("0"),
                "needs a host that has no huge pages set up");
    }

    @AfterEach
    void putBack() throws Exception {
        for (Path mount : mounts) {
            run("umount", "-l", mount.toString());
        }
        if (before != null) {
            Files.writeString(PAGES, before);
        }
    }

    private Path mount(String name, String options) throws Exception {
        Path mount = Files.createDirectory(dir.resolve(name));
        run("mount", "-t", "hugetlbfs", "-o", options, "none", mount.toString());
        mounts.add(mount);
        return mount;
    }

    private static void pages(int count) throws IOException {
        Files.writeString(PAGES, Integer.toString(count));
        assumeTrue(
                Files.readString(PAGES).strip().equals(Integer.toString(count)),
                "needs " + count + " huge pages of memory");
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), String.join(" ", command));
        assertEquals(0, process.exitValue(), String.join(" ", command));
    }

    private RegionStore store() {
        return RegionStore.of(dir, log::add);
    }

    /// Makes a region, touches all of it, and removes it.
    private Path made(RegionStore store, String name) throws IOException {
        try (Region region = store.create(name, SIZE)) {
            touch(region);
            region.unlink();
            return region.path().getParent();
        }
    }

    private static void touch(Region region) {
        for (long at = 0; at < SIZE; at += 4096) {
            assertEquals(0, Memory.getLong(region.address() + at));
            Memory.putLong(region.address() + at, at);
        }
    }

    /// Its own: a switch that begins just now finds the mount, too.
    private List<Path> files(Path directory) throws IOException {
        String own = store().prefix();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(own)).toList();
        }
    }

    @Test
    void mountWithoutALimitIsUsedThoughItSaysThatNothingIsFree() throws Exception {
        Path mount = mount("m", "rw");
        pages(8);
        assertEquals(0, Files.getFileStore(mount).getUsableSpace());
        assertEquals(mount, made(store(), "r"));
        assertEquals(List.of(), log);
    }

    @Test
    void withoutPagesRegionsAreOnTmpfsAndNothingIsLeftBehind() throws Exception {
        Path mount = mount("m", "rw");
        assertEquals(Path.of("/dev/shm"), made(store(), "r"));
        assertEquals(List.of(), files(mount));
        assertEquals(List.of(), log, "nobody asked for pages");
    }

    @Test
    void limitOfAMountDoesNotStandForPages() throws Exception {
        Path mount = mount("m", "size=64M");
        assertTrue(Files.getFileStore(mount).getUsableSpace() >= SIZE);
        assertEquals(Path.of("/dev/shm"), made(store(), "r"));
        assertEquals(List.of(), files(mount));
    }

    @Test
    void whatPagesDoNotSufficeForIsSaidOnce() throws Exception {
        Path mount = mount("m", "rw");
        pages(5);
        RegionStore store = store();
        try (Region first = store.create("a", SIZE);
                Region second = store.create("b", SIZE)) {
            assertEquals(mount, first.path().getParent());
            assertEquals(mount, second.path().getParent());
            touch(first);
            touch(second);
            assertEquals(Path.of("/dev/shm"), made(store, "c"));
            assertEquals(Path.of("/dev/shm"), made(store, "d"));
            assertEquals(1, log.size(), log.toString());
            assertTrue(log.getFirst().contains("1 of 5 pages of 2048 KiB"), log.getFirst());
            assertEquals(2, store.removeLeftovers(true).size());
        }
        assertEquals(mount, made(store, "e"), "the pages are free again");
    }

    @Test
    void pagesThatOthersReservedAreNotThere() throws Exception {
        Path mount = mount("m", "rw");
        pages(2);
        try (var file = new java.io.RandomAccessFile(mount.resolve("other").toFile(), "rw")) {
            // Mapped and not touched: the kernel calls its pages free, and reserved.
            Object other =
                    file.getChannel()
                            .map(java.nio.channels.FileChannel.MapMode.READ_WRITE, 0, SIZE);
            assertEquals(Path.of("/dev/shm"), made(store(), "r"));
            assertFalse(log.isEmpty(), () -> "told, as " + other + " is there");
        }
    }

    @Test
    void firstMountThatHasPagesIsTaken() throws Exception {
        mount("limited", "size=2M");
        Path second = mount("second", "rw");
        pages(8);
        assertEquals(second, made(store(), "r"));
    }
}
