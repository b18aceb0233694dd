package org.skyway.experiments.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.experiments.figures.SetupSteps.Change;
import org.skyway.experiments.figures.SetupSteps.FirstPacket;
import org.skyway.experiments.process.ExperimentException;

class SetupStepsTest {
    private static String flow(long millis, String flow) {
        return "{\"event\":\"flow-add\",\"nanos\":%d,\"flow\":\"%s\"}"
                .formatted(millis * 1_000_000, flow);
    }

    private static String link(long millis, String state) {
        return "{\"event\":\"link\",\"nanos\":%d,\"state\":\"%s\"}"
                .formatted(millis * 1_000_000, state);
    }

    private static String step(long millis, String step) {
        return "{\"event\":\"link-step\",\"nanos\":%d,\"step\":\"%s\"}"
                .formatted(millis * 1_000_000, step);
    }

    private static final List<String> CYCLE =
            List.of(
                    flow(100, "priority=100,in_port=1 actions=output:2"),
                    link(101, "DETECTED"),
                    link(103, "PLUGGING"),
                    step(110, "plugged"),
                    step(112, "plugged"),
                    step(120, "mapped"),
                    step(121, "mapped"),
                    link(124, "READY"),
                    link(130, "ACTIVE"),
                    flow(200, "priority=200,udp,in_port=1,tp_dst=9 actions=drop"),
                    link(201, "REVOKING"),
                    link(205, "READY"));

    private static final List<FirstPacket> PACKETS =
            List.of(new FirstPacket(true, 131_000_000), new FirstPacket(false, 204_000_000));

    @Test
    void takesTimesBetweenEvents() {
        List<Change> changes = SetupSteps.of(CYCLE, PACKETS);
        assertEquals(2, changes.size());
        Change there = changes.getFirst();
        assertTrue(there.toBypass());
        assertEquals(
                List.of(1.0, 2.0, 7.0, 2.0, 8.0, 1.0, 3.0, 6.0, 1.0, 31.0),
                List.copyOf(there.millis().values()));
        assertEquals(31.0, there.millis().get(SetupSteps.TOTAL));
        Change back = changes.getLast();
        assertEquals(List.of(1.0, 4.0, -1.0, 4.0), List.copyOf(back.millis().values()));
    }

    @Test
    void onlyChangesWhoseFirstPacketWasSeenCount() {
        List<String> twice = new ArrayList<>(CYCLE);
        twice.addAll(CYCLE);
        assertEquals(2, SetupSteps.of(twice, PACKETS).size());
        assertEquals(1, SetupSteps.of(twice, PACKETS.subList(0, 1)).size());
        assertEquals(0, SetupSteps.of(twice, List.of()).size());
    }

    @Test
    void disagreementAndGarbageAreSaid() {
        assertThrows(
                ExperimentException.class,
                () -> SetupSteps.of(CYCLE, List.of(new FirstPacket(false, 1))));
        var e =
                assertThrows(
                        ExperimentException.class,
                        () -> SetupSteps.of(List.of("{\"event\""), PACKETS));
        assertTrue(e.getMessage().contains("no JSON"), e.getMessage());
    }
}
