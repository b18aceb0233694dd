package org.skyway.vnf.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.junit.jupiter.api.Test;

class RunnerTest {
    private static final long MOST_NANOS = 2_000_000_000L;

    /// Packets that come while nobody looks.
    private static final class Late implements Work {
        private int looks;
        private int taken;

        @Override
        public int poll() {
            return 0;
        }

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public int drain() {
            int came = ++looks == 2 ? 7 : 0;
            taken += came;
            return came;
        }

        @Override
        public List<CountedPort> ports() {
            return List.of();
        }

        @Override
        public void describe(ObjectNode report, boolean last) {}
    }

    @Test
    void threadThatHadNoTurnForAWhileLooksOnceMoreBeforeItEnds() {
        Late work = new Late();
        Runner.linger(work, new SleepingMillisIdleStrategy(500), MOST_NANOS);
        assertEquals(7, work.taken);
    }
}
