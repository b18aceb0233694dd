package org.skyway.experiments.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineLoadTest {
    @Test
    void idleTimeAndThatOfGuestsAreNoLoad() {
        String stat =
                "cpu  1 20 300 4000 50000 600000 7000000 80000000 900000000 1\ncpu0 1 1 1 1\n";
        assertEquals(1 + 20 + 300 + 600_000 + 7_000_000 + 80_000_000, MachineLoad.busyTicks(stat));
    }

    @Test
    void readsWhatWasStolenAndWhatCouldRun() {
        assertEquals(80_000_000, MachineLoad.stolenTicks("cpu  1 2 3 4 5 6 7 80000000 9 10\n"));
        assertEquals(7, MachineLoad.runnable("0.20 0.18 0.12 7/80 11206\n"));
    }

    @Test
    void othersHaveNoMoreThanTheMachine() throws InterruptedException {
        var load = new MachineLoad(List.of());
        Thread.sleep(100);
        double others = load.others();
        assertTrue(
                others >= 0 && others < Runtime.getRuntime().availableProcessors() + 1,
                "" + others);
    }
}
