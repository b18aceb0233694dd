package org.skyway.vswitch.port;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.ivshmem.sys.Poller;
import org.skyway.vswitch.fault.Faults;

/// The thread of all sockets of stock VNFs. It waits for their messages and answers them; what poll
/// threads do it leaves to them. Whatever it is sent, it waits for nobody.
public final class PortSockets implements AutoCloseable {
    private static final int TICK_MILLIS = 20;
    private static final long TICK_NANOS = TICK_MILLIS * 1_000_000L;
    private static final int GRACE_MILLIS = 1;
    private static final int ASK_SECONDS = 5;

    private final LongSupplier ticket;
    private final LongPredicate isSettled;
    private final Faults faults;
    private final PortWatch watch;
    private final Poller poller;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<User> users = new ArrayList<>();
    private final List<Leaving> leaving = new ArrayList<>();
    private final Thread thread;
    private volatile boolean running = true;

    /// Who waits for messages. The thread of the sockets.
    interface User {
        /// What it waits for.
        ///
        /// @return a descriptor; null if it waits for nothing but the time
        Descriptor descriptor();

        /// There is something to read, or to accept.
        void ready();

        /// Some milliseconds have passed.
        ///
        /// @param nowNanos [System#nanoTime]
        void tick(long nowNanos);

        /// The switch ends.
        void end();
    }

    // Memory that poll threads may still use.
    private record Leaving(long ticket, Runnable meanwhile, Runnable then) {}

    /// Starts the thread.
    ///
    /// @param ticket takes a ticket of the datapath
    /// @param isSettled whether no poll thread uses any more what it could find before a ticket
    /// @param watch is told what happens to ports
    /// @param faults where errors that were survived are counted
    /// @throws IOException if the process has too many descriptors
    public PortSockets(LongSupplier ticket, LongPredicate isSettled, PortWatch watch, Faults faults)
            throws IOException {
        this.ticket = ticket;
        this.isSettled = isSettled;
        this.watch = watch;
        this.faults = faults;
        poller = new Poller();
        thread = Thread.ofPlatform().daemon().name("port-sockets").start(this::run);
    }

    /// Has the thread do something. Any thread.
    void tell(Runnable task) {
        tasks.add(task);
        poller.wake();
    }

    /// Has the thread do something, and waits for that: it never waits itself, so that is soon.
    ///
    /// @param task what to do
    /// @throws IOException if it fails, or the thread hangs
    void ask(Task task) throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        tell(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        try {
            done.get(ASK_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the thread of the ports' sockets does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sockets were made", e);
        }
    }

    /// What may fail.
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    /// Closes and removes the sockets at which VNFs connect, so that another process can have them;
    /// VNFs that have connected keep that.
    ///
    /// @throws IOException if the thread hangs
    public void closeListeners() throws IOException {
        ask(() -> {
            for (User user : List.copyOf(users)) {
                if (user instanceof SocketListener listener) {
                    listener.end();
                }
            }
        });
    }

    /// From now on waits for a user. The thread.
    void add(User user) {
        users.add(user);
    }

    /// From now on does not. The thread.
    void remove(User user) {
        users.remove(user);
    }

    /// Does something when no poll thread uses any more what it could find before now. The thread.
    ///
    /// @param meanwhile is done again and again until then, to free a poll thread that is held up
    /// @param then is done then
    void afterGrace(Runnable meanwhile, Runnable then) {
        leaving.add(new Leaving(ticket.getAsLong(), meanwhile, then));
    }

    PortWatch watch() {
        return watch;
    }

    Faults faults() {
        return faults;
    }

    private void run() {
        long ticked = System.nanoTime();
        while (running) {
            try {
                pass();
                long now = System.nanoTime();
                if (now - ticked >= TICK_NANOS) {
                    ticked = now;
                    for (User user : List.copyOf(users)) {
                        survive(() -> user.tick(now));
                    }
                }
            } catch (Throwable e) {
                faults.record("port sockets", e);
            }
        }
    }

    private void pass() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            survive(task);
        }
        List<User> waiting = new ArrayList<>();
        List<Descriptor> descriptors = new ArrayList<>();
        for (User user : users) {
            Descriptor d = user.descriptor();
            if (d != null && !d.isClosed()) {
                waiting.add(user);
                descriptors.add(d);
            }
        }
        int millis = leaving.isEmpty() ? TICK_MILLIS : GRACE_MILLIS;
        for (int ready : poller.await(descriptors, millis)) {
            User user = waiting.get(ready);
            if (users.contains(user)) { // not if another's message has ended it
                survive(user::ready);
            }
        }
        boolean settled = true; // in the order in which they came, though poll threads go on
        for (Leaving l : List.copyOf(leaving)) { // what is done then may add others
            settled = settled && isSettled.test(l.ticket);
            if (settled) {
                leaving.remove(l);
                survive(l.then);
            } else {
                survive(l.meanwhile);
            }
        }
    }

    private void survive(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            faults.record("port sockets", e);
        }
    }

    /// Ends the thread and all connections. No poll thread runs any more.
    @Override
    public void close() {
        running = false;
        poller.wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // it may still use what would be closed
        }
        tasks.forEach(this::survive);
        for (User user : List.copyOf(users)) {
            survive(user::end);
        }
        while (!leaving.isEmpty()) {
            survive(leaving.removeFirst().then);
        }
        poller.close();
    }
}
