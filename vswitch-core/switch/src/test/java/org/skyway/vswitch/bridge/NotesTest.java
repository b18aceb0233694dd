package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.state.Saved;
import org.skyway.vswitch.state.StateQueue;
import org.skyway.vswitch.state.StateStore;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;

@Timeout(60)
class NotesTest {
    @TempDir Path directory;

    private List<String> left(boolean fails) throws IOException {
        try (StateStore store = StateStore.open(directory)) {
            try (StateQueue queue = store.begin(1, new Faults())) {
                Notes notes = new Notes(queue);
                List<FlowEntry> entries = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    FlowCounters counters = new FlowCounters(notes.memory(), 1);
                    entries.add(
                            new FlowEntry(
                                    FlowText.parse("in_port=%d,actions=drop".formatted(i + 1)),
                                    0,
                                    0,
                                    counters));
                }
                entries.forEach(notes::entry);
                notes.commit();
                queue.complete();
                Runnable removal =
                        () -> {
                            for (FlowEntry e : entries) {
                                if (fails && e == entries.get(2)) {
                                    throw new IllegalStateException("in the middle");
                                }
                                notes.noEntry(e);
                            }
                        };
                if (fails) {
                    assertThrows(IllegalStateException.class, () -> notes.clear(removal));
                } else {
                    notes.clear(removal);
                }
                notes.commit();
            }
            return store.recover().all(Saved.Flow.class).stream()
                    .map(f -> f.rule().match().toString())
                    .toList();
        }
    }

    @Test
    void whatWasRemovedIsForgottenWhetherAllWasOrNot() throws IOException {
        assertEquals(List.of(), left(false));
        assertEquals(
                List.of(
                        FlowText.parse("in_port=3,actions=drop").match().toString(),
                        FlowText.parse("in_port=4,actions=drop").match().toString()),
                left(true));
    }
}
