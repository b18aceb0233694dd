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
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.ivshmem.region.Memory;

/// A receiver counts what came by a bypass and then says that it has read it to its end.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not at the end, not counted")
@Outcome(id = "0, 5", expect = ACCEPTABLE, desc = "counted, about to say so")
@Outcome(id = "7, 5", expect = ACCEPTABLE, desc = "counted and at the end")
@Outcome(expect = FORBIDDEN, desc = "packets that the final figure lacks")
@State
public class StatisticsAtEnd {
    private final ControlBlock control;
    private final StatisticsBlock statistics;

    /// A port region.
    public StatisticsAtEnd() {
        long base = Slab.next();
        Memory.clear(base, RegionHeader.FIRST_RING_OFFSET);
        control = new ControlBlock(base);
        statistics = new StatisticsBlock(base);
    }

    /// The receiver.
    @Actor
    public void end() {
        statistics.rx(2, 5, 320);
        control.ended(2, 7);
    }

    /// The switch.
    ///
    /// @param r the epoch that was ended, and what was counted
    @Actor
    public void look(IJ_Result r) {
        r.r1 = control.ended(2);
        r.r2 = statistics.rxPackets(2);
    }
}
