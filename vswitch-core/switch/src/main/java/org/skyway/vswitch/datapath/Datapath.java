package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.agrona.collections.Int2ObjectHashMap;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.openflow.model.FlowRule;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.tables.TableChanges;
import org.skyway.vswitch.tables.Tables;

/// The poll threads and what they share. Ports are added and removed, and programs run, on the
/// ofproto thread.
///
/// **Tickets.** Whoever changes what poll threads use takes a ticket afterwards ([#invalidate],
/// [#ticket]) and asks [#isSettled] later, without waiting. Poll threads look at the last ticket at
/// the start of a pass, so that when they have seen it every pass that began before is over.
public final class Datapath implements AutoCloseable {
    /// How long [#settle] waits: far longer than any pass, short enough to say what is wrong.
    private static final int LATE_MARK_TRIES = 1 << 20; // passes, while its target has no room

    private static final long SETTLE_NANOS = 5_000_000_000L;

    private final Tables tables;
    private final UpcallSink sink;
    private final Faults faults;
    private final CounterMemory memory;
    private final TableCounters tableCounters;
    private final Arena arena = Arena.ofShared();
    private final PollThread[] threads;
    private final OpenBurst[] bursts; // of each thread
    private final MacIndex macIndex = new MacIndex();
    private final PortSender sender = new PortSender(this);
    private final Revalidator revalidator;
    private final List<Thread> running = new ArrayList<>();
    private volatile Int2ObjectHashMap<DatapathPort> ports = new Int2ObjectHashMap<>(); // copied
    private final AtomicLong lastTicket = new AtomicLong();
    private final AtomicLong epoch = new AtomicLong(); // counts up when nothing cached holds
    private final AtomicLong programsDropped = new AtomicLong();
    private final Map<DatapathPort, Integer> threadOf = new HashMap<>(); // ofproto thread
    private int nextThread;

    /// A datapath without ports; not running yet.
    ///
    /// @param threads how many poll threads, 1 or more
    /// @param tables what the pipeline looks at
    /// @param sink where what is for the ofproto thread goes
    /// @param faults where errors that were survived are counted
    public Datapath(int threads, Tables tables, UpcallSink sink, Faults faults) {
        this(threads, tables, sink, faults, CounterMemory.ofProcess());
    }

    /// A datapath without ports; not running yet.
    ///
    /// @param threads how many poll threads, 1 or more
    /// @param tables what the pipeline looks at
    /// @param sink where what is for the ofproto thread goes
    /// @param faults where errors that were survived are counted
    /// @param memory where its counters lie
    public Datapath(
            int threads, Tables tables, UpcallSink sink, Faults faults, CounterMemory memory) {
        this.tables = tables;
        this.sink = sink;
        this.faults = faults;
        this.memory = memory;
        tableCounters = new TableCounters(memory, threads);
        this.threads = new PollThread[threads];
        bursts = new OpenBurst[threads];
        for (int i = 0; i < threads; i++) {
            bursts[i] = new OpenBurst(i, this, memory.burstLog(i));
            this.threads[i] = new PollThread(i, this, arena);
        }
        revalidator =
                new Revalidator(Arrays.stream(this.threads).map(t -> t.cache().live()).toList());
        tables.macs().onChange(macIndex::changed);
    }

    /// Starts the poll threads.
    ///
    /// @param cores the core of each thread; threads beyond its length are not bound
    /// @throws IllegalArgumentException if this process may not use one of the cores
    public void start(List<Integer> cores) {
        for (int i = 0; i < threads.length; i++) {
            PollThread poll = threads[i];
            int core = i < cores.size() ? cores.get(i) : -1;
            running.add(PinnedThread.start("poll-" + i, core, poll::run));
        }
    }

    /// Adds a port; packets may arrive from it at once. Does not wait.
    ///
    /// @param port a port whose number is not in use
    /// @return a ticket for [#isSettled]
    public long addPort(DatapathPort port) {
        publish(port);
        receiveOn(nextThread++ % threads.length, port);
        return ticket();
    }

    /// Which poll thread receives from a port. Ofproto thread.
    ///
    /// @param port one that was added
    /// @return its index
    public int threadOf(DatapathPort port) {
        return threadOf.getOrDefault(port, 0);
    }

    /// Whether a poll thread receives from a port, or is about to. Ofproto thread.
    ///
    /// @param port any port
    /// @return false for those that only send
    public boolean receivesFrom(DatapathPort port) {
        return threadOf.containsKey(port);
    }

