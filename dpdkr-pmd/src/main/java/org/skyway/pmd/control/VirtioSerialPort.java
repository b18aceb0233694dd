package org.skyway.pmd.control;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// The device of a virtio-serial port. The driver of Linux lets it be opened only once, so both
/// directions go through one file descriptor; but through two channels, because a file channel
/// admits one operation at a time and a reader waits in it. A channel, unlike a stream, can be
/// closed while a thread waits in it.
public final class VirtioSerialPort implements ByteChannel {
    private final RandomAccessFile file;
    private final FileOutputStream sink;
    private final FileChannel in;
    private final FileChannel out;

    private VirtioSerialPort(RandomAccessFile file) throws IOException {
        this.file = file;
        in = file.getChannel();
        sink = new FileOutputStream(file.getFD());
        out = sink.getChannel();
    }

    /// Opens one.
    ///
    /// @param device like `/dev/virtio-ports/org.skyway.pmd.0`
    /// @return a channel in both directions
    /// @throws IOException if there is no such device, or somebody holds it
    public static VirtioSerialPort open(Path device) throws IOException {
        try {
            return new VirtioSerialPort(new RandomAccessFile(device.toFile(), "rw"));
        } catch (FileNotFoundException e) {
            throw new IOException(
                    "can't open the virtio-serial port %s (%s); the domain needs a <channel> of that name, and no other program may hold it"
                            .formatted(device, e.getMessage()),
                    e);
        }
    }

    /// @return -1 while nobody has opened the port on the host
    @Override
    public int read(ByteBuffer target) throws IOException {
        return in.read(target);
    }

    /// Waits while nobody has opened the port on the host.
    @Override
    public int write(ByteBuffer source) throws IOException {
        return out.write(source);
    }

    @Override
    public boolean isOpen() {
        return in.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (file;
                sink) {
            out.close();
            in.close();
        }
    }
}
