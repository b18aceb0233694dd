package org.skyway.ivshmem.sys;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file in `/dev/shm` as a descriptor: memory that its owner can cut short.
public final class ShmFile {
    private static final int F_GETFL = 3;
    private static final int O_ACCMODE = 3;
    private static final int O_RDWR = 2;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private ShmFile() {}

    /// Opens it.
    public static Descriptor open(Path path) throws IOException {
        try (FileChannel file =
                        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : all) {
                int number = Integer.parseInt(fd.getFileName().toString());
                if (isOf(fd, path) && (UnixCalls.fcntl(number, F_GETFL, 0) & O_ACCMODE) == O_RDWR) {
                    return Descriptor.owning(UnixCalls.fcntl(number, F_DUPFD_CLOEXEC, 0));
                }
            }
            throw new AssertionError(file + " has no descriptor");
        }
    }

    private static boolean isOf(Path fd, Path path) {
        try {
            return Files.readSymbolicLink(fd).equals(path);
        } catch (IOException e) {
            return false; // it was that of the directory
        }
    }
}
