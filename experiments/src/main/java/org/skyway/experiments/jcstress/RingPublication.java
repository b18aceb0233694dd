package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// Two packets, the second of which goes around the end of the ring: what is shown is whole, and
/// the first comes first.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing yet")
@Outcome(id = "11, 0", expect = ACCEPTABLE, desc = "the first")
@Outcome(id = "11, 22", expect = ACCEPTABLE, desc = "both")
@Outcome(expect = FORBIDDEN, desc = "a packet that is not whole, or not in its turn")
@State
public class RingPublication {
    private static final int HEAD = 256;
    private static final int TAIL = 128;

    private final RingProducer producer;
    private final RingConsumer consumer;
    private final long[] from = new long[2];
    private final int[] fromLengths = {64, 64};
    private final long[] to = new long[2];
    private final int[] toLengths = new int[2];

    /// A ring that is about to wrap.
    public RingPublication() {
        long base = Slab.nextRing();
        Memory.putLong(base + TAIL, Slab.CELLS - 1);
        Memory.putLong(base + HEAD, Slab.CELLS - 1);
        long packets = base + RingLayout.sizeBytes(Slab.CELLS) + 64;
        for (int i = 0; i < 2; i++) {
            from[i] = packets + 64 * i;
            Memory.clear(from[i], 64);
            Memory.putLong(from[i] + 56, 11 * (i + 1));
        }
        Memory.clear(base + 512, RingLayout.sizeBytes(Slab.CELLS) - 512);
        producer = Slab.attach(base, RingProducer::attach);
        consumer = Slab.attach(base, RingConsumer::attach);
    }

    /// Sends both.
    @Actor
    public void send() {
        producer.offer(from, fromLengths, 0, 1);
        producer.offer(from, fromLengths, 1, 1);
    }

    /// Receives what is there.
    ///
    /// @param r the last words of the packets
    @Actor
    public void receive(JJ_Result r) {
        int count = consumer.peek(to, toLengths, 0, 2);
        r.r1 = count > 0 ? Memory.getLong(to[0] + 56) : 0;
        r.r2 = count > 1 ? Memory.getLong(to[1] + 56) : 0;
        if (consumer.isFaulty()) {
            r.r1 = -1;
        }
    }
}
