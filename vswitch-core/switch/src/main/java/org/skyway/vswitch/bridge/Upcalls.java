package org.skyway.vswitch.bridge;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.datapath.UpcallSink;
import org.skyway.vswitch.pipeline.DatapathAction;

/// What goes from the poll threads to the ofproto thread. Packets for the controllers go through a
/// queue; when it is full, they are counted and dropped, without any allocation: a storm of misses
/// must not become a storm of garbage.
final class Upcalls implements UpcallSink {
    private static final int CAPACITY = 2048;
    private static final int BATCH = 256;

    /// A packet on its way.
    ///
    /// @param frame as much of it as anyone will want
    /// @param length how long it was
    /// @param action why it goes to the controllers
    record PacketIn(byte[] frame, int length, DatapathAction.ToController action) {}

    private final ManyToOneConcurrentArrayQueue<PacketIn> queue =
            new ManyToOneConcurrentArrayQueue<>(CAPACITY);
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicLong dropped = new AtomicLong();
    private volatile Executor owner;
    private volatile Consumer<PacketIn> consumer;
    private volatile Consumer<DatapathAction.Learned> learner;

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
        if (owner == null || queue.size() >= CAPACITY - 1) {
            dropped.incrementAndGet();
            return;
        }
        byte[] frame = new byte[length];
        Memory.copyToArray(packet, frame, 0, length);
        if (!queue.offer(new PacketIn(frame, length, action))) {
            dropped.incrementAndGet();
            return;
        }
        if (draining.compareAndSet(false, true)) {
            owner.execute(this::drain);
        }
    }

    @Override
    public void learned(DatapathAction.Learned learned) {
        Executor thread = owner;
        if (thread != null) {
            thread.execute(
                    () -> learner.accept(learned)); // a few a second for each flow that learns
        }
    }

    // In batches, so that messages from controllers are read in between.
    private void drain() {
        queue.drain(consumer::accept, BATCH);
        if (!queue.isEmpty()) {
            owner.execute(this::drain);
            return;
        }
        draining.set(false);
        if (!queue.isEmpty() && draining.compareAndSet(false, true)) {
            owner.execute(this::drain);
        }
    }

    long dropped() {
        return dropped.get();
    }
}
