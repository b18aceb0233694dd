package org.skyway.experiments.switchover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.skyway.pmd.control.PortSession;
import org.skyway.pmd.control.SwitchLoss;
import org.skyway.vnf.frame.TestFrame;

/// The VNFs at the two ends of the ways, in this process, so that what they get is judged by one
/// clock. One thread polls both; figures may be read by any.
final class BarrierReceivers implements AutoCloseable {
    private static final int BURST = 32;
    private static final int MOST_LATER = 1 << 20;

    private final List<PortSession> sessions = new ArrayList<>();
    private final Thread thread;
    private final long[] laterSent = new long[MOST_LATER];
    private final byte[] laterWay = new byte[MOST_LATER];
    private int laters;
    private volatile WayClock clock;
    private volatile boolean running = true;

    private final AtomicLong right = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong either = new AtomicLong();
    private final AtomicLong unjudged = new AtomicLong(); // there was no room for them
    private final AtomicLongArray received = new AtomicLongArray(2);
    private volatile String broken;

    BarrierReceivers(Path directory, List<String> ports, Consumer<String> log)
            throws IOException, InterruptedException {
        for (String port : ports) {
            sessions.add(PortSession.open(directory, port, "sink", SwitchLoss.END, log));
        }
        thread = Thread.ofPlatform().name("receivers").start(this::run);
    }

    /// Judges by another clock from now on; figures begin anew. While nobody sends.
    void use(WayClock next) {
        clock = next;
        right.set(0);
        wrong.set(0);
        either.set(0);
        unjudged.set(0);
    }

    private void run() {
        long[] addresses = new long[BURST];
        int[] lengths = new int[BURST];
        try {
            while (running) {
                int moved = 0;
                for (int way = 0; way < sessions.size(); way++) {
                    int count = sessions.get(way).port().rxBurst(addresses, lengths, 0, BURST);
                    for (int i = 0; i < count; i++) {
                        if (TestFrame.isOne(addresses[i], lengths[i])) {
                            judge(TestFrame.sentNanos(addresses[i]), way);
                        }
                    }
                    received.addAndGet(way, count);
                    moved += count;
                }
                if (moved == 0) {
                    judgeLaters();
                    LockSupport.parkNanos(20_000);
                } else if (laters > 0) {
                    judgeLaters();
                }
            }
        } catch (RuntimeException e) {
            broken = e.toString();
        }
    }

    private void judgeLaters() {
        int count = laters;
        laters = 0;
        for (int i = 0; i < count; i++) {
            judge(laterSent[i], laterWay[i]);
        }
    }

    private void judge(long sent, int way) {
        WayClock by = clock;
        if (by == null) {
            return;
        }
        switch (by.judge(sent, way)) {
            case RIGHT -> right.incrementAndGet();
            case WRONG -> wrong.incrementAndGet();
            case EITHER -> either.incrementAndGet();
            case LATER -> {
                if (laters < MOST_LATER) {
                    laterSent[laters] = sent;
                    laterWay[laters++] = (byte) way;
                } else {
                    unjudged.incrementAndGet();
                }
            }
        }
    }

    /// Packets that came the way that they had to.
    long right() {
        return right.get();
    }

    /// Packets that came another way.
    long wrong() {
        return wrong.get();
    }

    /// Packets that were sent while a change was under way.
    long either() {
        return either.get();
    }

    /// Packets that could not be judged.
    long unjudged() {
        return unjudged.get();
    }

    /// What ended the thread that polls; null if it runs.
    String broken() {
        return broken;
    }

    long received() {
        return received.get(0) + received.get(1);
    }

    @Override
    public void close() {
        running = false;
        Joins.join(thread);
        sessions.forEach(PortSession::close);
    }
}
