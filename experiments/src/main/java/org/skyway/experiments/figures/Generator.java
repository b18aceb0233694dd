package org.skyway.experiments.figures;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.ivshmem.sys.PacketSocket;
import org.skyway.vnf.frame.Addresses;
import org.skyway.vnf.frame.FrameSizes;
import org.skyway.vnf.frame.SyntheticFrames;
import org.skyway.vnf.frame.TestFrame;

/// Sends frames into two interfaces flat out, by turns, and counts what of them comes out of
/// either; on one thread of this process.
final class Generator implements AutoCloseable {
    private static final int BURST = 32;

    private final List<PacketSocket> sockets = new ArrayList<>();
    private final String size;
    private final long[] received = new long[2];
    private final Thread thread;
    private volatile boolean sending;
    private volatile boolean ending;
    private volatile long published;
    private volatile RuntimeException failure;

    /// @param interfaces two
    /// @param size of frames, see `skyway vnf source`
    Generator(List<String> interfaces, String size) {
        this.size = size;
        try {
            for (String name : interfaces) {
                sockets.add(PacketSocket.open(name));
            }
        } catch (IOException e) {
            sockets.forEach(PacketSocket::close);
            throw new ExperimentException("can't open " + interfaces + ": " + e.getMessage(), e);
        }
        thread = Thread.ofPlatform().daemon().name("generator").start(this::run);
    }

    private void run() {
        long[] addresses = new long[BURST];
        int[] lengths = new int[BURST];
        long[] shown = new long[BURST];
        int[] shownLengths = new int[BURST];
        try (SyntheticFrames frames =
                new SyntheticFrames(
                        new SyntheticFrames.Headers(
                                Addresses.mac("02:00:00:00:00:01"),
                                Addresses.mac("02:00:00:00:00:02"),
                                Addresses.ipv4("10.0.0.1"),
                                Addresses.ipv4("10.0.0.2"),
                                5000),
                        1,
                        FrameSizes.parse(size),
                        1,
                        BURST)) {
            long sequence = 0;
            while (!ending) {
                int moved = 0;
                for (int i = 0; i < 2; i++) {
                    PacketSocket socket = sockets.get(i);
                    int count = socket.rxBurst(shown, shownLengths, 0, BURST);
                    for (int n = 0; n < count; n++) {
                        received[i] += TestFrame.isOne(shown[n], shownLengths[n]) ? 1 : 0;
                    }
                    moved += count;
                    if (sending) {
                        frames.prepare(sequence, BURST, System.nanoTime(), addresses, lengths);
                        int sent = socket.txBurst(addresses, lengths, 0, BURST);
                        sequence += sent;
                        moved += sent;
                    }
                }
                published = received[0] + received[1];
                if (moved == 0) {
                    Thread.sleep(0, 100_000);
                }
            }
        } catch (InterruptedException e) {
            failure = new ExperimentException("interrupted", e);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /// Sends flat out into both.
    ///
    /// @return Mpps that came out of an interface, mean of both
    double mpps(double settleSeconds, double seconds) {
        sending = true;
        Waits.sleep(settleSeconds);
        long before = published;
        long since = System.nanoTime();
        Waits.sleep(seconds);
        long after = published;
        long until = System.nanoTime();
        sending = false;
        Waits.sleep(0.1);
        if (failure != null) {
            throw failure;
        }
        return (after - before) * 1e3 / 2 / (until - since);
    }

    @Override
    public void close() {
        ending = true;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sockets.forEach(PacketSocket::close);
    }
}
