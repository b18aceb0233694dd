package org.skyway.bypass.ring;

import java.io.IOException;
import java.nio.file.Path;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// A ring with guard bytes before and behind it, its two ends, and room for packets to send.
final class RingRig implements AutoCloseable {
    private static final int GUARD_BYTES = 4096;
    private static final int GUARD = 0xa5;

    final Region region;
    final long ring;
    final long ringBytes;
    RingProducer producer;
    RingConsumer consumer;
    final long[] addresses = new long[512];
    final int[] lengths = new int[512];
    final long[] shown = new long[512];
    final int[] shownLengths = new int[512];
    private final Region scratch;

    RingRig(Path directory, int cells, int maxFrame) throws IOException {
        ringBytes = RingLayout.sizeBytes(cells);
        long size = Long.highestOneBit(ringBytes + 2 * GUARD_BYTES) << 1;
        region = Region.create(directory.resolve("ring"), size);
        for (long i = 0; i < size; i++) {
            Memory.putByte(region.address() + i, GUARD);
        }
        ring = region.address() + GUARD_BYTES;
        RingLayout.create(ring, cells, maxFrame);
        scratch = Region.create(directory.resolve("scratch"), 1 << 20);
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = scratch.address() + 2048L * i;
        }
        attach();
    }

    void attach() throws IOException {
        producer = RingProducer.attach(ring, ringBytes, "test");
        consumer = RingConsumer.attach(ring, ringBytes, "test");
    }

    long tail() {
        return Memory.getLongAcquire(ring + RingLayout.TAIL_OFFSET);
    }

    void tail(long value) {
        Memory.putLongRelease(ring + RingLayout.TAIL_OFFSET, value);
    }

    void head(long value) {
        Memory.putLongRelease(ring + RingLayout.HEAD_OFFSET, value);
    }

    void descriptor(int cell, long value) {
        Memory.putLong(ring + RingLayout.DESCRIPTORS_OFFSET + 8L * cell, value);
    }

    /// Makes packet i: its number at the front, and a pattern that tells it from others.
    void make(int i, long number, int length) {
        lengths[i] = length;
        for (int at = 0; at < length; at++) {
            Memory.putByte(addresses[i] + at, (int) (number + at));
        }
    }

    static boolean is(long address, int length, long number) {
        for (int at = 0; at < length; at++) {
            if (Memory.getByte(address + at) != ((int) (number + at) & 0xff)) {
                return false;
            }
        }
        return true;
    }

    int offer(int count) {
        return producer.offer(addresses, lengths, 0, count);
    }

    int peek(int max) {
        return consumer.peek(shown, shownLengths, 0, max);
    }

    /// Whether a packet that was shown lies within the ring's cells.
    boolean isInside(int i) {
        return shown[i] >= ring + RingLayout.DESCRIPTORS_OFFSET
                && shownLengths[i] > 0
                && shown[i] + shownLengths[i] <= ring + ringBytes;
    }

    boolean guardsAreIntact() {
        for (long at = region.address(); at < ring; at++) {
            if (Memory.getByte(at) != GUARD) {
                return false;
            }
        }
        for (long at = ring + ringBytes; at < region.address() + region.sizeBytes(); at++) {
            if (Memory.getByte(at) != GUARD) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        region.close();
        scratch.close();
    }
}
