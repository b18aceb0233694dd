package org.skyway.vswitch.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BurstLogTest {
    @TempDir Path folder;

    private CounterMemory memory() throws IOException {
        return CounterMemory.create(folder.resolve("counters"), _ -> {});
    }

    private SavedCounters saved(boolean sameBoot) throws IOException {
        return SavedCounters.read(folder.resolve("counters"), sameBoot);
    }

    private static long word(SavedCounters saved, CounterMemory memory, int block, int offset) {
        return saved.word(block, memory.tag(block), offset);
    }

    @Test
    void whatABurstCountedIsTakenBackUntilItIsCertain() throws IOException {
        CounterMemory memory = memory();
        int block = memory.allocate(1);
        long at = memory.address(block) + 32;
        BurstLog log = memory.burstLog(0);
        log.add(at, 1, 10);
        log.done();
        log.add(at, 2, 20);
        log.add(at, 4, 40);
        assertEquals(1, word(saved(true), memory, block, 32));
        assertEquals(10, word(saved(true), memory, block, 40));
        assertEquals(7, word(saved(false), memory, block, 32), "the host was started anew");
        log.received(5, 55);
        log.sent(6, 66);
        assertEquals(List.of(), saved(true).cursors());
        log.seal();
        assertEquals(7, word(saved(true), memory, block, 32));
        assertEquals(
                List.of(new RingCursor(5, false, 55), new RingCursor(6, true, 66)),
                saved(true).cursors());
        log.done();
        assertEquals(7, word(saved(true), memory, block, 32));
        assertEquals(List.of(), saved(true).cursors());
    }

    @Test
    void aChangeOfLongAgoIsNotTakenForOneOfNow() throws IOException {
        CounterMemory memory = memory();
        int block = memory.allocate(2);
        long at = memory.address(block) + 32;
        BurstLog log = memory.burstLog(0);
        log.add(at, 1, 0);
        log.add(at + 16, 1, 0);
        log.done();
        log.add(at + 16, 1, 0);
        for (long burst = 0; burst < BurstLog.LAST_NUMBER; burst++) {
            log.add(at, 1, 0); // so each has another number, and only the first change
            assertEquals(at, memory.address(block) + 32);
            log.done();
        }
        SavedCounters saved = saved(true);
        assertEquals(2, word(saved, memory, block, 48));
        assertEquals(1 + BurstLog.LAST_NUMBER, word(saved, memory, block, 32));
    }

    @Test
    void aBurstWithTooManyChangesStaysCounted() throws IOException {
        CounterMemory memory = memory();
        int block = memory.allocate(1);
        long at = memory.address(block) + 32;
        BurstLog log = memory.burstLog(0);
        for (int i = 0; i <= BurstLog.MOST_CHANGES; i++) {
            log.add(at, 1, 0);
        }
        assertEquals(BurstLog.MOST_CHANGES + 1, word(saved(true), memory, block, 32));
        log.done();
        log.add(at, 1, 0);
        assertEquals(BurstLog.MOST_CHANGES + 1, word(saved(true), memory, block, 32));
    }

    @Test
    void logsOfThreadsThatEndedAreUsedAgain() throws IOException {
        CounterMemory memory = memory();
        int block = memory.allocate(1);
        long at = memory.address(block) + 32;
        BurstLog other = memory.burstLog(0);
        int used = memory.burstLog(1).block();
        for (int i = 0; i < 100; i++) {
            BurstLog log = memory.burstLog(1);
            log.add(at, 1, 0);
            log.done();
            memory.giveBack(log);
        }
        int last = memory.allocate(1);
        assertEquals(used + 2 * BurstLog.LINES, last, "one more log than are in use");
        other.add(at + 8, 1, 1);
        assertEquals(100, word(saved(true), memory, block, 32));
        assertEquals(0, word(saved(true), memory, block, 40), "the older log is found as well");
        assertFalse(BurstLog.none(0).isOn());
    }
}
