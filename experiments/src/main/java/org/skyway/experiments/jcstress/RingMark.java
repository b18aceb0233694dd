package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// A packet and then a mark: who finds the mark has had the packet.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing yet")
@Outcome(id = "11, 0", expect = ACCEPTABLE, desc = "the packet")
@Outcome(id = "11, 1", expect = ACCEPTABLE, desc = "the packet and the mark")
@Outcome(expect = FORBIDDEN, desc = "a mark out of its turn")
@State
public class RingMark {
    private static final long MARK = Mark.of(Mark.Kind.TO_BYPASS, 3, 7);

    private final RingProducer producer;
    private final RingConsumer consumer;
    private final long[] from = new long[1];
    private final int[] fromLengths = {64};
    private final long[] to = new long[1];
    private final int[] toLengths = new int[1];

    /// An empty ring.
    public RingMark() {
        long base = Slab.nextRing();
        from[0] = base + RingLayout.sizeBytes(Slab.CELLS) + 64;
        Memory.clear(from[0], 64);
        Memory.putLong(from[0], 11);
        Memory.clear(base + 512, 8L * Slab.CELLS);
        producer = Slab.attach(base, RingProducer::attach);
        consumer = Slab.attach(base, RingConsumer::attach);
    }

    /// Sends a packet and a mark.
    @Actor
    public void send() {
        producer.offer(from, fromLengths, 0, 1);
        producer.mark(MARK);
    }

    /// Receives what is there.
    ///
    /// @param r the packet, and whether the mark was behind it
    @Actor
    public void receive(JJ_Result r) {
        int count = consumer.peek(to, toLengths, 0, 1);
        r.r1 = count > 0 ? Memory.getLong(to[0]) : 0;
        if (count == 1) {
            consumer.peek(to, toLengths, 0, 1);
        }
        r.r2 = consumer.mark() == MARK ? 1 : consumer.mark();
    }
}
