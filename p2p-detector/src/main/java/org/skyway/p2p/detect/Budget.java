package org.skyway.p2p.detect;

/// How much work one decision may cost. One unit is about one comparison of a rule with a cube. How
/// deep it may be nested is bounded, too, far within a thread's stack: an error of the stack could
/// come anywhere, and leave half done what was being done.
final class Budget {
    /// Thrown when it is used up. Carries no stack trace: it is an answer, not an accident.
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private static final Exceeded INSTANCE = new Exceeded();

        private Exceeded() {
            super("the decision's budget is used up", null, false, false);
        }
    }

    /// A level of the exploration takes five frames or so, of 1 KiB together when interpreted.
    private static final int DEEPEST = 600;

    private final long total;
    private long left;
    private int depth;

    Budget(long total) {
        this.total = total;
        this.left = total;
    }

    void charge(long units) {
        left -= units;
        if (left < 0) {
            throw Exceeded.INSTANCE;
        }
    }

    /// Goes one level down; what was entered must be left, unless this throws.
    void enter() {
        if (depth >= DEEPEST) {
            throw Exceeded.INSTANCE;
        }
        depth++;
    }

    void leave() {
        depth--;
    }

    long spent() {
        return total - left;
    }
}
