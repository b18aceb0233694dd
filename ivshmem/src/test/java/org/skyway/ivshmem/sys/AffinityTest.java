package org.skyway.ivshmem.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class AffinityTest {
    private static final int NICE = 18; // of the fields of stat(5), without the first

    // What is done to a thread stays.
    private static <T> T onAnother(Callable<T> task) throws Exception {
        FutureTask<T> result = new FutureTask<>(task);
        Thread.ofPlatform().start(result);
        return result.get();
    }

    private static int niceness() throws Exception {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        // The name of a thread may have blanks.
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[NICE - 2]);
    }

    @Test
    void aThreadThatGivesWayIsTheOnlyOneThatDoes() throws Exception {
        int before = niceness();
        int after =
                onAnother(() -> {
                    Affinity.giveWay(3);
                    return niceness();
                });
        assertEquals(Math.min(19, before + 3), after);
        assertEquals(before, niceness());
    }

    @Test
    void noSuchCoreIsSaid() {
        assertThrows(IllegalArgumentException.class, () -> Affinity.pinCurrentThread(1023));
        assertThrows(IllegalArgumentException.class, () -> Affinity.pinCurrentThread(-1));
    }
}
