package org.skyway.vnf.pcap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads a classic pcap file of Ethernet frames: either byte order, microseconds or nanoseconds.
/// Source: draft-ietf-opsawg-pcap, "PCAP Capture File Format".
public final class PcapReader implements AutoCloseable {
    static final int MAGIC_MICROS = 0xa1b2c3d4;
    static final int MAGIC_NANOS = 0xa1b23c4d;
    static final int LINK_TYPE_ETHERNET = 1;
    static final int FILE_HEADER_BYTES = 24;
    static final int RECORD_HEADER_BYTES = 16;

    private final Path file;
    private final InputStream in;
    private final ByteOrder order;
    private final boolean nanos;
    private final int maxFrame;
    private final byte[] frame;
    private final ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER_BYTES);
    private long record;
    private long offset = FILE_HEADER_BYTES;
    private long timeNanos;

    private PcapReader(Path file, InputStream in, ByteOrder order, boolean nanos, int maxFrame) {
        this.file = file;
        this.in = in;
        this.order = order;
        this.nanos = nanos;
        this.maxFrame = maxFrame;
        frame = new byte[maxFrame];
        header.order(order);
    }

    /// Opens a file.
    ///
    /// @param file which
    /// @param maxFrame longest frame in bytes that is accepted
    /// @return the reader, before the first frame
    /// @throws IOException if it can't be read or is no pcap file of Ethernet frames
    public static PcapReader open(Path file, int maxFrame) throws IOException {
        InputStream in;
        try {
            in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        } catch (NoSuchFileException e) {
            throw new IOException("pcap file " + file + " does not exist", e);
        }
        try {
            byte[] head = in.readNBytes(FILE_HEADER_BYTES);
            if (head.length < FILE_HEADER_BYTES) {
                throw new IOException(
                        "pcap file %s has only %d bytes, its header alone takes %d"
                                .formatted(file, head.length, FILE_HEADER_BYTES));
            }
            for (ByteOrder order :
                    new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
                ByteBuffer fields = ByteBuffer.wrap(head).order(order);
                int magic = fields.getInt(0);
                if (magic == MAGIC_MICROS || magic == MAGIC_NANOS) {
                    checkHeader(file, fields);
                    return new PcapReader(file, in, order, magic == MAGIC_NANOS, maxFrame);
                }
            }
            throw new IOException(
                    "%s is no pcap file: it starts with %08x; pcapng files can be converted with `editcap -F pcap`"
                            .formatted(file, ByteBuffer.wrap(head).getInt(0)));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /// Goes to the next frame.
    ///
    /// @return its length in bytes; -1 at the end of the file
    /// @throws IOException if the file is cut off, or the frame too long or itself cut off
    public int next() throws IOException {
        int count = in.readNBytes(header.array(), 0, RECORD_HEADER_BYTES);
        if (count == 0) {
            return -1;
        }
        record++;
        if (count < RECORD_HEADER_BYTES) {
            throw cutOff("its header has %d of %d bytes".formatted(count, RECORD_HEADER_BYTES));
        }
        long captured = header.getInt(8) & 0xffff_ffffL;
        long original = header.getInt(12) & 0xffff_ffffL;
        if (captured > maxFrame) {
            throw bad("has %d bytes, more than the %d of a port".formatted(captured, maxFrame));
        }
        if (captured < original) {
            throw bad(
                    "holds %d of %d bytes; capture again with a larger snapshot length"
                            .formatted(captured, original));
        }
        if (captured < 14) {
            throw bad("has %d bytes, fewer than an Ethernet header".formatted(captured));
        }
        int length = in.readNBytes(frame, 0, (int) captured);
        if (length < captured) {
            throw cutOff("it has %d of %d bytes".formatted(length, captured));
        }
        timeNanos =
                (header.getInt(0) & 0xffff_ffffL) * 1_000_000_000L
                        + (header.getInt(4) & 0xffff_ffffL) * (nanos ? 1 : 1000);
        offset += RECORD_HEADER_BYTES + length;
        return length;
    }

    /// The bytes of the frame that [#next] went to.
    ///
    /// @return longer than the frame; overwritten by the next one
    public byte[] frame() {
        return frame;
    }

    /// When it was captured.
    ///
    /// @return nanoseconds since 1970
    public long timeNanos() {
        return timeNanos;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static void checkHeader(Path file, ByteBuffer fields) throws IOException {
        int major = fields.getShort(4) & 0xffff;
        // The upper bits may hold the length of the frame check sequence.
        int linkType = fields.getInt(20) & 0xffff;
        if (major != 2 || linkType != LINK_TYPE_ETHERNET) {
            throw new IOException(
                    "pcap file %s has version %d and link type %d, expected version 2 and 1 (Ethernet)"
                            .formatted(file, major, linkType));
        }
    }

    private IOException cutOff(String what) {
        return new IOException(
                "pcap file %s is cut off in frame %d, which starts at byte %d: %s"
                        .formatted(file, record, offset, what));
    }

    private IOException bad(String what) {
        return new IOException(
                "pcap file %s: frame %d at byte %d %s".formatted(file, record, offset, what));
    }
}
