package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;

/// A sender ends its ring while the switch cuts it off: either the switch finds all that was
/// written, or the sender finds that it was cut off.
@JCStressTest
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the limit lies behind the end")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "so it does, and the sender asks")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the sender has to ask")
@Outcome(expect = FORBIDDEN, desc = "packets that nobody knows to be lost")
@State
public class LimitOrCut {
    private static final int EPOCH = 7;

    private final ControlBlock control;
    private final long ring;
    private final RingProducer sender;

    /// A control block, and a bypass ring behind it.
    public LimitOrCut() {
        long base = Slab.next();
        Memory.clear(base, RegionHeader.FIRST_RING_OFFSET);
        control = new ControlBlock(base);
        ring = Slab.nextRing();
        sender = Slab.attach(ring, RingProducer::attach);
    }

    /// The sender.
    ///
    /// @param r whether it was cut off
    @Actor
    public void leave(IJ_Result r) {
        sender.mark(Mark.of(Mark.Kind.END, 0, EPOCH));
        r.r1 = control.cut(EPOCH) == ControlBlock.Cut.NONE ? 0 : 1;
    }

    /// The switch.
    ///
    /// @param r how far it was written
    @Actor
    public void cut(IJ_Result r) {
        control.cutting(EPOCH);
        r.r2 = RingLayout.tail(ring);
    }
}
