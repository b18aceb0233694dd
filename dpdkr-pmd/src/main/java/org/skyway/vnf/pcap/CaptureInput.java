package org.skyway.vnf.pcap;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// The bytes of a capture file, one after the other, and where in it we are.
final class CaptureInput implements AutoCloseable {
    private final Path file;
    private final InputStream in;
    private long offset;
    private long frame;
    private long frameOffset;

    CaptureInput(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /// The next frame, or what stands before it, begins here.
    ///
    /// @param number the frame's number, from 1
    void beginFrame(long number) {
        frame = number;
        frameOffset = offset;
    }

    /// Reads a header.
    ///
    /// @param what its name, for errors
    /// @return its bytes; null at the end of the file
    /// @throws IOException if the file ends within it
    ByteBuffer header(int bytes, ByteOrder order, String what) throws IOException {
        byte[] read = new byte[bytes];
        int count = readUpTo(read, bytes);
        if (count == 0 && bytes > 0) {
            return null;
        }
        if (count < bytes) {
            throw cutOff("%s has %d of %d bytes".formatted(what, count, bytes));
        }
        return ByteBuffer.wrap(read).order(order);
    }

    /// Reads what must be there.
    ///
    /// @param to where to, from its start
    /// @param what its name, for errors
    void read(byte[] to, int bytes, String what) throws IOException {
        int count = readUpTo(to, bytes);
        if (count < bytes) {
            throw cutOff("%s has %d of %d bytes".formatted(what, count, bytes));
        }
    }

    /// Skips what must be there.
    ///
    /// @param what its name, for errors
    void skip(long bytes, String what) throws IOException {
        long from = offset;
        long left = bytes;
        byte[] thrownAway = new byte[(int) Math.min(left, 8192)];
        while (left > 0) {
            int wanted = (int) Math.min(left, thrownAway.length);
            int count = readUpTo(thrownAway, wanted);
            left -= count;
            if (count < wanted) {
                throw cutOff("%s has %d of %d bytes".formatted(what, offset - from, bytes));
            }
        }
    }

    private int readUpTo(byte[] to, int bytes) throws IOException {
        int count = 0;
        try {
            while (count < bytes) {
                int read = in.read(to, count, bytes - count);
                if (read < 0) {
                    break;
                }
                count += read;
            }
        } catch (EOFException e) {
            // What gunzips says so when the file ends too early.
            throw new IOException(
                    "capture file %s is cut off: its compressed data ends in frame %d"
                            .formatted(file, frame),
                    e);
        } catch (IOException e) {
            throw new IOException(
                    "capture file %s can't be read on in frame %d: %s"
                            .formatted(file, frame, e.getMessage()),
                    e);
        }
        offset += count;
        return count;
    }

    IOException cutOff(String what) {
        return new IOException(
                "capture file %s is cut off in frame %d, which starts at byte %d: %s"
                        .formatted(file, frame, frameOffset, what));
    }

    IOException bad(String what) {
        return new IOException(
                "capture file %s: at byte %d, before the end of frame %d: %s"
                        .formatted(file, frameOffset, frame, what));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
