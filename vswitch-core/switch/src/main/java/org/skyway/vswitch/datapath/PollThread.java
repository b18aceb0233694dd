package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.vswitch.classifier.TupleTable;
import org.skyway.vswitch.pipeline.Program;
import org.skyway.vswitch.pipeline.Translation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread of the datapath. It alone receives from the ports that it was given.
final class PollThread {
    private static final Logger LOG = LoggerFactory.getLogger(PollThread.class);
    private static final int MOST_LOGGED = 10;

    static final int BURST = 32;

    /// After so many passes without a packet, some 100 ms, it may rest for longer.
    private static final int PASSES_BEFORE_REST = 1000;

    private static final long REST_NANOS = 1_000_000;

    /// Megaflows a thread keeps before it starts anew; a bound on memory, not on flows.
    private static final int MAX_MEGAFLOWS = 65536;

    private static final long IN_PORT_MASK = 0xffff_ffff_0000_0000L;

    private final int index;
    private final Datapath datapath;
    private final IdleStrategy idle =
            new BackoffIdleStrategy(100, 200, 1_000, 100_000); // spin, yield, park up to 100 µs
    private final ManyToOneConcurrentArrayQueue<Consumer<PollThread>> commands =
            new ManyToOneConcurrentArrayQueue<>(4096);
    private final PacketParser parser = new PacketParser();
    private final ExactMatchCache exact = new ExactMatchCache();
    private final TupleTable<Megaflow> megaflows = new TupleTable<>();
    private final PacketExecutor executor;

    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];
    private final Megaflow[] flows = new Megaflow[BURST];
    private final long buffers; // BURST private packet buffers

    private RxPort[] rxPorts = new RxPort[0];
    private TxQueue[] txQueues = new TxQueue[0]; // those with packets come first
    private int pendingQueues;
    private long version = -1;
    private volatile long seenVersion = -1;
    private volatile boolean quiet;
    private volatile Thread resting; // while it does, who is woken for a command
    private int idlePasses;
    private long now = System.nanoTime();
    private volatile long busyNanos;
    private volatile boolean running = true;
    private int failures;

    /// A port to receive from, with the megaflow of all its packets, if there is one.
    private static final class RxPort {
        final DatapathPort port;
        Megaflow only;
        boolean away; // its VNF said that it sends elsewhere, and has sent nothing here since

        RxPort(DatapathPort port) {
            this.port = port;
        }
    }

    /// Packets of this burst that wait to be sent together.
    private static final class TxQueue {
        final DatapathPort port;
        final long[] addresses = new long[BURST];
        final int[] lengths = new int[BURST];
        int count;

        TxQueue(DatapathPort port) {
            this.port = port;
        }
    }

    PollThread(int index, Datapath datapath, Arena arena) {
        this.index = index;
        this.datapath = datapath;
        executor = new PacketExecutor(index, datapath, arena);
        buffers = arena.allocate((long) BURST * PacketExecutor.BUFFER_BYTES, 64).address();
    }

    void run() {
        while (running) {
            int moved = pollSafely();
            long t = System.nanoTime();
            if (moved > 0) {
                busyNanos = busyNanos + (t - now);
            }
            now = t;
            if (moved > 0) {
                idlePasses = 0;
                idle.idle(moved);
            } else {
                quiet = true;
                if (++idlePasses > PASSES_BEFORE_REST && nothingIsExpected()) {
                    rest();
                } else {
                    idle.idle(0);
                }
                quiet = false; // before the next pass looks at the version
            }
        }
        seenVersion = Long.MAX_VALUE;
    }

    // Who sends past the switch does so until it obeys a command, and then it has a mark that can
    // wait for a moment; so a switch whose VNFs have bypasses leaves the cores to them.
    private boolean nothingIsExpected() {
        for (RxPort rx : rxPorts) {
            if (!rx.away && rx.port.mayReceive()) {
                return false;
            }
        }
        return true;
    }

    private void rest() {
        resting = Thread.currentThread();
        if (commands.isEmpty() && running) {
            LockSupport.parkNanos(REST_NANOS);
        }
        resting = null;
    }

    // Neither a packet that brings a mistake in the switch to light nor a VNF that cuts its region
    // short may end all traffic.
    private int pollSafely() {
        try {
            return poll();
        } catch (RuntimeException | InternalError e) {
            if (failures++ < MOST_LOGGED) {
                LOG.error("poll thread {}: a burst was lost", index, e);
            }
            pendingQueues = 0;
            for (TxQueue queue : txQueues) {
                queue.count = 0;
            }
            if (e instanceof InternalError) {
                datapath.checkMemory();
            }
            return 1;
        }
    }

    /// One pass over all ports.
    ///
    /// @return packets and marks moved
    int poll() {
        int moved = commands.isEmpty() ? 0 : commands.drain(this::apply);
        long v = datapath.version();
        if (v != version) {
            flush();
            version = v;
            seenVersion = v; // whatever the version before led to is over
        }
        for (RxPort rx : rxPorts) {
            DatapathPort port = rx.port;
            int n = port.rxBurst(addresses, lengths, BURST);
            if (n > 0) {
                rx.away = false;
                forward(rx, n);
                port.rxRelease();
                moved += n;
            }
            if (n < BURST && port.rxMark() != 0) {
                moved += forwardMark(rx);
            }
        }
        return moved;
    }

    private void apply(Consumer<PollThread> command) {
        command.accept(this);
    }

    private void forward(RxPort rx, int n) {
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            bytes += lengths[i];
        }
        rx.port.traffic().add(index, Traffic.RX_PACKETS, n);
        rx.port.traffic().add(index, Traffic.RX_BYTES, bytes);
        Megaflow only = rx.only;
        if (only != null && (only.onlyOutput != null || only.drops)) {
            only.count(index, n, bytes, now, datapath.tableCounters());
            if (only.onlyOutput != null) {
                only.onlyOutput.send(index, addresses, lengths, 0, n);
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            // The sender could change the packet after the look-up: look at a copy that it can't
            // reach.
            long buffer = buffer(i);
            Memory.copyPacket(addresses[i], buffer, lengths[i]);
            addresses[i] = buffer;
            flows[i] = only != null ? only : classify(rx, buffer, lengths[i]);
        }
        for (int i = 0; i < n; ) {
            Megaflow flow = flows[i];
            int end = i + 1;
            long runBytes = lengths[i];
            while (end < n && flows[end] == flow) {
                runBytes += lengths[end++];
            }
            flow.count(index, end - i, runBytes, now, datapath.tableCounters());
            if (flow.onlyOutput != null) {
                enqueue(flow.onlyOutput, i, end);
            } else if (!flow.drops) {
                sendPending(); // what was received earlier goes out earlier
                for (int k = i; k < end; k++) {
                    executor.run(flow.program, addresses[k], lengths[k]);
                }
            }
            i = end;
        }
        sendPending();
    }

    private long buffer(int i) {
        return buffers + (long) i * PacketExecutor.BUFFER_BYTES + PacketExecutor.HEADROOM;
    }

    private Megaflow classify(RxPort rx, long packet, int length) {
        int words = parser.parse(packet, length, rx.port.number());
        long[] key = parser.key();
        long tag = ExactMatchCache.hash(key, words);
        Megaflow flow = exact.find(tag, key, words);
        if (flow != null) {
            return flow;
        }
        flow = megaflows.lookup(key, null);
        if (flow == null) {
            flow = translate(rx, key);
        }
        exact.put(tag, key, flow);
        return flow;
    }

    private Megaflow translate(RxPort rx, long[] key) {
        Translation translation = new Translation(datapath.tables(), key, now);
        Program program = translation.run();
        if (translation.learned()) {
            datapath.tablesChanged(); // flows that flood to what is now known, in every thread
        }
        int out = program.onlyOutput();
        Megaflow flow = new Megaflow(program, out < 0 ? null : datapath.port(out));
        if (megaflows.size() >= MAX_MEGAFLOWS) {
            megaflows.clear();
            exact.clear();
            executor.flush();
        }
        Match match = Match.of(key, translation.examined());
        megaflows.put(match, 0, flow);
        if (match.words() == 1 << FlowKey.IN_PORT && match.mask(FlowKey.IN_PORT) == IN_PORT_MASK) {
            rx.only = flow;
        }
        return flow;
    }

    private void enqueue(DatapathPort port, int from, int to) {
        TxQueue queue = null;
        for (int q = 0; q < pendingQueues; q++) {
            if (txQueues[q].port == port) {
                queue = txQueues[q];
                break;
            }
        }
        if (queue == null) {
            queue = startQueue(port);
        }
        for (int i = from; i < to; i++) {
            queue.addresses[queue.count] = addresses[i];
            queue.lengths[queue.count++] = lengths[i];
        }
    }

    private TxQueue startQueue(DatapathPort port) {
        for (int q = pendingQueues; q < txQueues.length; q++) {
            if (txQueues[q].port == port) {
                TxQueue found = txQueues[q];
                txQueues[q] = txQueues[pendingQueues];
                txQueues[pendingQueues++] = found;
                return found;
            }
        }
        // The first packet to this port since ports changed.
        TxQueue[] more = java.util.Arrays.copyOf(txQueues, txQueues.length + 1);
        more[txQueues.length] = more[pendingQueues];
        more[pendingQueues] = new TxQueue(port);
        txQueues = more;
        return more[pendingQueues++];
    }

    private void sendPending() {
        for (int q = 0; q < pendingQueues; q++) {
            TxQueue queue = txQueues[q];
            queue.port.send(index, queue.addresses, queue.lengths, 0, queue.count);
            queue.count = 0;
        }
        pendingQueues = 0;
    }

    // Marks follow the packets before them. One that finds no room waits, and this port's packets
    // with it.
    private int forwardMark(RxPort rx) {
        DatapathPort port = rx.port;
        long mark = port.rxMark();
        MarkRoute route = port.markRoute(Mark.epoch(mark));
        Mark.Kind kind =
                Mark.is(mark, Mark.Kind.TO_BYPASS)
                        ? Mark.Kind.TO_BYPASS
                        : Mark.is(mark, Mark.Kind.TO_NORMAL) ? Mark.Kind.TO_NORMAL : null;
        if (route == null || kind == null) {
            port.traffic().add(index, Traffic.STRAY_MARKS, 1);
        } else if (!route.target().sendMark(Mark.of(kind, route.slot(), route.epoch()))) {
            return 0;
        }
        port.takeRxMark();
        rx.away = kind == Mark.Kind.TO_BYPASS;
        return 1;
    }

    private void flush() {
        executor.flush();
        exact.clear();
        megaflows.clear();
        for (RxPort rx : rxPorts) {
            rx.only = null;
        }
        txQueues = new TxQueue[0];
    }

    // ---- commands; run on this thread

    void addPort(DatapathPort port) {
        RxPort[] more = java.util.Arrays.copyOf(rxPorts, rxPorts.length + 1);
        more[rxPorts.length] = new RxPort(port);
        rxPorts = more;
    }

    void removePort(DatapathPort port) {
        rxPorts =
                java.util.Arrays.stream(rxPorts)
                        .filter(rx -> rx.port != port)
                        .toArray(RxPort[]::new);
    }

    void runProgram(Program program, byte[] frame) {
        long buffer = buffer(0);
        Memory.copyFromArray(frame, 0, buffer, frame.length);
        new Megaflow(program, null)
                .count(index, 1, frame.length, System.nanoTime(), datapath.tableCounters());
        executor.run(program, buffer, frame.length);
    }

    // ---- any thread

    /// Has this thread do something between two passes.
    ///
    /// @throws IllegalStateException if it has not kept up with thousands of commands
    void tell(Consumer<PollThread> command) {
        for (int tries = 0; !commands.offer(command); tries++) {
            if (tries > 10_000_000 || !running) {
                throw new IllegalStateException(
                        "poll thread "
                                + index
                                + " does not take commands; it has "
                                + commands.size());
            }
            Thread.onSpinWait();
        }
        Thread asleep = resting;
        if (asleep != null) {
            LockSupport.unpark(asleep);
        }
    }

    /// Whether nothing is used any more that was cached before a version, and every command is
    /// done. A thread between two passes uses nothing, and the next pass begins by looking at the
    /// version; so a barrier need not wake a switch that has nothing to do.
    boolean hasSeen(long v) {
        // In this order: a command leaves the queue in a pass, and the thread is quiet after it.
        return commands.isEmpty() && (quiet || seenVersion >= v);
    }

    long busyNanos() {
        return busyNanos;
    }

    void stop() {
        running = false;
    }

    static {
        if (RegionHeader.MAX_FRAME > PacketExecutor.MAX_FRAME) {
            throw new AssertionError("a packet buffer is smaller than a ring's longest frame");
        }
    }
}
