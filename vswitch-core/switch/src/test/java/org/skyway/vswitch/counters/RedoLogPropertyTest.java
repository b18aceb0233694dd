package org.skyway.vswitch.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;

/// Several words change at once, whenever their process is killed; and whatever is in a file, it is
/// read.
class RedoLogPropertyTest {
    private static final int LINES = 200;
    private static final int WORDS = 8 * LINES;

    @TempDir Path folder;
    private int left; // writes until the process is killed
    private int files;

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private void store(long address, long value) {
        if (left-- == 0) {
            throw new Killed();
        }
        Memory.putLongRelease(address, value);
    }

    private CounterMemory memory() throws IOException {
        left = Integer.MAX_VALUE;
        Path file = folder.resolve("counters-" + ++files);
        return CounterMemory.create(file, 8, this::store, _ -> {});
    }

    private SavedCounters saved() throws IOException {
        return SavedCounters.read(folder.resolve("counters-" + files), true);
    }

    private static long word(SavedCounters saved, CounterMemory memory, int block, int word) {
        return saved.word(block, memory.tag(block), 8 * word);
    }

    private static int any(Random random) {
        int word = random.nextInt(WORDS);
        return word == CounterMemory.TAG / 8 ? 0 : word;
    }

    private static Random random(String what) {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("RedoLogPropertyTest " + what + " seed " + seed + " (-Dskyway.seed=…)");
        return new Random(seed);
    }

    @Test
    void changesAreSeenAllOrNone() throws IOException {
        Random random = random("changes");
        int unfinished = 0;
        for (int round = 0; round < 60; round++) {
            CounterMemory memory = memory();
            int block = memory.allocate(LINES);
            long address = memory.address(block);
            long[] before = new long[WORDS];
            long[] after = new long[WORDS];
            int changes = 2 + random.nextInt(round % 4 == 0 ? 600 : 20);
            for (int last = 0; last < 2; last++) { // what the first has left must not matter
                System.arraycopy(after, 0, before, 0, WORDS);
                for (int i = 0; i < changes; i++) {
                    int word = any(random);
                    after[word] = random.nextLong();
                    memory.redo().put(address + 8L * word, after[word]);
                }
                left = last == 0 ? Integer.MAX_VALUE : random.nextInt(4 * changes);
                try {
                    memory.redo().commit();
                } catch (Killed e) {
                    unfinished++;
                }
            }
            SavedCounters saved = saved();
            int first = 0;
            while (first < WORDS && (before[first] == after[first] || first == 3)) {
                first++;
            }
            boolean done = first == WORDS || word(saved, memory, block, first) == after[first];
            for (int w = 0; w < WORDS; w++) {
                if (w != CounterMemory.TAG / 8) {
                    assertEquals(
                            done ? after[w] : before[w],
                            word(saved, memory, block, w),
                            "round %d, word %d of %d changes".formatted(round, w, changes));
                }
            }
        }
        assertTrue(unfinished > 20, "only " + unfinished + " were killed");
    }

    @Test
    void whateverIsInAFileIsRead() throws IOException {
        Random random = random("garbage");
        for (int round = 0; round < 300; round++) {
            CounterMemory memory = round % 50 == 0 ? memory() : null;
            if (memory != null) {
                long address = memory.address(memory.allocate(LINES));
                for (int w = 8; w < 40; w++) {
                    memory.redo().put(address + 8L * w, w);
                }
                left = 100; // the notes are whole, and not all is done
                try {
                    memory.redo().commit();
                } catch (Killed e) {
                    left = Integer.MAX_VALUE;
                }
            }
            Path file = folder.resolve("counters-" + files);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (int i = 0; i < 3; i++) {
                    ByteBuffer word = ByteBuffer.allocate(8);
                    word.putLong(random.nextBoolean() ? random.nextLong() : random.nextInt(1000));
                    int at = 8 * random.nextInt(random.nextBoolean() ? 8 : 200);
                    channel.write(word.flip(), at == 0 ? 8 : at);
                }
                if (random.nextInt(10) == 0) {
                    channel.truncate(random.nextInt(1 << 20));
                }
            }
            SavedCounters.read(file, true).word(0, 0, 0);
        }
        Files.delete(folder.resolve("counters-" + files));
        assertEquals(0, saved().word(1, 1, 0), "a file that is gone has nothing");
    }
}
