package org.skyway.vnf.pcap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vnf.frame.FrameSupply;
import org.skyway.vnf.frame.NativeBuffer;

/// The frames of a pcap file, read into memory once and sent as they are, a number of times.
public final class PcapFrames implements FrameSupply {
    private final NativeBuffer memory;
    private final long[] addresses;
    private final int[] lengths;
    private final long frames;

    private PcapFrames(NativeBuffer memory, long[] addresses, int[] lengths, long loops) {
        this.memory = memory;
        this.addresses = addresses;
        this.lengths = lengths;
        frames = loops == 0 ? Long.MAX_VALUE : loops * addresses.length;
    }

    /// Reads a file.
    ///
    /// @param file which
    /// @param loops how often its frames are sent; 0 for ever
    /// @param maxFrame longest frame in bytes that is accepted
    /// @return the frames
    /// @throws IOException if the file can't be read, is no pcap file, is cut off, has a frame that
    ///   is too long, or has none
    public static PcapFrames load(Path file, long loops, int maxFrame) throws IOException {
        int count = 0;
        long bytes = 0;
        int[] lengths = new int[1024];
        try (PcapReader reader = PcapReader.open(file, maxFrame)) {
            for (int length; (length = reader.next()) >= 0; count++) {
                if (count == lengths.length) {
                    lengths = Arrays.copyOf(lengths, 2 * count);
                }
                lengths[count] = length;
                bytes += padded(length);
            }
        }
        if (count == 0) {
            throw new IOException("pcap file " + file + " has no frames");
        }
        var memory = new NativeBuffer(bytes);
        try (PcapReader reader = PcapReader.open(file, maxFrame)) {
            long[] addresses = new long[count];
            long at = memory.address();
            for (int i = 0; i < count; i++) {
                if (reader.next() != lengths[i]) {
                    throw new IOException("pcap file " + file + " changed while it was read");
                }
                Memory.copyFromArray(reader.frame(), 0, at, lengths[i]);
                addresses[i] = at;
                at += padded(lengths[i]);
            }
            return new PcapFrames(memory, addresses, Arrays.copyOf(lengths, count), loops);
        } catch (IOException e) {
            memory.close();
            throw e;
        }
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
