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

/// A sender counts what it bypassed and then obeys: who sees that it has obeyed sees all of it.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not obeyed, not counted")
@Outcome(id = "0, 5", expect = ACCEPTABLE, desc = "counted, about to obey")
@Outcome(id = "1, 5", expect = ACCEPTABLE, desc = "counted and obeyed")
@Outcome(expect = FORBIDDEN, desc = "packets that the final figure lacks")
@State
public class StatisticsAtObeyed {
    private static final long COMMAND = ControlBlock.command(ControlBlock.Mode.NORMAL, 0, 7);

    private final ControlBlock control;
    private final StatisticsBlock statistics;

    /// A port region.
    public StatisticsAtObeyed() {
        long base = Slab.next();
        Memory.clear(base, RegionHeader.FIRST_RING_OFFSET);
        control = new ControlBlock(base);
        statistics = new StatisticsBlock(base);
    }

    /// The sender.
    @Actor
    public void obey() {
        statistics.tx(5, 320);
        control.obeyed(COMMAND);
    }

    /// The switch.
    ///
    /// @param r whether it was obeyed, and what was counted
    @Actor
    public void look(IJ_Result r) {
        r.r1 = control.obeyed() == COMMAND ? 1 : 0;
        r.r2 = statistics.txPackets();
    }
}
