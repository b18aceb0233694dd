package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// A full ring: the sender writes over a packet only when the receiver has let go of it.
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "no room yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "sent into what was let go")
@Outcome(expect = FORBIDDEN, desc = "written over while it was read")
@State
public class RingRoom {
    private final RingProducer producer;
    private final RingConsumer consumer;
    private final long[] from = new long[1];
    private final int[] fromLengths = {64};
    private final long[] to = new long[1];
    private final int[] toLengths = new int[1];

    /// A ring without room.
    public RingRoom() {
        long base = Slab.nextRing();
        from[0] = base + RingLayout.sizeBytes(Slab.CELLS) + 64;
        Memory.clear(from[0], 64);
        Memory.putLong(from[0], 1);
        producer = Slab.attach(base, RingProducer::attach);
        consumer = Slab.attach(base, RingConsumer::attach);
        while (producer.offer(from, fromLengths, 0, 1) == 1) {}
        Memory.putLong(from[0], 2);
    }

    /// Sends one more, if there is room.
    ///
    /// @param r whether there was
    @Actor
    public void send(JI_Result r) {
        r.r2 = producer.offer(from, fromLengths, 0, 1);
    }

    /// Reads and lets go.
    ///
    /// @param r what was read
    @Actor
    public void receive(JI_Result r) {
        consumer.peek(to, toLengths, 0, 1);
        r.r1 = Memory.getLong(to[0]);
        consumer.release();
    }
}
