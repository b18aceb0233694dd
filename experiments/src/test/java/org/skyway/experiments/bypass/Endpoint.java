package org.skyway.experiments.bypass;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.skyway.ivshmem.region.Memory;
import org.skyway.pmd.control.PortSession;

/// A VNF in the test's own process: sends numbered frames, and checks that what it receives is
/// numbered without a gap.
final class Endpoint implements AutoCloseable {
    private static final int BURST = 32;
    private static final int LENGTH = 64;

    /// Packets under way to a known receiver: fewer than any ring between has room for.
    private static final int WINDOW = 256;

    private final PortSession session;
    private final java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofShared();
    private final long frames;
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final Thread thread;
    volatile Endpoint receiver; // if it is known, what it can't take in time is not sent
    volatile long limit; // how many to send
    volatile long sent;
    volatile long received;
    volatile long others; // frames that are not numbered: packet-outs
    volatile String wrong;
    volatile boolean stopped; // as by a signal: it does nothing until it goes on
    private long next;

    Endpoint(PortSession session) {
        this.session = session;
        frames = arena.allocate((long) BURST * LENGTH, 64).address();
        thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
        long[] out = new long[BURST];
        int[] outLengths = new int[BURST];
        long[] in = new long[BURST];
        int[] inLengths = new int[BURST];
        try {
            while (running.get()) {
                if (stopped) {
                    LockSupport.parkNanos(1_000_000);
                    continue;
                }
                int moved = send(out, outLengths);
                int n = session.port().rxBurst(in, inLengths, 0, BURST);
                for (int i = 0; i < n; i++) {
                    check(in[i]);
                }
                if (moved + n == 0) {
                    LockSupport.parkNanos(20_000);
                }
            }
        } catch (RuntimeException e) {
            wrong = e.toString();
        }
    }

    private int send(long[] out, int[] lengths) {
        int n = (int) Math.min(BURST, limit - sent);
        Endpoint to = receiver;
        if (to != null) {
            n = (int) Math.min(n, WINDOW - (sent - to.received));
        }
        for (int i = 0; i < n; i++) {
            out[i] = frames + (long) i * LENGTH;
            lengths[i] = LENGTH;
            Memory.putLongBE(out[i], 0x0200_0000_0002_0200L);
            Memory.putLongBE(out[i] + 8, 0x0000_0001_88b5_0000L);
            Memory.putLong(out[i] + 32, sent + i);
        }
        int taken = n == 0 ? 0 : session.port().txBurst(out, lengths, 0, n);
        sent += taken;
        if (taken > 0) {
            LockSupport.parkNanos(100_000);
        }
        return taken;
    }

    private void check(long frame) {
        if (Memory.getShortBE(frame + 12) != 0x88b5) {
            others++;
            return;
        }
        long number = Memory.getLong(frame + 32);
        if (number != next && wrong == null) {
            wrong = "frame " + number + " came when " + next + " was due";
        }
        next = number + 1;
        received++;
    }

    void stop() throws InterruptedException {
        running.set(false);
        thread.join();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        session.close();
        arena.close();
    }
}
