package org.skyway.vnf.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PacerTest {
    @Test
    void rateIsKeptOverTime() {
        for (double rate : new double[] {10, 1000, 1_000_000, 3_333_333}) {
            Pacer pacer = new Pacer(rate);
            long sent = 0;
            for (long now = 5_000; now <= 1_000_005_000L; now += 1_777) {
                int due = pacer.due(now, 32);
                assertTrue(due >= 0 && due <= 32);
                pacer.sent(due);
                sent += due;
            }
            assertEquals(rate, sent, 1 + rate / 1000);
        }
    }

    @Test
    void stallIsCaughtUpWithOnlySoFar() {
        Pacer pacer = new Pacer(1_000_000);
        assertEquals(1, pacer.due(0, 32));
        pacer.sent(1);
        long sent = 0;
        long now = 2_000_000_000L; // two seconds in which nothing could be sent
        for (int due; (due = pacer.due(now, 32)) > 0; sent += due) {
            pacer.sent(due);
        }
        assertTrue(sent >= 10_000 && sent < 10_100, "sent " + sent + " at once");
    }

    @Test
    void whatWasNotTakenStaysDue() {
        Pacer pacer = new Pacer(1_000_000);
        pacer.due(0, 32);
        assertEquals(11, pacer.due(10_000, 32));
        pacer.sent(4);
        assertEquals(7, pacer.due(10_000, 32));
    }
}
