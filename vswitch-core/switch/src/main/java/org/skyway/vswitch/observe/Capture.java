package org.skyway.vswitch.observe;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.Tap;

/// Packets of a port on their way from poll threads to one reader, in memory that is bounded: what
/// finds no room there is dropped and counted.
public final class Capture implements Tap {
    private static final int ROOM_BYTES = 1 << 22;
    private static final int RECEIVED = 1;
    private static final int SENT = 2;
    private static final int TIME = 0; // nanoseconds since 1970
    private static final int LENGTH = 8; // in bytes, of the whole packet
    private static final int DATA = 12;

    private final int snapLength;
    private final RingBuffer ring =
            new ManyToOneRingBuffer(
                    new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                    ROOM_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final LongAdder seen = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final long epochNanos =
            TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();

    /// Gets one packet after the other.
    public interface Reader {
        /// A packet.
        ///
        /// @param timeNanos when it was seen, since 1970
        /// @param received whether it came from the port; else it was sent there
        /// @param length of the whole packet, in bytes
        /// @param data as much of it as was kept
        void packet(long timeNanos, boolean received, int length, byte[] data);
    }

    /// Nothing captured yet.
    ///
    /// @param snapLength bytes of a packet that are kept at most
    public Capture(int snapLength) {
        this.snapLength = snapLength;
    }

    @Override
    public void received(
            Datapath datapath, int thread, long[] addresses, int[] lengths, int count) {
        keep(RECEIVED, addresses, lengths, 0, count);
    }

    @Override
    public void sent(
            Datapath datapath, int thread, long[] addresses, int[] lengths, int from, int count) {
        keep(SENT, addresses, lengths, from, count);
    }

    @Override
    public boolean isMirror() {
        return false;
    }

    private void keep(int direction, long[] addresses, int[] lengths, int from, int count) {
        long now = epochNanos + System.nanoTime();
        seen.add(count);
        for (int i = from; i < from + count; i++) {
            int kept = Math.min(snapLength, lengths[i]);
            int at = ring.tryClaim(direction, DATA + kept);
            if (at < 0) {
                dropped.add(1);
                continue;
            }
            boolean whole = false;
            try {
                ring.buffer().putLong(at + TIME, now);
                ring.buffer().putInt(at + LENGTH, lengths[i]);
                Memory.copy(addresses[i], ring.buffer().addressOffset() + at + DATA, kept);
                whole = true;
            } finally {
                if (whole) {
                    ring.commit(at);
                } else {
                    ring.abort(at);
                }
            }
        }
    }

    /// Hands out what is there. One thread at a time.
    ///
    /// @param reader gets the packets, in order
    /// @param most how many at most
    /// @return how many
    public int read(Reader reader, int most) {
        return ring.read(
                (direction, buffer, at, length) -> packet(reader, direction, buffer, at, length),
                most);
    }

    private static void packet(
            Reader reader, int direction, MutableDirectBuffer buffer, int at, int length) {
        byte[] data = new byte[length - DATA];
        buffer.getBytes(at + DATA, data);
        reader.packet(
                buffer.getLong(at + TIME), direction == RECEIVED, buffer.getInt(at + LENGTH), data);
    }

    /// Packets that went by.
    ///
    /// @return those so far, dropped ones included
    public long seen() {
        return seen.sum();
    }

    /// Packets that found no room.
    ///
    /// @return those so far
    public long dropped() {
        return dropped.sum();
    }
}
