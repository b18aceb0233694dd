package org.skyway.vswitch.datapath;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What a poll thread is to do between two passes. Any thread tells; the poll thread carries out.
/// Commands about ports always find room, because there are only as many as there are changes of
/// ports; what comes as fast as someone likes is bounded.
final class CommandQueue {
    /// Waiting commands beyond which one that can be dropped is.
    static final int MOST_WAITING = 4096;

    private final ConcurrentLinkedQueue<Consumer<PollThread>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong told = new AtomicLong(); // counted before it is in the queue
    private volatile long done; // counted when it has run

    /// Adds a command that can't be dropped.
    void add(Consumer<PollThread> command) {
        told.incrementAndGet();
        queue.add(command);
    }

    /// Adds a command unless too many are waiting.
    ///
    /// @return whether it was added
    boolean offer(Consumer<PollThread> command) {
        if (told.get() - done >= MOST_WAITING) {
            return false;
        }
        add(command);
        return true;
    }

    /// How many commands there were so far.
    long told() {
        return told.get();
    }

    /// How many of them have run.
    long done() {
        return done;
    }

    boolean isEmpty() {
        long d = done; // first: then nothing that came in between is taken for done
        return d == told.get();
    }

    /// Takes the next command. The poll thread only, which calls [#ran] when it has run.
    ///
    /// @return null if there is none now
    Consumer<PollThread> next() {
        return queue.poll();
    }

    void ran() {
        done = done + 1;
    }
}
