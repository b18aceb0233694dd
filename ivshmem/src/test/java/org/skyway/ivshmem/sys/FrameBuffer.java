package org.skyway.ivshmem.sys;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.skyway.ivshmem.region.Memory;

/// Sends and receives byte arrays through a packet socket, with patience.
final class FrameBuffer {
    private static final int FRAMES = 64;
    private static final int STRIDE = 16384;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    final long[] addresses = new long[FRAMES];
    final int[] lengths = new int[FRAMES];
    private final long memory;

    FrameBuffer(Arena arena) {
        memory = arena.allocate((long) FRAMES * STRIDE, 64).address();
        for (long i = 0; i < FRAMES * STRIDE; i++) {
            Memory.putByte(memory + i, 0xee); // stale bytes, which must never be sent
        }
    }

    /// Puts a frame where the next burst is sent from.
    void set(int index, byte[] frame) {
        addresses[index] = memory + (long) index * STRIDE;
        lengths[index] = frame.length;
        Memory.copyFromArray(frame, 0, addresses[index], frame.length);
    }

    /// Sends all, trying again while the interface's queue is full.
    void send(PacketSocket socket, byte[]... frames) {
        for (int i = 0; i < frames.length; i++) {
            set(i, frames[i]);
        }
        sendSet(socket, frames.length);
    }

    void sendSet(PacketSocket socket, int count) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        int sent = 0;
        while (sent < count) {
            sent += socket.txBurst(addresses, lengths, sent, count - sent);
            if (sent < count && System.nanoTime() > end) {
                throw new AssertionError(socket + " took " + sent + " of " + count + " frames");
            }
        }
    }

    /// Receives this many frames; fewer if they do not come in time.
    static List<byte[]> receive(PacketSocket socket, int count) {
        List<byte[]> frames = new ArrayList<>();
        long[] addresses = new long[32];
        int[] lengths = new int[32];
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (frames.size() < count && System.nanoTime() < end) {
            int n = socket.rxBurst(addresses, lengths, 0, Math.min(32, count - frames.size()));
            for (int i = 0; i < n; i++) {
                byte[] frame = new byte[lengths[i]];
                Memory.copyToArray(addresses[i], frame, 0, lengths[i]);
                frames.add(frame);
            }
        }
        return frames;
    }

    /// Receives one frame.
    static byte[] receive(PacketSocket socket) {
        List<byte[]> frames = receive(socket, 1);
        if (frames.isEmpty()) {
            throw new AssertionError(socket + " received nothing; it counted " + socket.counters());
        }
        return frames.get(0);
    }
}
