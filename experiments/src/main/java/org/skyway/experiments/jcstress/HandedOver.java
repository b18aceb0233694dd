package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A port's control thread hands its data thread a change: the data thread sees all of it, and who
/// handed it over goes on when it is done, and sees what was done.
@JCStressTest
@Outcome(id = "7, 42", expect = ACCEPTABLE, desc = "done")
@Outcome(expect = FORBIDDEN, desc = "half handed over, or not done")
@State
public class HandedOver {
    private final HandoverHandle handover = new HandoverHandle();
    private int done;

    /// Nothing handed over as yet.
    public HandedOver() {}

    /// The control thread.
    ///
    /// @param r what was done when it went on
    @Actor
    public void control(II_Result r) {
        handover.submit(7);
        r.r2 = done;
    }

    /// The data thread.
    ///
    /// @param r the slot that it was handed
    @Actor
    public void data(II_Result r) {
        Object change;
        while ((change = handover.pending()) == null) {
            Thread.onSpinWait();
        }
        r.r1 = HandoverHandle.slot(change);
        done = 42;
        handover.done(change);
    }
}
