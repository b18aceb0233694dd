package org.skyway.experiments.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The first thing that anyone runs: whatever else the machine does, what it judges holds.
@Timeout(180)
class DemoIT {
    @Test
    void whatMustHoldHoldsAndTheRatioIsOnlyShown() {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status;
        try (Demo demo = new Demo(1, 2, "64", out, false)) {
            status = demo.run(false);
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(0, status, text);
        assertTrue(text.contains("ok   counters of ports, flow entries and VNFs"), text);
        assertTrue(text.contains("ok   order"), text);
        assertTrue(text.contains("ratio, round by round"), text);
        assertTrue(text.contains("The machine was "), text);
    }
}
