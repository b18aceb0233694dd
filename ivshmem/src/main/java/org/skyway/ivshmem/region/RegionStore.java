package org.skyway.ivshmem.region;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Where one switch keeps its regions: files with a prefix of its own, on the first hugetlbfs mount
/// that has the pages for it, else in `/dev/shm`.
///
/// The prefix is derived from the run directory, which a running switch has locked. So whatever has
/// the prefix when a switch starts was left by a crash, and [#removeLeftovers] may delete it.
public final class RegionStore {
    private static final String LASTING = "vm-";
    private static final Path SHM = Path.of("/dev/shm");

    private final Path runDirectory;
    private final String prefix;
    private final List<HugePages> hugePages;
    private final Consumer<String> log;
    private boolean toldOfNoPages;

    private RegionStore(
            Path runDirectory, String prefix, List<HugePages> hugePages, Consumer<String> log) {
        this.runDirectory = runDirectory;
        this.prefix = prefix;
        this.hugePages = hugePages;
        this.log = log;
    }

    /// The store of the switch that runs in a directory.
    ///
    /// @param runDirectory the run directory
    /// @return its store
    public static RegionStore of(Path runDirectory) {
        return of(runDirectory, _ -> {});
    }

    /// The store of the switch that runs in a directory.
    ///
    /// @param runDirectory the run directory
    /// @param log is told, once, when there are not the huge pages that somebody set up
    /// @return its store
    public static RegionStore of(Path runDirectory, Consumer<String> log) {
        return of(runDirectory, "", log);
    }

    /// The store of a part of the switch that runs in a directory, with files of its own.
    ///
    /// @param runDirectory the run directory
    /// @param part its name; empty for the whole
    /// @param log is told, once, when there are not the huge pages that somebody set up
    /// @return its store
    public static RegionStore of(Path runDirectory, String part, Consumer<String> log) {
        CRC32C crc = new CRC32C();
        crc.update(
                runDirectory
                        .toAbsolutePath()
                        .normalize()
                        .resolve(part)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8));
        return new RegionStore(
                runDirectory, "skyway-%08x-".formatted(crc.getValue()), HugePages.mounts(), log);
    }

    /// Whose store it is.
    ///
    /// @return the run directory
    public Path runDirectory() {
        return runDirectory;
    }

    /// Creates a region of huge pages where there are enough, else on tmpfs.
    ///
    /// @param name unique among the store's regions; letters, digits, dots and dashes
    /// @param sizeBytes a power of two
    /// @return the new region
    /// @throws IOException if there is no room, or a region of that name
    public Region create(String name, long sizeBytes) throws IOException {
        checkName(name);
        for (HugePages mount : hugePages) {
            if (mount.divides(sizeBytes)) {
                try {
                    return Region.create(mount.directory().resolve(prefix + name), sizeBytes);
                } catch (IOException e) {
                    noPages(mount, sizeBytes, e);
                }
            }
        }
        return Region.create(SHM.resolve(prefix + name), sizeBytes);
    }

    // A mount without pages is what many systems start with: there is nothing to tell of it.
    private synchronized void noPages(HugePages mount, long sizeBytes, IOException why) {
        if (!toldOfNoPages && mount.areWanted()) {
            toldOfNoPages = true;
            log.accept(
                    "regions are not all of huge pages: one of %d bytes can't be (%s); %s"
                            .formatted(sizeBytes, why.getMessage(), mount.describe()));
        }
    }

    /// Opens a region that outlives the switch, because virtual machines that go on running have
    /// it, or creates it; always on tmpfs, under a name that never changes. One of another size is
    /// replaced, which cuts off whoever has it.
    ///
    /// @param name unique among the lasting regions; letters, digits, dots and dashes
    /// @param sizeBytes a power of two
    /// @return the region, with its old content or with zeros
    /// @throws IOException if there is no room, or a file of another user's is there that may not
    ///   be removed
    public Region openLasting(String name, long sizeBytes) throws IOException {
        Path path = lastingPath(name);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (isOurs(path) && Files.size(path) == sizeBytes) {
                return Region.open(path, sizeBytes);
            }
            Files.delete(path);
        }
        return Region.create(path, sizeBytes);
    }

    /// Opens a region that an earlier switch of the same run directory made by [#create].
    ///
    /// @param name its name
    /// @param sizeBytes its size
    /// @return the region, with its old content
    /// @throws IOException if it is not there, or not as it was made
    public Region reopen(String name, long sizeBytes) throws IOException {
        checkName(name);
        for (Path directory : directories(hugePages)) {
            Path path = directory.resolve(prefix + name);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                if (!isOurs(path) || Files.size(path) != sizeBytes) {
                    throw new IOException(
                            "%s is not the region of %d bytes that was made there"
                                    .formatted(path, sizeBytes));
                }
                return Region.open(path, sizeBytes);
            }
        }
        throw new IOException("there is no region %s%s any more".formatted(prefix, name));
    }

    // Anybody may make files in /dev/shm, and whoever made it may write it. A machine's hypervisor,
    // which runs as another user, is let in by group or access list.
    private static boolean isOurs(Path path) throws IOException {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(RunDirectory.uid());
    }

    /// Where a lasting region is or would be.
    ///
    /// @param name its name
    /// @return a file in `/dev/shm`
    public Path lastingPath(String name) {
        checkName(name);
        return SHM.resolve(prefix + LASTING + name);
    }

    /// The files of lasting regions that there are.
    ///
    /// @return files in `/dev/shm`
    public List<Path> lasting() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(SHM, prefix + LASTING + "*")) {
            List<Path> all = new ArrayList<>();
            files.forEach(all::add);
            return all;
        } catch (IOException e) {
            return List.of(); // without /dev/shm, there are none
        }
    }

    /// Deletes what this or an earlier switch of the same run directory left behind.
    ///
    /// @param lasting whether lasting regions, too
    /// @return the files that were deleted
    /// @throws IOException if one may not be deleted
    public List<Path> removeLeftovers(boolean lasting) throws IOException {
        return removeLeftovers(lasting, Set.of());
    }

    /// Deletes what this or an earlier switch of the same run directory left behind.
    ///
    /// @param lasting whether lasting regions, too
    /// @param used files that are not left behind
    /// @return the files that were deleted
    /// @throws IOException if one may not be deleted
    public List<Path> removeLeftovers(boolean lasting, Set<Path> used) throws IOException {
        List<Path> removed = new ArrayList<>();
        for (Path directory : directories(hugePages)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*")) {
                for (Path file : files) {
                    if (!lasting && file.getFileName().toString().startsWith(prefix + LASTING)) {
                        continue;
                    }
                    if (used.contains(file)) {
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
        return directories(HugePages.mounts());
    }

    private static List<Path> directories(List<HugePages> mounts) {
        return Stream.concat(Stream.of(SHM), mounts.stream().map(HugePages::directory))
                .distinct()
                .filter(Files::isDirectory)
                .toList();
    }
}
