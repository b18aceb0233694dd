package org.skyway.vswitch.datapath;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.skyway.bypass.ring.Mark;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.counters.BurstLog;
import org.skyway.vswitch.pipeline.DatapathProgram;
import org.skyway.vswitch.tables.PortQos;

/// One thread of the datapath. It alone receives from the ports that it was given.
///
/// Whatever is thrown is caught at the smallest unit that can be dropped: a packet, the packets for
/// one port, a mark, a command, a port's turn. It is counted as dropped at its port and recorded in
/// the datapath's faults, and the rest goes on. Only [#stop] ends the thread.
final class PollThread {
    static final int BURST = 32;

    /// Commands that one pass carries out at most.
    static final int COMMANDS_PER_PASS = 64;

    private static final int BETWEEN_PORTS = Integer.MIN_VALUE;

    private static final VarHandle PASS_NANOS;
    private static final VarHandle PLACE;

    static {
        try {
            MethodHandles.Lookup here = MethodHandles.lookup();
            PASS_NANOS = here.findVarHandle(PollThread.class, "passNanos", long.class);
            PLACE = here.findVarHandle(PollThread.class, "place", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Stands for a packet whose megaflow could not be found out.
    private static final Megaflow LOST = Megaflow.of();

    private final int index;
    private final Datapath datapath;
    private final CommandQueue commands = new CommandQueue();
    private final OpenBurst burst;
    private final BurstLog log;
    private final FlowCache cache;
    private final PacketExecutor executor;
    private final TxQueues tx;

    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];
    private final int[] whole = new int[1]; // how many rxWhole has shown
    private final Megaflow[] flows = new Megaflow[BURST];
    private final long buffers; // BURST private packet buffers

    private final RxPorts rxPorts = new RxPorts();
    private final Idling idling;
    private final MarkForwarder marks;
    private int firstPort; // where the next pass starts
    private final Passes passes = new Passes(commands);
    private long now = System.nanoTime();
    private long passNanos = now; // when the last pass began; opaque
    private int place = BETWEEN_PORTS; // number of the port at work; opaque
    private final BurstSizes bursts = new BurstSizes();
    private volatile long busyNanos;
    private volatile boolean ended;

    PollThread(int index, Datapath datapath, Arena arena) {
        this.index = index;
        this.datapath = datapath;
        burst = datapath.burst(index);
        log = burst.log();
        idling = new Idling(commands, rxPorts);
        marks = new MarkForwarder(datapath, burst);
        cache = new FlowCache(index, datapath);
        executor = new PacketExecutor(burst, datapath, cache, arena);
        tx = new TxQueues(burst, datapath.threads() > 1, datapath.sender());
        buffers = arena.allocate((long) BURST * PacketExecutor.BUFFER_BYTES, 64).address();
    }

    void run() {
        try {
            while (!idling.isOver()) {
                try {
                    passAndIdle();
                } catch (Throwable e) {
                    datapath.survived("poll thread: pass", e);
                }
            }
        } finally {
            ended = true;
            passes.end();
        }
    }

    private void passAndIdle() {
        int moved = poll();
        long t = System.nanoTime();
        if (moved > 0) {
            busyNanos = busyNanos + (t - now);
        }
        now = t;
        if (moved > 0) {
            idling.moved(moved, t);
            return;
        }
        passes.quiet(true);
        try {
            idling.pause(t);
        } finally {
            passes.quiet(false); // before the next pass looks at the ticket
        }
    }

    /// One pass, by a thread that is not this one, which was not started.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return packets and marks moved
    int poll(long nowNanos) {
        now = nowNanos;
        return poll();
    }

    /// One pass over all ports.
    ///
    /// @return packets and marks moved
    int poll() {
        PASS_NANOS.setOpaque(this, now);
        beginPass();
        final RxPort[] ports = rxPorts.awake();
        final int n = rxPorts.count();
        if (firstPort >= n) {
            firstPort = 0; // ports have gone
        }
        int moved = 0;
        int most = 0;
        boolean silence = false;
        for (int i = 0; i < n; i++) {
            final int at = firstPort + i < n ? firstPort + i : firstPort + i - n;
            final RxPort rx = ports[at];
            final int m = turn(rx);
            if (m > 0) {
                rx.silent = 0;
                moved += m;
                most = Math.max(most, m);
            } else {
                silence |= RxPorts.isSilent(rx);
            }
        }
        // Who has more than a burst comes again; another port is the first then, so that none can
        // starve those behind it. Else packets are taken in the order of the ports.
        firstPort = most >= BURST && firstPort + 1 < n ? firstPort + 1 : 0;
        PLACE.setOpaque(this, BETWEEN_PORTS);
        if (silence) {
            rxPorts.rest();
        }
        return moved;
    }

    // The ticket is read first: whatever it stands for was done before, and is seen by what
    // follows.
    private void beginPass() {
        passes.begin(datapath.lastTicket());
        cache.begin(datapath.epoch(), now);
        if (!commands.isEmpty()) {
            carryOut();
        }
        passes.advance();
        rxPorts.wake(idling.sleeps());
    }

    private void carryOut() {
        for (int i = 0; i < COMMANDS_PER_PASS; i++) {
            Consumer<PollThread> command = commands.next();
            if (command == null) {
                return;
            }
            try {
                command.accept(this);
            } catch (Throwable e) {
                datapath.survived("poll thread: command", e);
            } finally {
                commands.ran();
            }
        }
    }

    private int turn(RxPort rx) {
        DatapathPort port = rx.port;
        PLACE.setOpaque(this, port.number());
        int n = 0;
        try {
            final int passed = rx.leavesToOthers ? pass(rx) : 0;
            n = passed > 0 ? passed : port.rxBurst(addresses, lengths, BURST);
            if (n > 0) {
                rx.away = false;
                bursts.add(n);
                if (passed == 0) {
                    forward(rx, n);
                }
            }
        } catch (Throwable e) {
            tx.clear();
            lost(rx, n, "poll thread: burst", e);
        }
        try {
            if (n > 0) {
                burst.end(port); // also of what was lost: it is not looked at again
            }
            if (n < BURST && port.rxMark() != 0) {
                return n + marks.forward(rx);
            }
        } catch (Throwable e) {
            datapath.survived("poll thread: port", e);
        }
        return n;
    }

    // Moves packets as their sender left them, if all that it sends goes to one port that takes
    // them so. Whoever looks at them must see them complete.
    private int pass(RxPort rx) {
        final Megaflow only = cache.only(rx, 0);
        final DatapathPort to = only == null ? null : only.onlyOutput;
        if (to == null
                || rx.port.taps() != null
                || to.taps() != null
                || to.egress() != null
                || rx.port.policer() != null) {
            return 0;
        }
        final long[] left = rx.port.rxWhole(addresses, lengths, whole, to);
        final int n = left == null ? 0 : whole[0];
        if (n == 0) {
            return 0;
        }
        long bytes = 0;
        for (int i = 0; i < n; i++) {
            bytes += lengths[i];
        }
        rx.port.traffic().add(log, Traffic.RX_PACKETS, n, bytes);
        cache.hit(n);
        only.count(burst, n, bytes, now, datapath.tableCounters());
        datapath.sender().sendWhole(burst, rx.port, to, addresses, lengths, left, n);
        return n;
    }

    private void lost(RxPort rx, int packets, String where, Throwable e) {
        datapath.survived(where, e);
        rx.port.traffic().add(log, Traffic.RX_DROPPED, packets);
    }

    private void forward(RxPort rx, int received) {
        int n = received;
        long bytes = 0;
        int wrong = 0; // negative if a length is out of range
        for (int i = 0; i < n; i++) {
            bytes += lengths[i];
            wrong |= lengths[i] - 1 | PacketExecutor.MAX_FRAME - lengths[i];
        }
        final Policer policer = rx.port.policer();
        if (wrong < 0 || policer != null) {
            n = wrong < 0 ? withoutWrongLengths(rx, n) : n;
            n = policer == null ? n : police(rx, policer, n);
            bytes = 0;
            for (int i = 0; i < n; i++) {
                bytes += lengths[i];
            }
        }
        final PortTaps taps = rx.port.taps();
        if (taps != null) {
            taps.received(datapath, index, addresses, lengths, n);
        }
        rx.port.traffic().add(log, Traffic.RX_PACKETS, n, bytes);
        Megaflow only = cache.only(rx, n);
        if (only != null && (only.onlyOutput != null || only.drops)) {
            only.count(burst, n, bytes, now, datapath.tableCounters());
            if (only.onlyOutput != null) {
                final int queue = PortQos.DEFAULT_QUEUE;
                datapath.sender().send(burst, only.onlyOutput, queue, addresses, lengths, 0, n);
            }
            return;
        }
        copyIn(rx, n);
        for (int i = 0; i < n; i++) {
            if (flows[i] == null) {
                flows[i] = only != null ? only : flowOf(rx, i);
            }
        }
        for (int i = 0; i < n; ) {
            Megaflow flow = flows[i];
            int end = i + 1;
            long runBytes = lengths[i];
            while (end < n && flows[end] == flow) {
                runBytes += lengths[end++];
            }
            flow.count(burst, end - i, runBytes, now, datapath.tableCounters());
            if (flow.onlyOutput != null) {
                tx.add(flow.onlyOutput, addresses, lengths, i, end);
            } else if (!flow.drops) {
                tx.send(); // what was received earlier goes out earlier
                for (int k = i; k < end; k++) {
                    execute(rx, flow, k);
                }
            }
            i = end;
        }
        tx.send();
    }

    private int police(RxPort rx, Policer policer, int n) {
        int kept = policer.admit(addresses, lengths, n, now);
        rx.port.traffic().add(log, Traffic.RX_DROPPED, n - kept);
        return kept;
    }

    // A ring shows no such packets if the switch knows its geometry; nothing here relies on it.
    private int withoutWrongLengths(RxPort rx, int n) {
        int kept = 0;
        for (int i = 0; i < n; i++) {
            int length = lengths[i];
            if (length > 0 && length <= PacketExecutor.MAX_FRAME) {
                addresses[kept] = addresses[i];
                lengths[kept++] = length;
            } else {
                datapath.faults()
                        .record(
                                "poll thread: packet",
                                "length",
                                "port %d handed out a packet of %d bytes; a packet has 1 to %d"
                                        .formatted(
                                                rx.port.number(),
                                                length,
                                                PacketExecutor.MAX_FRAME));
            }
        }
        rx.port.traffic().add(log, Traffic.RX_DROPPED, n - kept);
        return kept;
    }

    // The sender could change a packet after the look-up: look at a copy that it can't reach. Apart
    // from the look-up, because the two together are too much for the compiler.
    private void copyIn(RxPort rx, int n) {
        for (int i = 0; i < n; i++) {
            try {
                long buffer = buffer(i);
                Memory.copyPacket(addresses[i], buffer, lengths[i]);
                addresses[i] = buffer;
                flows[i] = null;
            } catch (Throwable e) {
                lost(rx, 1, "poll thread: packet", e);
                flows[i] = LOST;
            }
        }
    }

    // Its name stands in the options of the JVM.
    private Megaflow flowOf(RxPort rx, int i) {
        try {
            return cache.classify(rx, addresses[i], lengths[i]);
        } catch (Throwable e) {
            lost(rx, 1, "poll thread: packet", e);
            return LOST;
        }
    }

    private void execute(RxPort rx, Megaflow flow, int i) {
        try {
            if (!executor.run(flow.program, addresses[i], lengths[i])) {
                rx.port.traffic().add(log, Traffic.RX_DROPPED, 1);
            }
        } catch (Throwable e) {
            lost(rx, 1, "poll thread: packet", e);
        }
    }

    private long buffer(int i) {
        return buffers + (long) i * PacketExecutor.BUFFER_BYTES + PacketExecutor.HEADROOM;
    }

    // ---- commands; run on this thread

    void addPort(DatapathPort port) {
        rxPorts.add(port);
    }

    void removePort(DatapathPort port) {
        rxPorts.remove(port);
        tx.forget();
        burst.forget();
    }

    void runProgram(DatapathProgram program, byte[] frame) {
        long buffer = buffer(0);
        Memory.copyFromArray(frame, 0, buffer, frame.length);
        new Megaflow(program).count(burst, 1, frame.length, now, datapath.tableCounters());
        try {
            executor.run(program, buffer, frame.length);
        } finally {
            burst.end(null);
        }
    }

    void forwardMark(MarkRoute route, Mark.Kind kind, int tries) {
        if (!marks.send(route, kind) && tries > 0) {
            tell(t -> t.forwardMark(route, kind, tries - 1));
        }
    }

    // ---- any thread

    /// Has this thread do something between two passes.
    void tell(Consumer<PollThread> command) {
        commands.add(command);
        wake();
    }

    /// The same with something that may be dropped if too much is waiting.
    ///
    /// @return whether it will be done
    boolean offer(Consumer<PollThread> command) {
        boolean taken = commands.offer(command);
        wake();
        return taken;
    }

    /// Ends its rest, if it rests. Any thread.
    void wake() {
        idling.wake();
    }

    /// Whether whatever was before a ticket is over here.
    boolean hasSeen(long t) {
        return passes.hasSeen(t);
    }

    /// What a ticket waits for here.
    ///
    /// @param nowNanos [System#nanoTime]
    /// @return a sentence that names the thread, what it is at, and since when
    String state(long nowNanos) {
        if (ended) {
            return "poll thread " + index + " has ended";
        }
        long millis = Math.max(0, nowNanos - (long) PASS_NANOS.getOpaque(this)) / 1_000_000;
        int at = (int) PLACE.getOpaque(this);
        return "poll thread %d has been in one pass for %d ms, %s; %d commands wait"
                .formatted(
                        index,
                        millis,
                        at == BETWEEN_PORTS ? "between ports" : "at port " + at,
                        commands.told() - commands.done());
    }

    long busyNanos() {
        return busyNanos;
    }

    CacheStatistics cacheStatistics() {
        return cache.statistics(busyNanos, bursts);
    }

    FlowCache cache() {
        return cache;
    }

    void stop() {
        idling.stop();
    }

    /// Lets go of what it has. After its end.
    void close() {
        rxPorts.close();
    }
}
