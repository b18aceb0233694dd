package org.skyway.ivshmem.region;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Where one switch keeps its regions: files with a prefix of its own, in `/dev/shm`, or on a
/// hugetlbfs mount when that has enough free pages.
///
/// The prefix is derived from the run directory, which a running switch has locked. So whatever has
/// the prefix when a switch starts was left by a crash, and [#removeLeftovers] may delete it.
public final class RegionStore {
    private static final String LASTING = "vm-";
    private static final Path SHM = Path.of("/dev/shm");

    private final String prefix;
    private final Path hugepages; // null: not mounted

    private RegionStore(String prefix, Path hugepages) {
        this.prefix = prefix;
        this.hugepages = hugepages;
    }

    /// The store of the switch that runs in a directory.
    ///
    /// @param runDirectory the run directory
    /// @return its store
    public static RegionStore of(Path runDirectory) {
        CRC32C crc = new CRC32C();
        crc.update(
                runDirectory
                        .toAbsolutePath()
                        .normalize()
                        .toString()
                        .getBytes(StandardCharsets.UTF_8));
        return new RegionStore("skyway-%08x-".formatted(crc.getValue()), findHugetlbfs());
    }

    /// Creates a region, on hugetlbfs if that has room for it, else on tmpfs.
    ///
    /// @param name unique among the store's regions; letters, digits, dots and dashes
    /// @param sizeBytes a power of two
    /// @return the new region
    /// @throws IOException if there is no room, or a region of that name
    public Region create(String name, long sizeBytes) throws IOException {
        checkName(name);
        if (hugepages != null && freeHugeBytes() >= sizeBytes && sizeBytes % hugePageBytes() == 0) {
            return Region.create(hugepages.resolve(prefix + name), sizeBytes);
        }
        return Region.create(SHM.resolve(prefix + name), sizeBytes);
    }

    /// Opens a region that outlives the switch, because virtual machines that go on running have
    /// it, or creates it; always on tmpfs, under a name that never changes. One of another size is
    /// replaced, which cuts off whoever has it.
    ///
    /// @param name unique among the lasting regions; letters, digits, dots and dashes
    /// @param sizeBytes a power of two
    /// @return the region, with its old content or with zeros
    /// @throws IOException if there is no room, or the file is not ours
    public Region openLasting(String name, long sizeBytes) throws IOException {
        Path path = lastingPath(name);
        if (Files.exists(path)) {
            if (Files.size(path) == sizeBytes) {
                return Region.open(path, sizeBytes);
            }
            Files.delete(path);
        }
        return Region.create(path, sizeBytes);
    }

    /// Where a lasting region is or would be.
    ///
    /// @param name its name
    /// @return a file in `/dev/shm`
    public Path lastingPath(String name) {
        checkName(name);
        return SHM.resolve(prefix + LASTING + name);
    }

    /// Deletes what an earlier switch of the same run directory left behind.
    ///
    /// @param lasting whether lasting regions, too
    /// @return the files that were deleted
    /// @throws IOException if one may not be deleted
    public List<Path> removeLeftovers(boolean lasting) throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path directory : directories()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*")) {
                for (Path file : files) {
                    if (!lasting && file.getFileName().toString().startsWith(prefix + LASTING)) {
                        continue;
                    }
                    Files.deleteIfExists(file);
                    removed.add(file);
                }
            }
        }
        return removed;
    }

    /// What all file names of this store start with.
    ///
    /// @return the prefix
    public String prefix() {
        return prefix;
    }

    private static void checkName(String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,80}")) {
            throw new IllegalArgumentException(
                    "region name \""
                            + name
                            + "\" has other characters than letters, digits, '.', '_' and '-', or more than 80");
        }
    }

    /// Where regions are on this host, whoever's.
    static List<Path> allDirectories() {
        Path hugepages = findHugetlbfs();
        return hugepages == null ? List.of(SHM) : List.of(SHM, hugepages);
    }

    private List<Path> directories() {
        return hugepages == null ? List.of(SHM) : List.of(SHM, hugepages);
    }

    private static Path findHugetlbfs() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
                String[] f = line.split(" ");
                if (f.length > 2 && f[2].equals("hugetlbfs") && Files.isWritable(Path.of(f[1]))) {
                    return Path.of(f[1]);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // Not Linux, or no /proc: then there is no hugetlbfs that could be used either.
            return null;
        }
        return null;
    }

    private static long freeHugeBytes() throws IOException {
        return memInfo("HugePages_Free:") * hugePageBytes();
    }

    private static long hugePageBytes() throws IOException {
        return Math.max(1, memInfo("Hugepagesize:")) * 1024;
    }

    private static long memInfo(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.substring(key.length()).replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }
}
