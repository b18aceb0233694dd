package org.skyway.p2p.detect;

/// How much work one decision may cost. One unit is about one comparison of a rule with a cube.
final class Budget {
    /// Thrown when it is used up. Carries no stack trace: it is an answer, not an accident.
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private static final Exceeded INSTANCE = new Exceeded();

        private Exceeded() {
            super("the decision's budget is used up", null, false, false);
        }
    }

    private final long total;
    private long left;

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

    long spent() {
        return total - left;
    }
}
