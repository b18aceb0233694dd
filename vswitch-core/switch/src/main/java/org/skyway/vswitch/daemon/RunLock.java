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
import org.skyway.vswitch.config.ConfigException;

/// A run directory that belongs to this process. The lock goes with the process, however that ends.
public final class RunLock implements AutoCloseable {
    private static final String FILE = "vswitchd.lock";

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
