package org.skyway.experiments.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.conformance.lab.Undertaker;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;

/// Huge pages of 2 MiB for as long as a comparison runs: their number is raised and a hugetlbfs is
/// mounted, and both are put back, even if this process is killed.
public final class ReservedPages implements AutoCloseable {
    private static final Path NUMBER = Path.of("/proc/sys/vm/nr_hugepages");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final int MEGABYTES = 2;

    private final Undertaker undertaker = new Undertaker();
    private final RunFolder folder = new RunFolder();
    private final Path mount;

    /// Sets pages aside.
    ///
    /// @param pages that must be free
    /// @throws ExperimentException if the kernel does not have so many; then nothing is changed
    public ReservedPages(int pages) {
        int before = number();
        mount = folder.path().resolve("huge");
        try {
            undertaker.atEnd("echo " + before + " > " + NUMBER);
            int wanted = before - free() + pages;
            if (wanted > before) {
                Files.writeString(NUMBER, wanted + "\n");
            }
            if (free() < pages) {
                throw new ExperimentException(
                        "%d huge pages are free after %d were asked for; end programs, or restart the machine: its memory is in pieces"
                                .formatted(free(), pages));
            }
            Files.createDirectory(mount);
            undertaker.atEnd("umount -l " + mount);
            Program.output(
                    folder.path(),
                    "mount",
                    "-t",
                    "hugetlbfs",
                    "-o",
                    "pagesize=2M",
                    "none",
                    mount.toString());
        } catch (IOException e) {
            close();
            throw new ExperimentException("can't set huge pages: " + e, e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Why there can't be so many.
    ///
    /// @param pages that would be wanted
    /// @return null if nothing is in the way, else what, and what to do
    public static String obstacle(int pages) {
        if (!Files.isWritable(NUMBER)) {
            return NUMBER
                    + " can't be written, but huge pages are needed to compare; run as root, outside of a container";
        }
        long available = value("MemAvailable") >> 10;
        long needed = (long) (pages - free()) * MEGABYTES;
        return available - needed < 512
                ? "%d huge pages need %d MiB, but %d MiB of memory are available; end other programs"
                        .formatted(pages, needed, available)
                : null;
    }

    private static int number() {
        try {
            return Integer.parseInt(Files.readString(NUMBER).strip());
        } catch (IOException e) {
            throw new ExperimentException("can't read " + NUMBER + ": " + e, e);
        }
    }

    private static int free() {
        return (int) (value("HugePages_Free") - value("HugePages_Rsvd"));
    }

    private static long value(String name) {
        try {
            Matcher m = Pattern.compile(name + ":\\s+(\\d+)").matcher(Files.readString(MEMORY));
            return m.find() ? Long.parseLong(m.group(1)) : 0;
        } catch (IOException e) {
            throw new ExperimentException("can't read " + MEMORY + ": " + e, e);
        }
    }

    /// Where hugetlbfs is mounted.
    ///
    /// @return the folder, for DPDK's `--huge-dir`
    public Path mount() {
        return mount;
    }

    // The undertaker does it: the newest first, so the mount goes before the pages.
    @Override
    public void close() {
        undertaker.close();
        folder.close();
    }
}
