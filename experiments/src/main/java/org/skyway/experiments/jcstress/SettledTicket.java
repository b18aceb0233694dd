package org.skyway.experiments.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The ofproto thread has an outcome die, takes a ticket, and when the ticket is settled drops what
/// the outcome needs. A poll thread that begins a pass meanwhile uses the outcome only while what
/// it needs is there.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not settled yet")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "settled, and not used after that")
@Outcome(expect = FORBIDDEN, desc = "used after it was dropped")
@State
public class SettledTicket {
    private static final VarHandle DEAD;

    static {
        try {
            DEAD = MethodHandles.lookup().findVarHandle(SettledTicket.class, "dead", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PassesHandle passes = new PassesHandle();
    private final AtomicLong lastTicket = new AtomicLong();
    private int dead; // as a megaflow's: opaque
    private volatile int dropped;

    /// A poll thread between two passes.
    public SettledTicket() {
        passes.begin(0);
        passes.advance();
        passes.quiet(true);
    }

    /// The ofproto thread.
    ///
    /// @param r whether the ticket was settled at once
    @Actor
    public void ofproto(II_Result r) {
        DEAD.setOpaque(this, 1);
        if (passes.hasSeen(lastTicket.incrementAndGet())) {
            dropped = 1;
            r.r1 = 1;
        }
    }

    /// The poll thread: one pass.
    ///
    /// @param r whether what was dropped was used
    @Actor
    public void poll(II_Result r) {
        passes.quiet(false);
        passes.begin(lastTicket.get());
        passes.advance();
        if ((int) DEAD.getOpaque(this) == 0) {
            r.r2 = dropped;
        }
        passes.quiet(true);
    }
}
