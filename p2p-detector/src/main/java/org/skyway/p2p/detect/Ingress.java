package org.skyway.p2p.detect;

import org.skyway.openflow.model.FlowRule;

/// A port that may have a link: its verdict, what that rests on, and when it is decided about anew.
///
/// A port whose decision was costly or too complex has no link for some updates, or for a while
/// when none come, so that the decisions of one port do not hold up all others.
final class Ingress {
    /// Most updates that a port whose decision was too complex sits out.
    private static final int LONGEST_REST = 1024;

    /// What a decision may cost on average per update, in units of [Budget]. A port that needs more
    /// has no link until it has waited long enough.
    private static final long COST_PER_UPDATE = 2_000;

    private static final long COSTLY = 20 * COST_PER_UPDATE;

    /// What a decision may cost that was too complex after a change, when nothing changes.
    private static final long PATIENT_BUDGET = 2 * Decision.BUDGET;

    private static final long FIRST_WAIT_NANOS = 100_000_000L;
    private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

    final int port;
    boolean dirty = true;
    private Verdict verdict; // null before the first decision
    private Grounds dependencies = new Grounds();
    private boolean local = true; // whether only rules for this ingress port, or any, matter
    private Agreement agreement; // null for none
    private int rest; // updates to sit out before the next decision
    private int nextRest = 1;
    private long cost; // of the last decision
    private boolean waiting; // for a time, which is wakeNanos
    private long wakeNanos;
    private long waitNanos = FIRST_WAIT_NANOS;
    private boolean patient; // whether the next decision may cost more

    Ingress(int port) {
        this.port = port;
    }

    /// The verdict.
    ///
    /// @return null if nothing was decided yet
    Verdict verdict() {
        return verdict;
    }

    /// Whether only rules for this ingress port matter.
    boolean isLocal() {
        return local;
    }

    boolean touchedByPort(int number) {
        return port == number || dependencies.touchedByPort(number);
    }

    boolean touchedByGroup(int id) {
        return dependencies.touchedByGroup(id);
    }

    /// Whether the verdict may be another one because of a rule.
    ///
    /// @param added whether the tables have it now; if not, they had it
    boolean touchedBy(FlowRule rule, boolean added, Pipeline pipeline) {
        return dependencies.touchedBy(rule)
                && (agreement == null || !survives(rule, added, pipeline));
    }

    // The tables have the rule already, or have lost it: whatever goes wrong here must not keep the
    // other ports from being told, nor the caller from going on with the next rule.
    private boolean survives(FlowRule rule, boolean added, Pipeline pipeline) {
        try {
            return added
                    ? agreement.survivesAdditionOf(rule, pipeline)
                    : agreement.survivesRemovalOf(rule);
        } catch (Throwable e) {
            return false;
        }
    }

    /// Whether to decide at this update. If not, a link that may no longer be one is taken back.
    boolean isDue() {
        if (patient) {
            return true;
        }
        if (rest > 0) {
            rest--;
            return false;
        }
        if (cost <= COSTLY) {
            return true;
        }
        rest = (int) Math.min(cost / COST_PER_UPDATE, LONGEST_REST);
        cost = 0;
        if (!(verdict instanceof Verdict.NoLink)) {
            verdict = noLink("the entries are too complex to decide after every change");
        }
        return false;
    }

    private Verdict noLink(String reason) {
        return new Verdict.NoLink(port, reason, null, null);
    }

    /// Whether the time for which the port waits is over. If it does not wait, it begins to.
    boolean hasWaited(long nowNanos) {
        if (!waiting) {
            waiting = true;
            wakeNanos = nowNanos + waitNanos;
            return false;
        }
        return wakeNanos - nowNanos <= 0;
    }

    /// Whether the port waits for an earlier time than another.
    boolean isBefore(Ingress other) {
        return wakeNanos - other.wakeNanos < 0;
    }

    /// Ends the port's wait: its next decision may cost more, and its next wait is longer.
    void wake() {
        waiting = false;
        waitNanos = Math.min(2 * waitNanos, LONGEST_WAIT_NANOS);
        patient = true;
    }

    /// Decides about the port, which is then no longer dirty.
    ///
    /// @return whether it is worth while to decide once more with more patience, though nothing
    ///   changes
    boolean decide(Pipeline pipeline) {
        dirty = false;
        boolean more = patient;
        patient = false;
        Decision.Result result =
                Decision.decide(pipeline, port, more ? PATIENT_BUDGET : Decision.BUDGET);
        take(result);
        return result.tooComplex() && !more; // after that, only a change can help
    }

    /// Decides nothing because of a mistake, and has the next update try again.
    void giveUp(Throwable e) {
        Verdict none = noLink("the entries can't be decided about: " + reason(e));
        take(new Decision.Result(none, new Grounds(), null, true, 0));
        dirty = true;
    }

    private static String reason(Throwable e) {
        return e instanceof StackOverflowError
                ? "they are nested too deeply"
                : "the detector failed" + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    private void take(Decision.Result result) {
        verdict = result.verdict();
        agreement = result.agreement();
        cost = result.cost();
        dependencies = result.dependencies();
        local = dependencies.staysAt(port);
        waiting &= result.tooComplex();
        if (result.tooComplex()) {
            rest = nextRest;
            nextRest = Math.min(2 * nextRest, LONGEST_REST);
        } else {
            nextRest = 1;
            waitNanos = FIRST_WAIT_NANOS;
        }
    }
}
