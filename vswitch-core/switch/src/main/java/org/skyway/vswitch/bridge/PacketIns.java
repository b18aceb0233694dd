package org.skyway.vswitch.bridge;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.skyway.ivshmem.region.Memory;
import org.skyway.vswitch.datapath.PacketInSink;
import org.skyway.vswitch.pipeline.DatapathAction;

/// The queue of packets from the poll threads to the controllers. When it is full, packets are
/// counted and dropped, without any allocation: a storm of misses must not become a storm of
/// garbage.
final class PacketIns implements PacketInSink {
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

    /// Begins to deliver.
    ///
    /// @param ofprotoThread where
    /// @param to what takes them there
    void deliver(Executor ofprotoThread, Consumer<PacketIn> to) {
        consumer = to;
        owner = ofprotoThread;
    }

    @Override
    public void offer(long packet, int length, DatapathAction.ToController action) {
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
