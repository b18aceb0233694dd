package org.skyway.vnf.pcap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vnf.frame.FrameSupply;
import org.skyway.vnf.frame.NativeBuffer;

/// The frames of a capture file, read into memory once and sent as they are, a number of times.
public final class CaptureFrames implements FrameSupply {
    /// Most memory for frames.
    private static final long MAX_BYTES = 4L << 30;

    private final NativeBuffer memory;
    private final long[] addresses;
    private final int[] lengths;
    private final long frames;
    private final String remark;

    private CaptureFrames(
            NativeBuffer memory, long[] addresses, int[] lengths, long loops, String remark) {
        this.memory = memory;
        this.remark = remark;
        this.addresses = addresses;
        this.lengths = lengths;
        frames = loops == 0 ? Long.MAX_VALUE : loops * addresses.length;
    }

    /// Reads a file.
    ///
    /// @param file which
    /// @param loops how often its frames are sent; 0 for ever
    /// @param maxFrame longest frame in bytes that is not skipped
    /// @return the frames
    /// @throws IOException if the file can't be read, is no capture file, is cut off, or has no
    ///   frame that can be sent, or more than memory is given to
    public static CaptureFrames load(Path file, long loops, int maxFrame) throws IOException {
        int count = 0;
        long bytes = 0;
        int[] lengths = new int[1024];
        String skipped;
        try (CaptureReader reader = CaptureReader.open(file, maxFrame)) {
            for (int length; (length = reader.next()) >= 0; count++) {
                if (count == lengths.length) {
                    lengths = Arrays.copyOf(lengths, 2 * count);
                }
                lengths[count] = length;
                bytes += padded(length);
                if (bytes > MAX_BYTES) {
                    throw new IOException(
                            "the frames of capture file %s take more than %d bytes of memory; cut it into parts"
                                    .formatted(file, MAX_BYTES));
                }
            }
            skipped = reader.skipped();
        }
        if (count == 0) {
            throw new IOException(
                    "capture file %s has no frames%s"
                            .formatted(
                                    file,
                                    skipped == null
                                            ? ""
                                            : " that can be sent; skipped " + skipped));
        }
        var memory = new NativeBuffer(bytes);
        try (CaptureReader reader = CaptureReader.open(file, maxFrame)) {
            long[] addresses = new long[count];
            long at = memory.address();
            for (int i = 0; i < count; i++) {
                if (reader.next() != lengths[i]) {
                    throw new IOException("capture file " + file + " changed while it was read");
                }
                Memory.copyFromArray(reader.frame(), 0, at, lengths[i]);
                addresses[i] = at;
                at += padded(lengths[i]);
            }
            return new CaptureFrames(
                    memory,
                    addresses,
                    Arrays.copyOf(lengths, count),
                    loops,
                    skipped == null
                            ? null
                            : "capture file %s: skipped %s".formatted(file, skipped));
        } catch (IOException e) {
            memory.close();
            throw e;
        }
    }

    @Override
    public String remark() {
        return remark;
    }

    @Override
    public void prepare(
            long sequence, int count, long nowNanos, long[] toAddresses, int[] toLengths) {
        int index = (int) (sequence % addresses.length);
        for (int i = 0; i < count; i++) {
            toAddresses[i] = addresses[index];
            toLengths[i] = lengths[index];
            index = index + 1 == addresses.length ? 0 : index + 1;
        }
    }

    @Override
    public long frames() {
        return frames;
    }

    @Override
    public void close() {
        memory.close();
    }

    private static int padded(int length) {
        return (length + 63) & -64;
    }
}
