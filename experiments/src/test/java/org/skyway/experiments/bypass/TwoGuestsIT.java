package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.vm.host.GuestSpec;

/// Two guests, and a link between them that comes and goes.
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class TwoGuestsIT {
    private static final String FLOW = "priority=100,in_port=1,actions=output:2";

    @Test
    void theBypassComesAndGoesAndNothingIsLost() throws Exception {
        try (VmBed vms = new VmBed(2)) {
            GuestSpec source = vms.source("vnf1", 2000);
            GuestSpec sink = vms.sink("vnf2");
            vms.guests.start(sink);
            vms.guests.start(source);
            vms.awaitDriver("vnf2");
            vms.awaitDriver("vnf1");

            vms.bed.addFlow(FLOW);
            vms.bed.awaitLinks(1);
            assertTrue(vms.guests.describe("sink").contains("ua-skyway-link-"));
            long before = vms.bed.packetsOf(FLOW);
            JsonNode bypassed = vms.awaitReceived(sink, 1000);
            assertTrue(vms.bed.packetsOf(FLOW) >= before + 1000, "bypassed packets are counted");
            assertClean(bypassed);

            vms.bed.deleteFlow(FLOW);
            vms.await(
                    "unplugged device",
                    40,
                    () ->
                            !vms.guests.describe("sink").contains("ua-skyway-link-")
                                    && !vms.guests.describe("source").contains("ua-skyway-link-"));
            assertEquals(0, vms.bed.activeLinks());
        }
    }

    private static void assertClean(JsonNode statistics) {
        JsonNode source = statistics.path("sources").path(0);
        assertFalse(source.isMissingNode(), statistics::toString);
        assertEquals(0, source.path("lost").asLong(), statistics::toString);
        assertEquals(0, source.path("duplicates").asLong(), statistics::toString);
        assertEquals(0, source.path("reordered").asLong(), statistics::toString);
    }
}