    /// Has no poll thread receive from a port for now. Ofproto thread.
    ///
    /// @param port one that was added
    /// @return a ticket: once [#isSettled], nothing more is received, and all that was is sent
    public long stopReceiving(DatapathPort port) {
        PollThread thread = threads[threadOf(port)];
        thread.tell(t -> t.removePort(port));
        return ticket();
    }

    /// Has a poll thread receive from a port, from which none does. Does nothing if the port was
    /// removed meanwhile. Ofproto thread.
    ///
    /// @param thread its index
    /// @param port the port
    public void receiveOn(int thread, DatapathPort port) {
        if (ports.get(port.number()) == port) {
            threadOf.put(port, thread);
            threads[thread].tell(t -> t.addPort(port));
        }
    }

    /// Adds a port from which no packets ever come.
    ///
    /// @param port a port whose number is not in use
    public void addSink(DatapathPort port) {
        publish(port);
    }

    private void publish(DatapathPort port) {
        Int2ObjectHashMap<DatapathPort> copy = new Int2ObjectHashMap<>(ports);
        if (copy.putIfAbsent(port.number(), port) != null) {
            throw new IllegalStateException("port number " + port.number() + " is in use");
        }
        ports = copy;
    }

    /// Removes a port.
    ///
    /// @param port the port
    /// @return a ticket: once [#isSettled], no poll thread touches the port any more
    public long removePort(DatapathPort port) {
        Int2ObjectHashMap<DatapathPort> copy = new Int2ObjectHashMap<>(ports);
        copy.remove(port.number(), port);
        ports = copy;
        threadOf.remove(port);
        tablesChanged(); // megaflows know the ports that they send to
        for (PollThread t : threads) {
            t.tell(poll -> poll.removePort(port));
        }
        return ticket();
    }

    /// Says that somebody may send from now on: while nobody could, poll threads rest. Any thread.
    public void wake() {
        for (PollThread thread : threads) {
            thread.wake();
        }
    }

    /// Does a program to a packet, between two passes of a poll thread. When thousands of them wait
    /// already, the packet is dropped and counted.
    ///
    /// @param program what to do
    /// @param frame the packet
    /// @return false if it was dropped
    /// @throws IllegalArgumentException if the packet is longer than [RegionHeader#MAX_FRAME]
    public boolean run(DatapathProgram program, byte[] frame) {
        if (frame.length > RegionHeader.MAX_FRAME) {
            throw new IllegalArgumentException(
                    "a packet of %d bytes can't be sent; the longest frame has %d"
                            .formatted(frame.length, RegionHeader.MAX_FRAME));
        }
        boolean taken = threads[0].offer(t -> t.runProgram(program, frame));
        if (!taken) {
            programsDropped.incrementAndGet();
        }
        return taken;
    }

    /// Passes a mark on, between two passes of a poll thread. Any thread.
    ///
    /// @param route where to
    /// @param kind what it is
    public void forwardMark(MarkRoute route, Mark.Kind kind) {
        threads[0].tell(t -> t.forwardMark(route, kind, LATE_MARK_TRIES));
    }

    /// How many packets [#run] dropped.
    ///
    /// @return packets
    public long programsDropped() {
        return programsDropped.get();
    }

    /// Tells the poll threads that nothing they have cached holds any more. Any thread.
    public void tablesChanged() {
        epoch.incrementAndGet();
    }

    /// Waits until no poll thread uses anything that was cached, or any port that was there, before
    /// the call, and until every command has been done: for starting, stopping and tests. Never
    /// called by a poll thread.
    ///
    /// @throws IllegalStateException if a poll thread does not come to the end of its pass; says
    ///   which, what it is at, and since when
    public void settle() {
        tablesChanged();
        await(ticket(), SETTLE_NANOS);
    }

