package org.skyway.ivshmem.region;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A mount of hugetlbfs, and what its files are made of.
///
/// Its numbers are for people only. How much a mount says is free is 0 when it was made without a
/// limit, pages that are free may be reserved by others, and pages that are not there may be made
/// when they are asked for: only a mapping that was made says that there are pages.
///
/// @param directory where it is mounted
/// @param pageBytes the size of its pages
record HugePages(Path directory, long pageBytes) {
    private static final Path MOUNTS = Path.of("/proc/mounts");
    private static final Path POOLS = Path.of("/sys/kernel/mm/hugepages");
    private static final Pattern PAGE_SIZE = Pattern.compile("pagesize=(\\d+)([KMGT]?)");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    /// The mounts that this process may write to.
    ///
    /// @return in the order of their mounting; none if this system has none
    static List<HugePages> mounts() {
        try {
            return parse(Files.readAllLines(MOUNTS)).stream()
                    .filter(m -> Files.isWritable(m.directory))
                    .toList();
        } catch (IOException e) {
            return List.of(); // not Linux, or no /proc: then there is no hugetlbfs either
        }
    }

    /// Reads lines of proc_mounts(5).
    static List<HugePages> parse(List<String> lines) {
        List<HugePages> mounts = new ArrayList<>();
        for (String line : lines) {
            String[] f = line.split(" ");
            if (f.length > 3 && f[2].equals("hugetlbfs")) {
                mounts.add(new HugePages(Path.of(unescape(f[1])), pageSize(f[3])));
            }
        }
        return mounts;
    }

    // A blank in a name is written as \040.
    private static String unescape(String name) {
        return OCTAL.matcher(name)
                .replaceAll(m ->
                        java.util.regex.Matcher.quoteReplacement(
                                String.valueOf((char) Integer.parseInt(m.group(1), 8))));
    }

    private static long pageSize(String options) {
        var found = PAGE_SIZE.matcher(options).results().findFirst();
        return found.isPresent() ? bytes(found.get()) : defaultPageBytes();
    }

    private static long bytes(MatchResult size) {
        int power = size.group(2).isEmpty() ? 0 : 1 + "KMGT".indexOf(size.group(2));
        return Long.parseLong(size.group(1)) << 10 * power;
    }

    // Kernels before 4.12 do not say the size of a mount that has the usual one.
    private static long defaultPageBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("Hugepagesize:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException e) {
            return 2L << 20;
        }
        return 2L << 20;
    }

    /// Whether a region can be made of such pages.
    ///
    /// @param sizeBytes of the region
    /// @return whether it is a whole number of pages
    boolean divides(long sizeBytes) {
        return sizeBytes % pageBytes == 0;
    }

    /// Whether somebody set pages of this size aside, or allowed that they are made.
    ///
    /// @return false if there can be none
    boolean areWanted() {
        return pool("nr_hugepages") + pool("nr_overcommit_hugepages") > 0;
    }

    /// What the kernel says of the pages that nobody has or has been promised.
    ///
    /// @return for people, for instance `3 of 16 pages of 2048 KiB are free on /dev/hugepages`
    String describe() {
        long free = pool("free_hugepages") - pool("resv_hugepages");
        return "%d of %d pages of %d KiB are free on %s"
                .formatted(free, pool("nr_hugepages"), pageBytes >> 10, directory);
    }

    private long pool(String name) {
        Path file = POOLS.resolve("hugepages-%dkB".formatted(pageBytes >> 10)).resolve(name);
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
