package org.skyway.vnf.pcap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Classic pcap: either byte order, microseconds or nanoseconds. Source: draft-ietf-opsawg-pcap,
/// "PCAP Capture File Format".
final class ClassicFormat implements CaptureFormat {
    static final int MAGIC_MICROS = 0xa1b2c3d4;
    static final int MAGIC_NANOS = 0xa1b23c4d;
    static final int LINK_TYPE_ETHERNET = 1;
    static final int RECORD_HEADER_BYTES = 16;
    private static final int REST_OF_FILE_HEADER_BYTES = 20; // behind the magic

    private final CaptureInput in;
    private final ByteOrder order;
    private final boolean nanos;

    private ClassicFormat(CaptureInput in, ByteOrder order, boolean nanos) {
        this.in = in;
        this.order = order;
        this.nanos = nanos;
    }

    /// Reads the file header.
    ///
    /// @param magic the file's first four bytes
    /// @return null if they are another format's
    static ClassicFormat open(CaptureInput in, ByteBuffer magic) throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            int word = magic.order(order).getInt(0);
            if (word == MAGIC_MICROS || word == MAGIC_NANOS) {
                byte[] rest = new byte[REST_OF_FILE_HEADER_BYTES];
                in.read(rest, rest.length, "the file header");
                ByteBuffer fields = ByteBuffer.wrap(rest).order(order);
                int major = fields.getShort(0) & 0xffff;
                // The upper bits may hold the length of the frame check sequence.
                int linkType = fields.getInt(16) & 0xffff;
                if (major != 2 || linkType != LINK_TYPE_ETHERNET) {
                    throw in.bad(
                            "version %d and link type %d, expected version 2 and 1 (Ethernet)"
                                    .formatted(major, linkType));
                }
                return new ClassicFormat(in, order, word == MAGIC_NANOS);
            }
        }
        return null;
    }

    @Override
    public boolean next(FrameInfo frame) throws IOException {
        ByteBuffer header = in.header(RECORD_HEADER_BYTES, order, "its header");
        if (header == null) {
            return false;
        }
        frame.timeNanos =
                Integer.toUnsignedLong(header.getInt(0)) * 1_000_000_000L
                        + Integer.toUnsignedLong(header.getInt(4)) * (nanos ? 1 : 1000);
        frame.captured = Integer.toUnsignedLong(header.getInt(8));
        frame.original = Integer.toUnsignedLong(header.getInt(12));
        frame.ethernet = true;
        return true;
    }

    @Override
    public void end() {
        // The next record follows at once.
    }
}
