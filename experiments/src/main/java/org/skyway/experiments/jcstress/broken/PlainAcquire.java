package org.skyway.experiments.jcstress.broken;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A hand-over by a field that is read plainly, by one who looked at the content before. The
/// compiler gives that again.
@JCStressTest
@Outcome(
        id = {"0, 0", "0, 1", "1, 1"},
        expect = ACCEPTABLE,
        desc = "in order")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "handed over without its content")
@State
public class PlainAcquire {
    private static final VarHandle READY;

    static {
        try {
            READY = MethodHandles.lookup().findVarHandle(PlainAcquire.class, "ready", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int content;
    private int ready;

    /// Nothing handed over as yet.
    public PlainAcquire() {}

    /// Hands over.
    @Actor
    public void give() {
        content = 1;
        READY.setRelease(this, 1);
    }

    /// Takes.
    ///
    /// @param r whether it was handed over, and what
    @Actor
    public void take(II_Result r) {
        int before = content;
        r.r1 = ready;
        r.r2 = before == 0 ? content : before;
    }
}
