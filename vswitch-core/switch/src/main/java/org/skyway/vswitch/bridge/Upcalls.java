package org.skyway.vswitch.bridge;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.datapath.UpcallSink;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;

/// What goes from the poll threads to the ofproto thread: packets for the controllers, and rules
/// that were learned. Each goes through a queue; when it is full, they are counted and dropped,
/// without any allocation: a storm of misses must not become a storm of garbage. A rule that was
/// dropped is learned again from a later packet. One task at a time empties both queues, in
/// batches.
final class Upcalls implements UpcallSink {
    /// Packets that may wait.
    static final int PACKETS = 2048;

    /// Learned rules that may wait.
    static final int RULES = 1024;

    private static final int BATCH = 256;

    /// How long a batch may take before others have their turn.
    private static final long BATCH_NANOS = 2_000_000;

    /// A packet on its way.
    ///
    /// @param frame as much of it as anyone will want
    /// @param length how long it was
    /// @param action why it goes to the controllers
    record PacketIn(byte[] frame, int length, DatapathAction.ToController action) {}

    private final ManyToOneConcurrentArrayQueue<PacketIn> packets =
            new ManyToOneConcurrentArrayQueue<>(PACKETS);
    private final ManyToOneConcurrentArrayQueue<DatapathAction.Learned> rules =
            new ManyToOneConcurrentArrayQueue<>(RULES);
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong packetsDropped = new AtomicLong();
    private final AtomicLong rulesDropped = new AtomicLong();
    private final Faults faults;
    private volatile Executor owner;
    private volatile Consumer<PacketIn> consumer;
    private volatile Consumer<DatapathAction.Learned> learner;

    /// Queues that nobody empties yet.
    ///
    /// @param faults where errors of those who take what comes are recorded
    Upcalls(Faults faults) {
        this.faults = faults;
    }

    /// Begins to deliver.
    ///
    /// @param ofprotoThread where
    /// @param to what takes packets to the controllers
    /// @param learns what installs rules that were learned
    void deliver(
            Executor ofprotoThread,
            Consumer<PacketIn> to,
            Consumer<DatapathAction.Learned> learns) {
        consumer = to;
        learner = learns;
        owner = ofprotoThread;
    }

    @Override
    public void packetIn(long packet, int length, DatapathAction.ToController action) {
        if (owner == null || packets.size() >= PACKETS) {
            packetsDropped.incrementAndGet();
            return;
        }
        byte[] frame = new byte[length];
        Memory.copyToArray(packet, frame, 0, length);
        if (packets.offer(new PacketIn(frame, length, action))) {
            schedule();
        } else {
            packetsDropped.incrementAndGet();
        }
    }

    @Override
    public void learned(DatapathAction.Learned learned) {
        if (owner != null && rules.offer(learned)) {
            schedule();
        } else {
            rulesDropped.incrementAndGet();
        }
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                owner.execute(this::drain);
            } catch (Throwable e) {
                scheduled.set(false); // the next one tries again
                faults.record("upcalls: scheduling", e);
            }
        }
    }

    // In batches, so that messages from controllers are read in between. Whatever is offered after
    // the first line brings a new task, so that nothing waits for one that is not there.
    private void drain() {
        scheduled.set(false);
        long end = System.nanoTime() + BATCH_NANOS;
        for (int i = 0; i < BATCH && System.nanoTime() - end < 0; i++) {
            DatapathAction.Learned learned = rules.poll();
            if (learned == null) {
                break;
            }
            faults.survive("upcalls: learned rule", () -> learner.accept(learned));
        }
        end = System.nanoTime() + BATCH_NANOS;
        for (int i = 0; i < BATCH && System.nanoTime() - end < 0; i++) {
            PacketIn packet = packets.poll();
            if (packet == null) {
                break;
            }
            faults.survive("upcalls: packet-in", () -> consumer.accept(packet));
        }
        if (!rules.isEmpty() || !packets.isEmpty()) {
            schedule();
        }
    }

    /// Packets for the controllers that were dropped.
    long dropped() {
        return packetsDropped.get();
    }

    /// Learned rules that were dropped, to be learned again.
    long rulesDropped() {
        return rulesDropped.get();
    }
}
