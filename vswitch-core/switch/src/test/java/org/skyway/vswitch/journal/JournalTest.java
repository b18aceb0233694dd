package org.skyway.vswitch.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.fault.Faults;

class JournalTest {
    @TempDir Path directory;

    private List<JsonNode> read() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> events = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        Journal.read(directory, false, lines::add);
        for (String line : lines) {
            events.add(json.readTree(line));
        }
        return events;
    }

    @Test
    void closingWritesWhatWasHandedOver() throws IOException {
        // More than may wait, so that the one who hands over has to wait, too.
        int many = 400_000;
        FlowRule rule = FlowText.parse("table=3,ip,nw_src=10.1.2.3,actions=output:2");
        Journal journal = new Journal(directory, new Faults());
        try (journal) {
            for (int i = 0; i < many; i++) {
                journal.write("flow-add", rule);
            }
        }
        List<JsonNode> events = read();
        Journal.Condition end = journal.condition();
        assertEquals(events.size(), end.written());
        assertEquals(0, end.waiting());
        assertFalse(end.failing());
        // On a machine that is busy with other things some find no place to wait in; they are told.
        long lost =
                events.stream()
                        .filter(e -> e.get("event").textValue().equals("lost"))
                        .mapToLong(e -> e.get("count").longValue())
                        .sum();
        events.removeIf(e -> e.get("event").textValue().equals("lost"));
        assertEquals(many, events.size() + lost);
        assertEquals(lost, end.lost());
        JsonNode last = events.getLast();
        assertEquals("flow-add", last.get("event").textValue());
        assertEquals(FlowText.print(rule), last.get("flow").textValue());
        assertTrue(last.get("nanos").longValue() >= events.getFirst().get("nanos").longValue());
    }

    @Test
    void keepsTheOrderOfAllKindsOfEvents() throws IOException {
        FlowRule rule = FlowText.parse("actions=drop");
        try (Journal journal = new Journal(directory, new Faults())) {
            for (int i = 0; i < 1000; i++) {
                journal.write(Journal.event("link").put("reason", "a \"quoted\"\nline " + i));
                journal.write("flow-add", rule);
            }
        }
        List<JsonNode> events = read();
        assertEquals(2000, events.size());
        for (int i = 0; i < 1000; i++) {
            assertEquals("a \"quoted\"\nline " + i, events.get(2 * i).get("reason").textValue());
            assertEquals("flow-add", events.get(2 * i + 1).get("event").textValue());
        }
    }

    @Test
    void manyFlowsAreAnEventEach() throws IOException {
        List<FlowRule> rules = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            rules.add(FlowText.parse("in_port=%d,actions=drop".formatted(i + 1)));
        }
        try (Journal journal = new Journal(directory, new Faults())) {
            journal.write("flow-add", rules.getFirst());
            journal.write("flow-delete", rules);
            journal.write("flow-delete", List.of());
            journal.write("flow-add", rules.getLast());
        }
        List<JsonNode> events = read();
        assertEquals(5002, events.size());
        for (int i = 0; i < 5000; i++) {
            assertEquals("flow-delete", events.get(i + 1).get("event").textValue());
            assertEquals(FlowText.print(rules.get(i)), events.get(i + 1).get("flow").textValue());
        }
        assertEquals("flow-add", events.getLast().get("event").textValue());
    }

    @Test
    void goesOnWhereAnEarlierSwitchEnded() throws IOException {
        for (int i = 0; i < 2; i++) {
            try (Journal journal = new Journal(directory, new Faults())) {
                journal.write(Journal.event("fault").put("what", "number " + i));
            }
        }
        assertEquals(
                List.of("number 0", "number 1"),
                read().stream().map(e -> e.get("what").textValue()).toList());
    }

    @Test
    void readingMakesNoJournal() {
        assertFalse(Journal.exists(directory));
        try (Journal journal = new Journal(directory, new Faults())) {
            journal.write(Journal.event("fault"));
        }
        assertTrue(Journal.exists(directory));
    }
}
