package org.skyway.vnf.pcap;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Reads the Ethernet frames of a capture file: classic pcap or pcapng, as they are or gzipped.
/// Frames that a port can't take are skipped and counted.
public final class CaptureReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final CaptureInput in;
    private final CaptureFormat format;
    private final CaptureFormat.FrameInfo info = new CaptureFormat.FrameInfo();
    private final SkippedFrames skipped;
    private final byte[] frame;
    private long number;

    private CaptureReader(CaptureInput in, CaptureFormat format, int maxFrame) {
        this.in = in;
        this.format = format;
        frame = new byte[maxFrame];
        skipped = new SkippedFrames(maxFrame);
    }

    /// Opens a file.
    ///
    /// @param file which
    /// @param maxFrame longest frame in bytes that is not skipped
    /// @return the reader, before the first frame
    /// @throws IOException if it can't be read or is no capture file
    public static CaptureReader open(Path file, int maxFrame) throws IOException {
        CaptureInput in = new CaptureInput(file, stream(file));
        try {
            ByteBuffer magic = in.header(4, ByteOrder.LITTLE_ENDIAN, "the file header");
            if (magic == null) {
                throw new IOException("capture file " + file + " is empty");
            }
            CaptureFormat format = ClassicFormat.open(in, magic);
            if (format == null) {
                format = NextGenerationFormat.open(in, magic);
            }
            if (format == null) {
                throw new IOException(
                        "%s is no capture file that is read (pcap, pcapng, either gzipped): it starts with %08x"
                                .formatted(file, magic.order(ByteOrder.BIG_ENDIAN).getInt(0)));
            }
            return new CaptureReader(in, format, maxFrame);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static InputStream stream(Path file) throws IOException {
        InputStream in;
        try {
            in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        } catch (NoSuchFileException e) {
            throw new IOException("capture file " + file + " does not exist", e);
        }
        try {
            in.mark(2);
            boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return zipped ? new BufferedInputStream(unzipped(file, in), BUFFER_BYTES) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static InputStream unzipped(Path file, InputStream in) throws IOException {
        try {
            return new GZIPInputStream(in, BUFFER_BYTES);
        } catch (IOException e) {
            throw new IOException(
                    "capture file %s begins like a gzipped one, but is none: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /// Goes to the next frame that is not skipped.
    ///
    /// @return its length in bytes; -1 at the end of the file
    /// @throws IOException if the file is cut off or against its format
    public int next() throws IOException {
        while (true) {
            in.beginFrame(number + 1);
            if (!format.next(info)) {
                return -1;
            }
            number++;
            if (!skipped.skips(info, number)) {
                int length = (int) info.captured;
                in.read(frame, length, "it");
                format.end();
                return length;
            }
            in.skip(info.captured, "it");
            format.end();
        }
    }

    /// The bytes of the frame that [#next] went to.
    ///
    /// @return longer than the frame; overwritten by the next one
    public byte[] frame() {
        return frame;
    }

    /// When it was captured.
    ///
    /// @return nanoseconds since 1970; 0 if the file does not say
    public long timeNanos() {
        return info.timeNanos;
    }

    /// What was skipped so far.
    ///
    /// @return for instance "2 of 500 frames: 2 longer than the 2048 bytes that the port takes
    ///   (first: frame 7 with 9000 bytes)"; null if nothing was
    public String skipped() {
        return skipped.total() == 0
                ? null
                : "%d of %d frames: %s".formatted(skipped.total(), number, skipped);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
