package org.skyway.unixctl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file with this process's id, write-locked as `ovs-appctl` and `ovs-ctl` want it: without the
/// lock they take the process for dead. The kernel drops the lock when any descriptor of the file
/// is closed, so nobody else in this process may open it.
public final class PidFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private PidFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Makes the file, in place of one whose process is gone.
    ///
    /// @param path where
    /// @param pid this process's id
    /// @return the file
    /// @throws IOException if it can't be written, or another process that runs has it
    public static PidFile create(Path path, long pid) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            String owner = Files.readString(path).strip();
            channel.close();
            throw new IOException(
                    "%s: already running as pid %.20s, aborting".formatted(path, owner));
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.US_ASCII)));
        return new PidFile(path, channel);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
        channel.close();
    }
}
