package org.skyway.experiments.bypass;

import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;
import org.skyway.ivshmem.region.Memory;
import org.skyway.pmd.control.PortSession;

/// A VNF that sends when it is told to, and counts what comes. Its own thread polls.
final class ScriptedVnf implements AutoCloseable {
    private static final int BURST = 16;
    private static final int ROOM = 2048;

    private final PortSession session;
    private final Arena arena = Arena.ofShared();
    private final long frame = arena.allocate(ROOM, 64).address();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile long wanted; // packets to send, all together
    private volatile int size = 64;
    private volatile long sent;
    private volatile long received;
    private volatile long receivedBytes;

    ScriptedVnf(PortSession session) {
        this.session = session;
        // An Ethernet frame of a type that no other rule asks for.
        Memory.putLongBE(frame, 0x0200_0000_0002_0200L);
        Memory.putLongBE(frame + 8, 0x0000_0001_88b5_0000L);
        thread = Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
        long[] out = new long[BURST];
        int[] outLengths = new int[BURST];
        long[] in = new long[BURST];
        int[] inLengths = new int[BURST];
        while (running) {
            int due = (int) Math.min(BURST, wanted - sent);
            for (int i = 0; i < due; i++) {
                out[i] = frame;
                outLengths[i] = size;
            }
            int taken = due == 0 ? 0 : session.port().txBurst(out, outLengths, 0, due);
            sent += taken;
            int came = session.port().rxBurst(in, inLengths, 0, BURST);
            receivedBytes += session.port().rxBurstBytes();
            received += came;
            if (taken + came == 0) {
                LockSupport.parkNanos(50_000);
            }
        }
    }

    /// Sends frames and waits until they are in a ring.
    void send(int packets, int bytes) throws InterruptedException {
        size = bytes;
        wanted += packets;
        while (sent != wanted) {
            Thread.sleep(1);
        }
    }

    long received() {
        return received;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        session.close();
        arena.close();
    }
}