    /// Waits for a ticket.
    ///
    /// @param nanos how long at most
    /// @throws IllegalStateException if it is not settled by then
    void await(long ticket, long nanos) {
        long begin = System.nanoTime();
        for (int spins = 0; !isSettled(ticket); spins++) {
            if (System.nanoTime() - begin > nanos) {
                throw new IllegalStateException(
                        waitsFor(ticket) + "; waited " + nanos / 1_000_000 + " ms");
            }
            if (spins < 100) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /// Has the poll threads forget what changes may have touched. What they look up from now on
    /// they look up in the new version. Ofproto thread. Does not wait.
    ///
    /// @param changes what was published
    /// @return a ticket: once [#isSettled], no poll thread uses an outcome that the changes
    ///   touched, nor is any still finding one out with the tables as they were before
    public long invalidate(TableChanges changes) {
        if (changes.everything() || !revalidator.killTouched(changes.rules())) {
            tablesChanged();
        }
        return ticket();
    }

    /// Has the poll threads find out anew what to do with packets that meet an entry, though
    /// nothing has changed for them: they may know it by more than the port that the packets came
    /// from, from when that was needed. Ofproto thread. Does not wait.
    ///
    /// @param rules the entries
    public void lookAnew(List<FlowRule> rules) {
        if (!revalidator.killTouched(rules)) {
            tablesChanged();
        }
    }

    /// Whether every pass that began before a ticket was given is over, and every command that was
    /// given before it is done. Any thread. Where the datapath was not started, makes a pass.
    ///
    /// @param ticket from [#invalidate] or [#ticket]
    /// @return true as soon as all of that is over; asked again, a thread that has just begun
    ///   another pass may not say so at once
    public boolean isSettled(long ticket) {
        boolean byHand = running.isEmpty();
        for (PollThread t : threads) {
            if (byHand) {
                t.poll(System.nanoTime());
            }
            if (!t.hasSeen(ticket)) {
                return false;
            }
        }
        return true;
    }

    /// A ticket for [#isSettled] without any invalidation. Any thread.
    ///
    /// @return the ticket
    public long ticket() {
        return lastTicket.incrementAndGet();
    }

    /// Which poll thread a ticket waits for, for a message. Any thread.
    ///
    /// @param ticket not settled
    /// @return a sentence that says what it is at and since when; null if the ticket is settled by
    ///   now
    public String waitsFor(long ticket) {
        long now = System.nanoTime();
        for (PollThread t : threads) {
            if (!t.hasSeen(ticket)) {
                return t.state(now);
            }
        }
        return null;
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

    /// What the poll threads' caches did.
    ///
    /// @return one for each thread
    public List<CacheStatistics> cacheStatistics() {
        return Arrays.stream(threads).map(PollThread::cacheStatistics).toList();
    }

    /// What the poll threads have cached, as it is at the moment. Any thread.
    ///
    /// @param actions says what a program does
    /// @return a line for each megaflow, by thread
    public List<List<String>> megaflows(Function<DatapathProgram, String> actions) {
        return Arrays.stream(threads)
                .map(t -> MegaflowText.of(t.cache().live(), actions, System.nanoTime()))
                .toList();
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
    /// datapath that was not started. Time stands still in it.
    ///
    /// @return packets moved
    public int pollOnce() {
        int moved = 0;
        for (PollThread t : threads) {
            moved += t.poll();
        }
        return moved;
    }

    int pollOnce(long nowNanos) {
        int moved = 0;
        for (PollThread t : threads) {
            moved += t.poll(nowNanos);
        }
        return moved;
    }

    long lastTicket() {
        return lastTicket.get();
    }

    long epoch() {
        return epoch.get();
    }

    MacIndex macIndex() {
        return macIndex;
    }

    /// What a thread is at, which belongs to it.
    OpenBurst burst(int thread) {
        return bursts[thread];
    }

    /// The caches of a thread, which belong to it.
    FlowCache cache(int thread) {
        return threads[thread].cache();
    }

    UpcallSink sink() {
        return sink;
    }

    Faults faults() {
        return faults;
    }

    /// Notes what a poll thread survived. Does not throw.
    void survived(String where, Throwable e) {
        faults.record(where, e);
        if (e instanceof InternalError) {
            try {
                // Some port's memory was cut short, and not always that of the port at work.
                ports.forEach((number, port) -> port.checkMemory());
            } catch (Throwable again) {
                faults.record("poll thread: memory", again);
            }
        }
    }

    PortSender sender() {
        return sender;
    }

    /// Sends copies of packets to a port that nobody's rules sent there. On a poll thread.
    ///
    /// @param thread its index
    /// @param port where they go
    /// @param addresses where each packet is; readable up to the next multiple of 64 bytes
    /// @param lengths its length in bytes
    /// @param from index of the first
    /// @param count how many
    public void sendCopies(
            int thread, DatapathPort port, long[] addresses, int[] lengths, int from, int count) {
        sender.sendCopies(bursts[thread], port, addresses, lengths, from, count);
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
        for (PollThread t : threads) {
            t.close();
        }
        arena.close(); // once only, as what follows is done
        for (OpenBurst b : bursts) {
            memory.giveBack(b.log());
        }
    }
}
