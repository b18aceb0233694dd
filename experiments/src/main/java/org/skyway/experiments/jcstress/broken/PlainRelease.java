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

/// A hand-over by a field that is written plainly. Only some of the orders that the compiler tries
/// under stress show it, a few times in ten million, so this is for a longer run: `-t PlainRelease
/// -m quick -sc true`.
@JCStressTest
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "handed over without its content")
@Outcome(expect = ACCEPTABLE, desc = "in order")
@State
public class PlainRelease {
    private static final VarHandle READY;

    static {
        try {
            READY = MethodHandles.lookup().findVarHandle(PlainRelease.class, "ready", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int content;
    private int ready;

    /// Nothing handed over as yet.
    public PlainRelease() {}

    /// Hands over.
    @Actor
    public void give() {
        content = 1;
        ready = 1;
    }

    /// Takes.
    ///
    /// @param r whether it was handed over, and what
    @Actor
    public void take(II_Result r) {
        r.r1 = (int) READY.getAcquire(this);
        r.r2 = content;
    }
}
