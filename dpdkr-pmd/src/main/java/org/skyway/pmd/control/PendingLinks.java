package org.skyway.pmd.control;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.control.ControlMessage;
import org.skyway.bypass.control.ControlMessage.Attach;
import org.skyway.bypass.control.ControlMessage.Failed;
import org.skyway.ivshmem.region.IvshmemDevices;
import org.skyway.ivshmem.region.Region;

/// Links that a guest was told of and whose devices it has not seen yet. The agent tells it while
/// the host still plugs the device in, so that everything is at hand when it shows up. A thread of
/// its own looks for the devices; the control thread goes on serving, and may call a link off.
final class PendingLinks {
    private static final int NONE = -1;
    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final long LAST_PAUSE_NANOS = 8_000_000;

    private final IvshmemDevices devices;
    private final Duration timeout;
    private final Sink sink;
    private final List<Pending> pending = new ArrayList<>(); // guarded by this, as all that follows
    private final Thread thread;
    private int attaching = NONE; // a slot
    private long pauseNanos;
    private boolean stopped;

    private record Pending(Attach attach, IvshmemDevices.Search search, long sinceNanos) {}

    /// What becomes of links. Called on the thread that looks.
    interface Sink {
        /// A region is there.
        ///
        /// @return the answer
        ControlMessage found(Attach attach, Region region) throws InterruptedException;

        /// Gives an answer to the agent.
        void answer(ControlMessage message) throws IOException;
    }

    /// @param port the port's name, for that of the thread
    /// @param timeout how long a device may take to show up
    PendingLinks(String port, IvshmemDevices devices, Duration timeout, Sink sink) {
        this.devices = devices;
        this.timeout = timeout;
        this.sink = sink;
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("plug-" + port)
                        .priority(Thread.MAX_PRIORITY)
                        .start(this::run);
    }

    /// Begins to look for a link's device.
    synchronized void add(Attach attach) {
        long id = attach.region().regionId();
        pending.add(
                new Pending(
                        attach,
                        devices.search(
                                attach.region().sizeBytes(),
                                base -> RegionHeader.matches(base, RegionHeader.LINK_MAGIC, id),
                                "region " + id),
                        System.nanoTime()));
        pauseNanos = FIRST_PAUSE_NANOS;
        notifyAll();
    }

    /// Does not look any more for what was to take a slot. When this returns, it either will never
    /// be attached, or is.
    ///
    /// @return what will never be attached
    synchronized List<Attach> callOff(int slot) throws InterruptedException {
        List<Attach> off =
                pending.stream().map(Pending::attach).filter(a -> a.slot() == slot).toList();
        pending.removeIf(p -> off.contains(p.attach));
        while (attaching == slot) {
            wait();
        }
        return off;
    }

    /// Ends the thread. What it is about to attach, it attaches, unless the caller is interrupted,
    /// because the data thread is gone.
    void stop() throws InterruptedException {
        synchronized (this) {
            stopped = true;
            pending.clear();
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    private void run() {
        try {
            for (List<Pending> all; !(all = next()).isEmpty(); ) {
                for (Pending p : all) {
                    look(p);
                }
            }
        } catch (InterruptedException e) {
            return; // see stop
        } catch (IOException e) {
            // The control thread finds the connection broken, too, and stops this.
            synchronized (this) {
                pending.clear();
            }
        }
    }

    /// Waits until it is time to look.
    ///
    /// @return what to look for; nothing when it is time to end
    private synchronized List<Pending> next() throws InterruptedException {
        if (!pending.isEmpty()) {
            wait(pauseNanos / 1_000_000, (int) (pauseNanos % 1_000_000));
            pauseNanos = Math.min(2 * pauseNanos, LAST_PAUSE_NANOS);
        }
        while (pending.isEmpty() && !stopped) {
            wait();
        }
        return List.copyOf(pending);
    }

    private void look(Pending p) throws IOException, InterruptedException {
        Region region;
        try {
            region = p.search.look();
        } catch (IllegalArgumentException e) {
            giveUp(p, e);
            return;
        }
        if (region == null) {
            if (System.nanoTime() - p.sinceNanos >= timeout.toNanos()) {
                giveUp(p, p.search.failure(timeout));
            }
        } else if (take(p)) {
            try {
                sink.answer(sink.found(p.attach, region));
            } finally {
                attached();
            }
        } else {
            region.close();
        }
    }

    private void giveUp(Pending p, Exception reason) throws IOException {
        if (take(p)) {
            attached();
            sink.answer(new Failed(p.attach.id(), reason.getMessage()));
        }
    }

    /// @return false if it was called off
    private synchronized boolean take(Pending p) {
        if (!pending.remove(p)) {
            return false;
        }
        attaching = p.attach.slot();
        return true;
    }

    private synchronized void attached() {
        attaching = NONE;
        notifyAll();
    }
}
