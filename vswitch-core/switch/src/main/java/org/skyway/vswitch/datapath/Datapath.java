package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.skyway.ivshmem.sys.Affinity;
import org.skyway.vswitch.pipeline.Program;
import org.skyway.vswitch.pipeline.Tables;

/// The poll threads and what they share. Ports are added and removed, and programs run, on the
/// ofproto thread.
public final class Datapath implements AutoCloseable {
    private final Tables tables;
    private final UpcallSink sink;
    private final TableCounters tableCounters;
    private final Arena arena = Arena.ofShared();
    private final PollThread[] threads;
    private final List<Thread> running = new ArrayList<>();
    private final ConcurrentHashMap<Integer, DatapathPort> ports = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();
    private int nextThread;

    /// A datapath without ports; not running yet.
    ///
    /// @param threads how many poll threads, 1 or more
    /// @param tables what the pipeline looks at
    /// @param sink where what is for the ofproto thread goes
    public Datapath(int threads, Tables tables, UpcallSink sink) {
        this.tables = tables;
        this.sink = sink;
        tableCounters = new TableCounters(threads);
        this.threads = new PollThread[threads];
        for (int i = 0; i < threads; i++) {
            this.threads[i] = new PollThread(i, this, arena);
        }
    }

    /// Starts the poll threads.
    ///
    /// @param cores the core of each thread; threads beyond its length are not bound
    /// @throws IllegalArgumentException if this process may not use one of the cores
    public void start(List<Integer> cores) {
        for (int i = 0; i < threads.length; i++) {
            PollThread poll = threads[i];
            int core = i < cores.size() ? cores.get(i) : -1;
            CompletableFuture<Void> bound = new CompletableFuture<>();
            Thread thread =
                    new Thread(
                            () -> {
                                if (bind(core, bound)) {
                                    poll.run();
                                }
                            },
                            "poll-" + i);
            thread.setDaemon(true);
            running.add(thread);
            thread.start();
            try {
                bound.join();
            } catch (CompletionException e) {
                throw new IllegalArgumentException(e.getCause().getMessage(), e);
            }
        }
    }

    private static boolean bind(int core, CompletableFuture<Void> bound) {
        try {
            if (core >= 0) {
                Affinity.pinCurrentThread(core);
            }
        } catch (IllegalArgumentException e) {
            bound.completeExceptionally(e);
            return false;
        }
        bound.complete(null);
        return true;
    }

    /// Adds a port; packets may arrive from it at once.
    ///
    /// @param port a port whose number is not in use
    public void addPort(DatapathPort port) {
        if (ports.putIfAbsent(port.number(), port) != null) {
            throw new IllegalStateException("port number " + port.number() + " is in use");
        }
        threads[nextThread++ % threads.length].tell(t -> t.addPort(port));
        settle();
    }

    /// Adds a port from which no packets ever come.
    ///
    /// @param port a port whose number is not in use
    public void addSink(DatapathPort port) {
        if (ports.putIfAbsent(port.number(), port) != null) {
            throw new IllegalStateException("port number " + port.number() + " is in use");
        }
        settle();
    }

    /// Removes a port. When this returns, no poll thread touches it any more.
    ///
    /// @param port the port
    public void removePort(DatapathPort port) {
        ports.remove(port.number(), port);
        for (PollThread t : threads) {
            t.tell(poll -> poll.removePort(port));
        }
        settle();
    }

    /// Does a program to a packet, between two passes of a poll thread.
    ///
    /// @param program what to do
    /// @param frame the packet, up to 2048 bytes
    public void run(Program program, byte[] frame) {
        threads[0].tell(t -> t.runProgram(program, frame));
    }

    /// Tells the poll threads that what they have cached no longer holds. Any thread.
    public void tablesChanged() {
        version.incrementAndGet();
    }

    /// Waits until no poll thread uses anything that was cached, or any port that was there, before
    /// the call, and until every command has been done. Never called by a poll thread.
    public void settle() {
        long v = version.incrementAndGet();
        if (running.isEmpty()) {
            for (PollThread t : threads) {
                t.poll();
            }
            return;
        }
        for (PollThread t : threads) {
            for (int spins = 0; !t.hasSeen(v); spins++) {
                if (spins < 100) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
        }
    }

    /// How long the poll threads were busy moving packets.
    ///
    /// @return nanoseconds since the start, of all threads
    public long busyNanos() {
        long sum = 0;
        for (PollThread t : threads) {
            sum += t.busyNanos();
        }
        return sum;
    }

    /// How many poll threads there are.
    ///
    /// @return 1 or more
    public int threads() {
        return threads.length;
    }

    /// Look-ups and hits of each table.
    ///
    /// @return the counters
    public TableCounters tableCounters() {
        return tableCounters;
    }

    /// What the pipeline looks at.
    ///
    /// @return the tables
    public Tables tables() {
        return tables;
    }

    /// Makes one pass of each poll thread on the calling thread: for benchmarks and tests of a
    /// datapath that was not started.
    ///
    /// @return packets moved
    public int pollOnce() {
        int moved = 0;
        for (PollThread t : threads) {
            moved += t.poll();
        }
        return moved;
    }

    long version() {
        return version.get();
    }

    UpcallSink sink() {
        return sink;
    }

    void checkMemory() {
        ports.values().forEach(DatapathPort::checkMemory);
    }

    DatapathPort port(int number) {
        return ports.get(number);
    }

    /// Stops the poll threads and waits for them.
    @Override
    public void close() {
        for (PollThread t : threads) {
            t.stop();
        }
        for (Thread t : running) {
            try {
                t.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return; // its buffers stay mapped: a thread may still use them
            }
        }
        arena.close();
    }
}
