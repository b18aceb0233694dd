package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.skyway.ivshmem.sys.ProcessDescriptor;
import org.skyway.vswitch.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A run directory that belongs to this process. The lock goes with the process, however that ends.
public final class RunLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
    private static final String FILE = "vswitchd.lock";
    private static final int DYING_MILLIS = 60_000;

    private final FileChannel channel;
    private final FileLock lock;

    private RunLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Makes the directory if need be, and takes it.
    ///
    /// @param directory the run directory
    /// @return the lock
    /// @throws ConfigException if it can't be made or written, or another switch runs there
    public static RunLock take(Path directory) {
        Path file = directory.resolve(FILE);
        FileChannel channel = null;
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                String owner = Files.readString(file).strip();
                channel.close();
                throw inUse(directory, owner);
            }
            awaitDying(owner(directory));
            channel.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
            return new RunLock(channel, lock);
        } catch (OverlappingFileLockException e) {
            throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new ConfigException(
                    "can't use run directory %s: %s; choose another with --rundir or $SKYWAY_RUNDIR"
                            .formatted(directory, e),
                    e);
        }
    }

    /// Whether a switch runs in a directory.
    ///
    /// @param directory the run directory
    /// @return true if its lock is held, or can't be looked at
    static boolean isHeld(Path directory) {
        try (FileChannel channel =
                        FileChannel.open(directory.resolve(FILE), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException | OverlappingFileLockException e) {
            return true;
        }
    }

    /// Who took it last.
    ///
    /// @param directory the run directory
    /// @return the id of that process, which may have ended; 0 if nobody did
    static long owner(Path directory) {
        try {
            return Long.parseLong(Files.readString(directory.resolve(FILE)).strip());
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    // Whoever was killed loses its locks at once, and its sockets and interfaces one by one: of a
    // thousand interfaces the last is gone 20 s later, and can't be had before.
    private static void awaitDying(long pid) {
        if (pid <= 0 || !isDying(pid)) {
            return;
        }
        LOG.info("waiting for the switch with process id {}, which is ending", pid);
        try (ProcessDescriptor process = ProcessDescriptor.of(pid)) {
            process.awaitEnd(DYING_MILLIS);
        } catch (IOException e) {
            LOG.warn("can't wait for that: {}", e.getMessage());
        }
    }

    // What has no memory any more runs no program.
    private static boolean isDying(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            Files.readSymbolicLink(proc.resolve("exe"));
            return false;
        } catch (NoSuchFileException e) {
            return Files.exists(proc);
        } catch (IOException e) {
            return false; // another user's
        }
    }

    private static ConfigException inUse(Path directory, String pid) {
        return new ConfigException(
                "run directory %s is in use by the switch with process id %s; stop that, or choose another with --rundir or $SKYWAY_RUNDIR"
                        .formatted(directory, pid));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
