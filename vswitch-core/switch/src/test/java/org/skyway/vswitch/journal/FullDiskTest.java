package org.skyway.vswitch.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.vswitch.fault.Faults;

@Timeout(60)
class FullDiskTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "x".repeat(100);

    @TempDir Path directory;

    private final Faults faults = new Faults();
    private SmallDisk disk;
    private long longestNanos;
    private int written;

    @BeforeEach
    void mount() throws Exception {
        disk = SmallDisk.mount(directory, 48);
    }

    @AfterEach
    void unmount() throws Exception {
        disk.close();
    }

    private void write(Journal journal, int events) {
        for (int i = 0; i < events; i++) {
            long before = System.nanoTime();
            journal.write(Journal.event("n").put("n", written++).put("text", TEXT));
            longestNanos = Math.max(longestNanos, System.nanoTime() - before);
        }
    }

    private List<JsonNode> read() throws Exception {
        List<String> lines = new ArrayList<>();
        Journal.read(directory, false, lines::add);
        List<JsonNode> events = new ArrayList<>();
        for (String line : lines) {
            events.add(JSON.readTree(line));
        }
        return events;
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    // A file is begun in room that may go in the same moment.
    private void awaitFile() throws InterruptedException {
        await(() -> {
            try {
                return !read().isEmpty();
            } catch (Exception e) {
                return false; // it is not there yet
            }
        });
    }

    private boolean told(String where, String what) {
        return faults.list().stream()
                .anyMatch(f -> f.where().equals(where) && f.what().equals(what));
    }

    private void assertInOrder(int from, List<JsonNode> events) {
        for (int i = 0; i < events.size(); i++) {
            assertEquals(from + i, events.get(i).get("n").intValue());
        }
    }

    @Test
    void whatComesWhileADiskIsFullIsWrittenWhenThereIsRoomAgain() throws Exception {
        try (Journal journal = new Journal(directory, faults)) {
            write(journal, 1000);
            awaitFile();
            disk.fill();
            write(journal, 50_000);
            await(() -> told("journal: file", "IOException"));
            assertTrue(longestNanos < 1_000_000_000L, longestNanos + " ns for one event");
            disk.free();
        }
        assertEquals(51_000, read().size());
        assertInOrder(0, read());
    }

    @Test
    void diskThatIsFullAtTheStartIsWaitedFor() throws Exception {
        disk.fill();
        try (Journal journal = new Journal(directory, faults)) {
            write(journal, 10);
            await(() -> told("journal: file", "IOException"));
            disk.free();
        }
        assertInOrder(0, read());
        assertEquals(10, read().size());
    }

    @Test
    void whatFindsNoPlaceToWaitIsCountedAndNobodyWaits() throws Exception {
        disk.fill();
        int more = 5_000;
        try (Journal journal = new Journal(directory, faults)) {
            await(() -> told("journal: file", "IOException"));
            long before = System.nanoTime();
            write(journal, (1 << 18) + more);
            long nanos = System.nanoTime() - before;
            assertTrue(told("journal", "lost"));
            assertEquals(new Journal.Condition(0, more, 1 << 18, true), journal.condition());
            assertTrue(nanos < 20_000_000_000L, nanos + " ns");
            disk.free();
        }
        List<JsonNode> events = read();
        assertEquals((1 << 18) + 1, events.size());
        assertEquals("lost", events.getLast().get("event").textValue());
        assertEquals(more, events.getLast().get("count").intValue());
        assertInOrder(0, events.subList(0, 1 << 18));
    }

    @Test
    void diskThatIsFullAgainAndAgainHarmsNothingThatWasWritten() throws Exception {
        try (Journal journal = new Journal(directory, faults)) {
            write(journal, 1);
            awaitFile();
            for (int round = 0; round < 20; round++) {
                write(journal, 3000);
                disk.fill();
                write(journal, 3000);
                Thread.sleep(20);
                disk.free();
            }
        }
        assertTrue(
                faults.list().stream().allMatch(f -> f.what().equals("IOException")),
                faults.list().toString());
        assertInOrder(0, read());
        assertEquals(120_001, read().size());
    }
}
