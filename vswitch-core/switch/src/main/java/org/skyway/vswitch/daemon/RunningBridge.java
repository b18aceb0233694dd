package org.skyway.vswitch.daemon;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.skyway.agent.Agent;
import org.skyway.agent.PortHost;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.bridge.Bridge;
import org.skyway.vswitch.bridge.BridgeFabric;
import org.skyway.vswitch.bridge.PortListener;
import org.skyway.vswitch.config.ConfigException;
import org.skyway.vswitch.config.PortConfig;
import org.skyway.vswitch.config.SwitchConfig;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.journal.Journal;
import org.skyway.vswitch.ofproto.Ofproto;
import org.skyway.vswitch.ofproto.OfprotoConfig;
import org.skyway.vswitch.ofproto.OfprotoThread;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.SavedState;
import org.skyway.vswitch.state.StateQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bridge with its OpenFlow side and its clock: what a switch has one or several of.
public final class RunningBridge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningBridge.class);
    private static final long TICK_MILLIS = 2; // while a link is under way
    private static final long IDLE_MILLIS = 20;
    private static final long STILL_MILLIS = 100; // without VNFs
    private static final long SLOW_NANOS = 200_000_000;
    private static final long ANSWER_SECONDS = 10;

    private final SwitchConfig config;
    private final Faults faults;
    private final Bridge bridge;
    private final Ofproto ofproto;
    private long slowNanos = System.nanoTime(); // when the last slow tick was
    private Future<?> next; // the tick that is to come
    private boolean still; // nothing happens until somebody comes
    private final OfprotoThread shared; // null: the ofproto thread is its own
    private boolean closed;

    /// A bridge that does nothing before [#start].
    ///
    /// @param config what the user asked for
    /// @param openFlow what its OpenFlow side is started with
    /// @param regions where its regions are made
    /// @param journal where events are recorded
    /// @param faults where errors that were survived are counted
    /// @param state what is to be remembered by the switch that comes after this one; null for
    ///   nothing
    public RunningBridge(
            SwitchConfig config,
            OfprotoConfig openFlow,
            RegionStore regions,
            Journal journal,
            Faults faults,
            StateQueue state) {
        this(config, openFlow, regions, journal, faults, state, null, null);
    }

    /// A bridge that patch ports may join with others, and that does nothing before [#start].
    ///
    /// @param config what the user asked for
    /// @param openFlow what its OpenFlow side is started with
    /// @param regions where its regions are made
    /// @param journal where events are recorded
    /// @param faults where errors that were survived are counted
    /// @param state what is to be remembered by the switch that comes after this one; null for
    ///   nothing
    /// @param fabric what it has in common with the others
    /// @param thread of all of them
    public RunningBridge(
            SwitchConfig config,
            OfprotoConfig openFlow,
            RegionStore regions,
            Journal journal,
            Faults faults,
            StateQueue state,
            BridgeFabric fabric,
            OfprotoThread thread) {
        this.config = config;
        this.faults = faults;
        shared = thread;
        bridge =
                fabric == null
                        ? new Bridge(config, regions, journal, faults, state)
                        : new Bridge(config, regions, journal, faults, state, fabric);
        bridge.whenAwake(this::awake);
        try {
            ofproto =
                    thread == null
                            ? new Ofproto(openFlow, bridge.forwarding())
                            : new Ofproto(openFlow, bridge.forwarding(), thread);
        } catch (RuntimeException | Error e) {
            bridge.close();
            throw e;
        }
    }

    /// Connects the bridge with its OpenFlow side. Before [#start].
    ///
    /// @return what an agent needs of it
    public PortHost connect() {
        return bridge.connect(owner(), new Ports(), new Packets());
    }

    /// Starts it, with the ports of its configuration and what a switch before this one has left;
    /// nobody can speak to it yet. Is waited for.
    ///
    /// @param agent who plugs regions into VNFs
    /// @param before what that switch knew; null for nothing
    /// @throws IOException if something of that can't be used
    /// @throws ConfigException if it can't be as asked
    public void start(Agent agent, SavedState before) throws IOException {
        result(begin(agent, before), Long.MAX_VALUE, config.bridge());
    }

    /// The same, without waiting. What is handed to the ofproto thread later is done later.
    ///
    /// @param agent who plugs regions into VNFs
    /// @param before what that switch knew; null for nothing
    /// @return for [#result]
    Future<Void> begin(Agent agent, SavedState before) {
        return later(() -> {
            if (before != null) {
                bridge.resume(before);
            }
            bridge.start(agent, owner());
            for (PortConfig port : config.ports()) {
                bridge.portChanges().add(port);
            }
            if (before != null) {
                addPorts(before);
                ofproto.restore(before);
            }
            bridge.portChanges().unknown(config.domains()).forEach(LOG::warn);
            slowNanos = System.nanoTime();
            again(TICK_MILLIS);
            return null;
        });
    }

    private Future<?> again(long millis) {
        try {
            return ((ScheduledExecutorService) ofproto.executor())
                    .schedule(this::tick, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null); // it is closed
        }
    }

    // A VNF has come: what it is for begins with the next tick.
    private void awake() {
        if (!closed && still && next.cancel(false)) {
            still = false;
            next = again(0);
        }
    }

    /// Opens its OpenFlow connections. After [#start].
    ///
    /// @throws IOException if a socket can't be opened
    public void listen() throws IOException {
        ofproto.start();
    }

    /// Goes on from what the switch before has left, or without: from here on nothing of that
    /// switch is as it was. Is waited for.
    ///
    /// @param before what that switch knew; null for nothing
    /// @throws IOException if this one can't remember what it has to
    public void goOn(SavedState before) throws IOException {
        on(() -> {
            bridge.goOn(before);
            slowNanos = System.nanoTime(); // VNFs come first
            return null;
        });
    }

    // Those that somebody added to the switch before while it ran.
    private void addPorts(SavedState saved) {
        for (Saved.Port port : saved.all(Saved.Port.class)) {
            boolean configured =
                    config.ports().stream().anyMatch(p -> p.name().equals(port.name()));
            if (port.asked() && !configured) {
                try {
                    bridge.portChanges()
                            .add(PortConfig.ofTyped(port.number(), port.type(), port.name()));
                } catch (ConfigException e) {
                    LOG.warn("port {} is not there any more: {}", port.name(), e.getMessage());
                }
            }
        }
    }

    /// The bridge.
    ///
    /// @return the bridge, for its ofproto thread
    public Bridge bridge() {
        return bridge;
    }

    /// Its OpenFlow side.
    ///
    /// @return the OpenFlow side, for its ofproto thread
    public Ofproto ofproto() {
        return ofproto;
    }

    /// The ofproto thread, for as long as this bridge is there: what comes later is dropped.
    ///
    /// @return runs what it is given there, in order
    public Executor owner() {
        return shared == null ? ofproto.executor() : this::whileThere;
    }

    private void whileThere(Runnable work) {
        ofproto.executor()
                .execute(() -> {
                    if (!closed) {
                        work.run();
                    }
                });
    }

    private void tick() {
        if (closed) {
            return;
        }
        boolean busy = false;
        try {
            busy = bridge.tick();
            long now = System.nanoTime();
            if (now - slowNanos >= SLOW_NANOS) {
                slowNanos = now;
                bridge.slowTick();
            }
        } catch (Throwable e) {
            // The next tick may well do better.
            faults.record("ofproto thread: tick", e);
        }
        still = !busy && !bridge.hasVnfs();
        next = again(busy ? TICK_MILLIS : still ? STILL_MILLIS : IDLE_MILLIS);
    }

    /// Tells OpenFlow what comes from packets.
    private final class Packets implements Bridge.Controllers {
        @Override
        public void packetIn(byte[] frame, int length, DatapathAction.ToController action) {
            RunningBridge.this.packetIn(frame, length, action);
        }

        @Override
        public void learned(DatapathAction.Learned learned) {
            ofproto.learned(learned.rule(), learned.limit());
        }
    }

    private void packetIn(byte[] frame, int length, DatapathAction.ToController action) {
        long[] key = new long[FlowKey.WORDS];
        System.arraycopy(action.metadata(), 0, key, FlowKey.PACKET_WORDS, action.metadata().length);
        ofproto.packetIn(
                frame,
                length,
                action.inPort(),
                action.table(),
                action.cookie(),
                action.reason(),
                key,
                action.controllerId(),
                action.userdata(),
                action.rest());
    }

    /// Tells OpenFlow of ports.
    private final class Ports implements PortListener {
        @Override
        public void portAdded(PortState port) {
            ofproto.portAdded(port);
        }

        @Override
        public void portRemoved(int number) {
            ofproto.portRemoved(number);
        }

        @Override
        public void portStateChanged(PortState port) {
            ofproto.portStateChanged(port);
        }
    }

    /// Has something done on the ofproto thread, and waits for it, though not for ever.
    ///
    /// @param <T> of what it returns
    /// @param task what to do
    /// @return what it returned
    /// @throws IOException if it threw a checked exception, the calling thread is interrupted, or
    ///   the ofproto thread did not come to it
    public <T> T ask(Callable<T> task) throws IOException {
        return on(task, ANSWER_SECONDS);
    }

    private <T> T on(Callable<T> task) throws IOException {
        return on(task, Long.MAX_VALUE);
    }

    private <T> T on(Callable<T> task, long seconds) throws IOException {
        return result(later(task), seconds, config.bridge());
    }

    private <T> Future<T> later(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        ofproto.executor()
                .execute(() -> {
                    try {
                        result.complete(task.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    /// What has come of a task; is waited for.
    ///
    /// @param seconds how long at most
    /// @param bridge whose it is
    /// @throws IOException if it threw a checked exception, the calling thread is interrupted, or
    ///   it was not done in time
    static <T> T result(Future<T> task, long seconds, String bridge) throws IOException {
        try {
            return task.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(
                    "bridge %s did not come to it within %d s".formatted(bridge, seconds), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting", e);
        }
    }

    /// Ends it: controllers see their connections close, then the poll threads stop. Any thread but
    /// the ofproto thread.
    @Override
    public void close() {
        ofproto.close();
        if (shared == null) {
            bridge.close();
            return;
        }
        try {
            on(() -> {
                closed = true;
                bridge.close();
                return null;
            });
        } catch (IOException e) {
            faults.record("bridge " + config.bridge(), e);
        }
    }
}
