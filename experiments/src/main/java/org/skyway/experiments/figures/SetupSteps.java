package org.skyway.experiments.figures;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skyway.experiments.process.ExperimentException;

/// Makes steps of a journal's events: what is in between two points in time when a link comes and
/// when it goes.
final class SetupSteps {
    static final String TOTAL = "in all";

    private static final ObjectMapper JSON = new ObjectMapper();

    private SetupSteps() {}

    /// One change of a link.
    ///
    /// @param toBypass whether the link came; else it went
    /// @param millis of each step, in order, the last of which is [#TOTAL]
    record Change(boolean toBypass, Map<String, Double> millis) {}

    /// Where a packet was first seen that took the new way.
    ///
    /// @param toBypass which change
    /// @param nanos of the journal's clock
    record FirstPacket(boolean toBypass, long nanos) {}

    /// Takes a journal apart.
    ///
    /// @param events its lines
    /// @param packets the first packets, in order
    /// @return the changes whose first packet is known, in order
    static List<Change> of(List<String> events, List<FirstPacket> packets) {
        List<Change> changes = new ArrayList<>();
        Map<String, Double> current = null;
        boolean toBypass = false;
        long begin = 0;
        long last = 0;
        for (String line : events) {
            JsonNode event = parse(line);
            long nanos = event.path("nanos").asLong();
            if (event.path("event").asText().equals("flow-add")) {
                // The first rule makes the link, the second one, of higher priority, ends it.
                toBypass = !event.path("flow").asText().contains("udp");
                begin = nanos;
                last = nanos;
                current = new LinkedHashMap<>();
                continue;
            }
            String step = current == null ? null : step(event, current, toBypass);
            if (step == null || current.containsKey(step)) {
                continue;
            }
            current.put(step, (nanos - last) / 1e6);
            last = nanos;
            if (event.path("event").asText().equals("link") && isLast(event, toBypass)) {
                if (changes.size() == packets.size()) {
                    break;
                }
                FirstPacket packet = packets.get(changes.size());
                if (packet.toBypass != toBypass) {
                    throw new ExperimentException(
                            "the journal and the packets seen disagree after %d changes"
                                    .formatted(changes.size()));
                }
                current.put("first packet seen on the new way", (packet.nanos - last) / 1e6);
                current.put(TOTAL, (packet.nanos - begin) / 1e6);
                changes.add(new Change(toBypass, current));
                current = null;
            }
        }
        return changes;
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new ExperimentException("the journal has a line that is no JSON: " + line, e);
        }
    }

    private static boolean isLast(JsonNode event, boolean toBypass) {
        return event.path("state").asText().equals(toBypass ? "ACTIVE" : "READY");
    }

    private static String step(JsonNode event, Map<String, Double> before, boolean toBypass) {
        return switch (event.path("event").asText()) {
            case "link" -> linkStep(event.path("state").asText(), toBypass);
            case "link-step" ->
                    event.path("step").asText().equals("plugged")
                            ? twice(
                                    "device plugged into one guest",
                                    "device plugged into the other guest",
                                    before)
                            : twice(
                                    "found and mapped by one driver",
                                    "found and mapped by the other driver",
                                    before);
            default -> null;
        };
    }

    private static String twice(String first, String second, Map<String, Double> before) {
        return before.containsKey(first) ? second : first;
    }

    private static String linkStep(String state, boolean toBypass) {
        if (toBypass) {
            return switch (state) {
                case "DETECTED" -> "flow-mod received, link detected";
                case "PLUGGING" -> "region made, both sides asked";
                case "READY" -> "mapped by both, sender told to use it";
                case "ACTIVE" -> "sender obeyed the command";
                default -> null;
            };
        }
        return switch (state) {
            case "REVOKING" -> "flow-mod received, link found to end";
            case "READY" -> "sender left, receiver read it to the end";
            default -> null;
        };
    }
}
