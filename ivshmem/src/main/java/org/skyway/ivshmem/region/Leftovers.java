package org.skyway.ivshmem.region;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Region files that nobody uses any more. A switch removes what an earlier one of its run
/// directory left; but of files whose run directory never comes back, nobody takes care.
///
/// A switch has its regions mapped, and so have VNFs and QEMU. So a file that no process has mapped
/// or open is of no use, unless somebody is about to: it may be just made, or named by a virtual
/// machine that is defined and does not run.
public final class Leftovers {
    /// How old a file is before it can be a leftover. Who makes one has it open from the first
    /// moment, so this is but a margin.
    public static final Duration MIN_AGE = Duration.ofSeconds(2);

    private static final String INIT = "1";
    private static final Pattern NAME = Pattern.compile("skyway-([0-9a-f]{8}-.+|jmh-[0-9-]+)");

    private final List<Path> directories;
    private final Path proc;

    Leftovers(List<Path> directories, Path proc) {
        this.directories = directories;
        this.proc = proc;
    }

    /// Those of this host.
    ///
    /// @return all of its switches', and of benchmarks
    public static Leftovers ofThisHost() {
        return new Leftovers(RegionStore.allDirectories(), Path.of("/proc"));
    }

    /// A region file of some switch, or a directory of them.
    ///
    /// @param path where
    /// @param sizeBytes how much memory it takes
    /// @param use why it is not a leftover; null if it is one
    public record File(Path path, long sizeBytes, String use) {}

    /// Looks at all region files.
    ///
    /// @param named names of files that are needed though nobody has them mapped
    /// @param minAge how old a leftover must be
    /// @return the files, by name
    /// @throws IOException if a directory can't be read, or a process not be looked into, which may
    ///   then have anything mapped
    public List<File> find(Set<String> named, Duration minAge) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (Path directory : directories) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "skyway-*")) {
                for (Path path : all) {
                    if (NAME.matcher(path.getFileName().toString()).matches()) {
                        paths.add(path);
                    }
                }
            }
        }
        paths.sort(Comparator.naturalOrder());
        Set<String> used = paths.isEmpty() ? Set.of() : used(process -> true);
        long youngest = System.currentTimeMillis() - minAge.toMillis();
        List<File> files = new ArrayList<>();
        for (Path path : paths) {
            try {
                files.add(new File(path, size(path), use(path, named, used, youngest)));
            } catch (NoSuchFileException e) {
                continue; // its owner removed it just now
            }
        }
        return files;
    }

    /// Whether another process than this has a region mapped or open.
    ///
    /// @param region its file
    /// @return true if so
    /// @throws IOException if a process can't be looked into, which may then have anything mapped
    public boolean isUsedByOthers(Path region) throws IOException {
        Path real = Files.exists(region) ? region.toRealPath() : region;
        Path self = proc.resolve(Long.toString(ProcessHandle.current().pid()));
        return used(process -> !process.equals(self)).stream()
                .anyMatch(one -> isOrHolds(region, one) || isOrHolds(real, one));
    }

    /// Removes a leftover.
    ///
    /// @param file from [#find]
    /// @throws IOException if it may not be removed
    /// @throws IllegalArgumentException if it is in use
    public static void remove(File file) throws IOException {
        if (file.use() != null) {
            throw new IllegalArgumentException(file.path() + " is in use: " + file.use());
        }
        try (Stream<Path> tree = Files.walk(file.path())) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static String use(Path path, Set<String> named, Set<String> used, long youngest)
            throws IOException {
        String name = path.getFileName().toString();
        // A file on huge pages may have a link in /dev/shm, and processes know it by its own path.
        Path real = Files.exists(path) ? path.toRealPath() : path;
        for (String one : used) {
            if (isOrHolds(path, one) || isOrHolds(real, one)) {
                return "a process has it mapped or open";
            }
        }
        if (named.contains(name)) {
            return "a virtual machine that is defined has it";
        }
        return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis() > youngest
                ? "it is new"
                : null;
    }

    private static boolean isOrHolds(Path path, String used) {
        return used.equals(path.toString()) || used.startsWith(path + "/");
    }

    private static long size(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? Files.size(path) : 0;
        }
        long size = 0;
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                size += Files.size(file);
            }
        }
        return size;
    }

    /// @return paths of region files that processes have mapped or open
    private Set<String> used(Predicate<Path> which) throws IOException {
        Set<String> used = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (!which.test(process)) {
                    continue;
                }
                try {
                    maps(process, used);
                    descriptors(process, used);
                } catch (AccessDeniedException e) {
                    if (process.endsWith(INIT)) {
                        continue; // even root may not everywhere, and it has no regions
                    }
                    throw new IOException(
                            "process %s may not be looked into, and may use any region; do this as root"
                                    .formatted(process.getFileName()),
                            e);
                } catch (IOException e) {
                    if (Files.exists(process)) {
                        throw e;
                    }
                }
            }
        }
        return used;
    }

    private static void maps(Path process, Set<String> used) throws IOException {
        try (Stream<String> lines = Files.lines(process.resolve("maps"))) {
            lines.forEach(line -> {
                int path = line.indexOf('/');
                if (path >= 0 && line.contains("/skyway-")) {
                    used.add(line.substring(path).replaceFirst(" \\(deleted\\)$", ""));
                }
            });
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void descriptors(Path process, Set<String> used) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : all) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.contains("/skyway-")) {
                        used.add(target);
                    }
                } catch (NoSuchFileException e) {
                    continue; // closed meanwhile
                }
            }
        }
    }
}
