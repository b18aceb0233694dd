package org.skyway.vnf.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.skyway.ivshmem.region.Memory;

/// Writes a classic pcap file of Ethernet frames, little-endian, with nanoseconds. Source:
/// draft-ietf-opsawg-pcap, "PCAP Capture File Format".
public final class PcapWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final FileChannel file;
    private final int snapLength;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private PcapWriter(FileChannel file, int snapLength) {
        this.file = file;
        this.snapLength = snapLength;
    }

    /// Makes a file, in place of one that may be there.
    ///
    /// @param path where
    /// @param snapLength most bytes of a frame that are kept, 1 to 65535
    /// @return the writer
    /// @throws IOException if it can't be written
    public static PcapWriter create(Path path, int snapLength) throws IOException {
        FileChannel file =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        var writer = new PcapWriter(file, snapLength);
        writer.buffer
                .putInt(ClassicFormat.MAGIC_NANOS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(snapLength)
                .putInt(ClassicFormat.LINK_TYPE_ETHERNET);
        return writer;
    }

    /// Writes a frame.
    ///
    /// @param timeNanos when it was seen, since 1970
    /// @param address where it is
    /// @param length its length in bytes
    /// @throws IOException if the file can't be written
    public void write(long timeNanos, long address, int length) throws IOException {
        int kept = Math.min(length, snapLength);
        if (buffer.remaining() < ClassicFormat.RECORD_HEADER_BYTES + kept) {
            flush();
        }
        buffer.putInt((int) (timeNanos / 1_000_000_000))
                .putInt((int) (timeNanos % 1_000_000_000))
                .putInt(kept)
                .putInt(length);
        Memory.copyToArray(address, buffer.array(), buffer.position(), kept);
        buffer.position(buffer.position() + kept);
    }

    @Override
    public void close() throws IOException {
        try (file) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }
}
