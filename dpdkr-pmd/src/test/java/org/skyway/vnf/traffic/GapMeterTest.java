package org.skyway.vnf.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class GapMeterTest {
    private static final long WINDOW = 1_000_000;

    private static JsonNode report(GapMeter meter) {
        ObjectNode report = new ObjectMapper().createObjectNode();
        meter.describe(report);
        return report.get("gaps");
    }

    @Test
    void gapInWhichTheWayChangedIsTold() {
        GapMeter meter = new GapMeter(WINDOW);
        long now = 5;
        meter.burst(now, 7); // what was before does not count
        for (int i = 0; i < 10; i++) {
            meter.burst(now += 1000, 7);
        }
        meter.burst(now += 40_000, 8);
        meter.burst(now += 1000, 8);
        meter.burst(now += 20_000, 10);
        JsonNode gaps = report(meter);
        assertEquals(3, gaps.get("turns").asLong());
        assertEquals(2, gaps.get("atTurns").get("count").asLong());
        assertEquals(40_000, gaps.get("atTurns").get("max").asDouble(), 100);
        assertEquals(20_000, gaps.get("atTurns").get("p50").asDouble(), 100);
    }

    @Test
    void windowsWithATurnAreToldFromThoseWithout() {
        GapMeter meter = new GapMeter(WINDOW);
        long now = 0;
        long turns = 0;
        for (int window = 0; window < 100; window++) {
            for (int i = 0; i < 100; i++) {
                boolean turn = window % 10 == 3 && i == 50;
                turns += turn ? 1 : 0;
                now += turn ? 90_000 : 10_000;
                meter.burst(now, turns);
            }
        }
        JsonNode gaps = report(meter);
        assertEquals(10, gaps.get("turns").asLong());
        long with = gaps.get("windowsWithTurns").get("count").asLong();
        long without = gaps.get("windowsWithout").get("count").asLong();
        assertEquals(10, with);
        assertEquals(10_000, gaps.get("windowsWithout").get("max").asDouble(), 100);
        assertEquals(90_000, gaps.get("windowsWithTurns").get("p50").asDouble(), 500);
        assertEquals(now / WINDOW - with, without, 2);
    }

    @Test
    void gapOverManyWindowsCountsOnce() {
        GapMeter meter = new GapMeter(WINDOW);
        meter.burst(0, 0);
        meter.burst(10 * WINDOW + 5, 0);
        meter.burst(20 * WINDOW + 5, 0); // closes the window of the first
        meter.burst(21 * WINDOW + 5, 0);
        JsonNode quiet = report(meter).get("windowsWithout");
        assertEquals(2, quiet.get("count").asLong());
        assertEquals(10.0 * WINDOW, quiet.get("max").asDouble(), WINDOW / 100.0);
    }
}
