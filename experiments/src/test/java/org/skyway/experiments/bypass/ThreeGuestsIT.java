package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.vswitch.config.SwitchConfig;

/// A chain of three guests, the one in the middle with two ports, and an agent in a process of its
/// own as far as the switch can tell. The tests share the guests and come in an order; each begins
/// and ends with traffic past the switch.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class ThreeGuestsIT {
    private static final String FIRST = "priority=100,in_port=1,actions=output:2";
    private static final String SECOND = "priority=100,in_port=3,actions=output:4";
    private static final String BREAKING = "priority=200,in_port=3,udp,tp_dst=7777,actions=drop";
    private static final int RATE = 1000;

    private VmBed vms;
    private SwitchBed bed;
    private GuestSpec sink;

    @BeforeAll
    void startGuests() throws Exception {
        vms = new VmBed(4, SwitchConfig.SERVICE);
        bed = vms.bed;
        sink = vms.sink("vnf4");
        vms.guests.start(sink);
        vms.guests.start(forwarder("forward"));
        vms.guests.start(vms.source("source", "vnf1", RATE, 1));
        for (int port = 1; port <= 4; port++) {
            vms.awaitDriver("vnf" + port);
        }
        bed.addFlow(FIRST);
        bed.addFlow(SECOND);
        bed.awaitLinks(2);
    }

    @AfterAll
    void end() throws Exception {
        if (vms != null) {
            vms.close();
        }
    }

    @Test
    @Order(1)
    void theChainRunsPastTheSwitch() throws Exception {
        JsonNode statistics = vms.awaitReceived(sink, 2 * RATE);
        assertInOrder(statistics);
        assertEquals(0, statistics.path("lost").asLong(), statistics::toString);
        vms.await("count", () -> bed.packetsOf(SECOND) >= VmBed.received(statistics));
        assertTrue(vms.isPlugged("source") && vms.isPlugged("forward") && vms.isPlugged("sink"));
    }

    @Test
    @Order(2)
    void aRuleEndsOneLinkAndTheOtherGoesOn() throws Exception {
        long lost = lost();
        int removed = vms.removals();
        bed.addFlow(BREAKING);
        assertEquals(1, bed.activeLinks());
        vms.awaitReceived(sink, RATE);
        vms.await("unplugged device", () -> !vms.isPlugged("sink"));
        vms.await("report of both removals", () -> vms.removals() == removed + 2);
        assertTrue(vms.isPlugged("source") && vms.isPlugged("forward"));
        bed.deleteFlow(BREAKING);
        bed.awaitLinks(2);
        JsonNode statistics = vms.awaitReceived(sink, RATE);
        assertInOrder(statistics);
        assertEquals(lost, statistics.path("lost").asLong(), statistics::toString);
    }

    @Test
    @Order(3)
    void linksGoOnWithoutTheAgentAndComeBackWithTheNext() throws Exception {
        long lost = lost();
        bed.stopService();
        JsonNode statistics = vms.awaitReceived(sink, RATE);
        assertEquals(lost, statistics.path("lost").asLong(), statistics::toString);
        assertEquals(2, bed.activeLinks());
        long restarted = System.nanoTime();
        bed.startService();
        for (int port = 1; port <= 4; port++) {
            vms.awaitDriver("vnf" + port);
        }
        statistics = vms.awaitReceived(sink, RATE);
        assertInOrder(statistics);
        assertEquals(lost, statistics.path("lost").asLong(), statistics::toString);
        assertEquals(2, bed.activeLinks());
        assertEquals(0, bed.linksSince(restarted), "links that were set up anew");
    }

    @Test
    @Order(4)
    void theGuestInTheMiddleDiesAndAnotherTakesItsPlace() throws Exception {
        vms.guests.kill("forward");
        vms.await("no links", () -> bed.activeLinks() == 0);
        vms.await("unplugged devices", () -> !vms.isPlugged("source") && !vms.isPlugged("sink"));
        vms.guests.start(forwarder("forward2"));
        vms.awaitDriver("vnf2");
        vms.awaitDriver("vnf3");
        bed.awaitLinks(2);
        assertInOrder(vms.awaitReceived(sink, RATE));
    }

    private GuestSpec forwarder(String name) {
        return vms.spec(name, List.of("vnf2", "vnf3"), "forward", "--ports", "vnf2,vnf3");
    }

    private long lost() throws IOException {
        return vms.statistics(sink).path("lost").asLong();
    }

    private static void assertInOrder(JsonNode statistics) {
        assertTrue(statistics.has("reordered"), statistics::toString);
        assertEquals(0, statistics.path("duplicates").asLong(), statistics::toString);
        assertEquals(0, statistics.path("reordered").asLong(), statistics::toString);
    }
}
