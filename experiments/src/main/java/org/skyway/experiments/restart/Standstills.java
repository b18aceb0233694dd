package org.skyway.experiments.restart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// How long a sink got nothing, by what it writes of itself every few milliseconds. One thread.
final class Standstills {
    /// How often the sink writes: so finely is time told.
    static final String INTERVAL_SECONDS = "0.01";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private int lines; // that were looked at
    private long packets = -1;
    private double since;

    /// @param file to which the sink writes its statistics
    Standstills(Path file) {
        this.file = file;
    }

    /// The longest time without a packet among what was written since this was asked before.
    ///
    /// @return milliseconds
    double longestMillis() throws IOException {
        double longest = 0;
        List<String> all = Files.readAllLines(file);
        int last = all.size() - 1; // it may be half written
        for (; lines < last; lines++) {
            JsonNode line = JSON.readTree(all.get(lines));
            if (!line.path("event").asText().equals("stats")) {
                continue;
            }
            long now = line.path("ports").path(0).path("rxPackets").asLong();
            double seconds = line.path("seconds").asDouble();
            if (now != packets) {
                packets = now;
                since = seconds;
            }
            longest = Math.max(longest, seconds - since);
        }
        return longest * 1e3;
    }

    /// Says what several were like.
    ///
    /// @param millis their lengths
    /// @return for people
    static String text(List<Double> millis) {
        List<Double> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        return sorted.isEmpty()
                ? "none"
                : "median %.0f ms, longest %.0f ms of %d"
                        .formatted(sorted.get(sorted.size() / 2), sorted.getLast(), sorted.size());
    }
}
