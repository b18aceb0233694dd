package org.skyway.experiments.switchover;

/// Which way packets have to come, by the time at which they were sent: what is sent after a
/// barrier reply does not come the way that the rules said before. What is sent while a change is
/// under way may come either way, and so may what lay in a queue while the next change was asked
/// for. One thread notes changes, another judges.
final class WayClock {
    /// What can be said of a packet.
    enum Judgement {
        /// It came the way that it had to.
        RIGHT,
        /// It came another way.
        WRONG,
        /// It was sent or came while a change was under way.
        EITHER,
        /// Whether the change had been effective when it was sent is known later.
        LATER
    }

    private final long[] asked; // when each change was asked for
    private final long[] replied; // when its barrier was answered
    private final int[] ways;
    private volatile int begun;
    private volatile int ended;

    /// @param most changes at most
    WayClock(int most) {
        asked = new long[most];
        replied = new long[most];
        ways = new int[most];
    }

    /// A change is about to be asked for.
    ///
    /// @param way which way packets come from then on
    void ask(int way) {
        int i = begun;
        ways[i] = way;
        asked[i] = System.nanoTime();
        begun = i + 1;
    }

    /// The barrier behind the last change was answered.
    void reply() {
        replied[ended] = System.nanoTime();
        ended = ended + 1;
    }

    /// Judges a packet that came just now.
    ///
    /// @param sent when the packet was made
    /// @param way which way it came
    Judgement judge(long sent, int way) {
        int known = ended;
        int open = begun; // read after it, so that it is not behind
        int i = known - 1;
        while (i >= 0 && replied[i] - sent > 0) {
            i--;
        }
        if (i == known - 1 && open > known && sent - asked[known] > 0) {
            return Judgement.LATER;
        }
        if (i < 0 || i + 1 < open && sent - asked[i + 1] >= 0) {
            return Judgement.EITHER;
        }
        if (ways[i] == way) {
            return Judgement.RIGHT;
        }
        for (int j = i + 1; j < open; j++) {
            if (ways[j] == way) {
                return Judgement.EITHER;
            }
        }
        return Judgement.WRONG;
    }
}
