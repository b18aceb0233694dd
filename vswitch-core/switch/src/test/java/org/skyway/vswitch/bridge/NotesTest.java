package org.skyway.vswitch.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.model.FlowRule;
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

    @Test
    void whatCameAfterAllWasRemovedIsRemembered() throws IOException {
        try (StateStore store = StateStore.open(directory)) {
            try (StateQueue queue = store.begin(1, new Faults())) {
                Notes notes = new Notes(queue);
                List<FlowEntry> entries = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    FlowCounters counters = new FlowCounters(notes.memory(), 1);
                    FlowRule rule = FlowText.parse("in_port=%d,actions=drop".formatted(i + 1));
                    entries.add(new FlowEntry(rule, 0, 0, counters));
                }
                entries.subList(0, 3).forEach(notes::entry);
                notes.commit();
                queue.complete();
                notes.noEntries();
                notes.entry(entries.get(3));
                notes.commit();
            }
            List<FlowRule> left =
                    store.recover().all(Saved.Flow.class).stream().map(Saved.Flow::rule).toList();
            assertEquals(List.of(FlowText.parse("in_port=4,actions=drop")), left);
        }
    }
}
