package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
import org.junit.jupiter.api.io.TempDir;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.vswitch.config.SwitchConfig;

/// Two guests, one sending to the other, and everything that may happen to the link between them.
/// Guests take long to boot, so all tests share them and come in an order; each begins and ends
/// with traffic on the bypass.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class TwoGuestsIT {
    private static final String FLOW = "priority=100,in_port=1,actions=output:2";
    private static final int RATE = 2000;

    @TempDir Path saved;
    private VmBed vms;
    private SwitchBed bed;
    private GuestSpec source;
    private GuestSpec sink;

    @BeforeAll
    void startGuests() throws Exception {
        vms = new VmBed(2, SwitchConfig.LIBVIRT);
        bed = vms.bed;
        source = vms.source("source", "vnf1", RATE, 1);
        sink = vms.sink("vnf2");
        long start = System.nanoTime();
        vms.guests.start(sink);
        vms.guests.start(source);
        vms.awaitDriver("vnf2");
        vms.awaitDriver("vnf1");
        System.out.printf(
                "two guests polled %.1f s after the first was started%n",
                (System.nanoTime() - start) / 1e9);
        bed.addFlow(FLOW);
        bed.awaitLinks(1);
    }

    @AfterAll
    void end() throws Exception {
        if (vms != null) {
            vms.close();
        }
    }

    @Test
    @Order(1)
    void trafficOnTheBypassIsCountedAndComplete() throws Exception {
        assertTrue(isPlugged());
        JsonNode statistics = vms.awaitReceived(sink, 2 * RATE);
        assertClean(statistics);
        // The sink has received nothing that did not match the entry.
        vms.await("count", () -> bed.packetsOf(FLOW) >= VmBed.received(statistics));
    }

    @Test
    @Order(2)
    void packetOutReachesABypassedGuest() throws Exception {
        packetOutReachesTheSink();
        assertEquals(1, bed.activeLinks());
    }

    @Test
    @Order(3)
    void trafficDoesNotNoticeARestartOfLibvirtd() throws Exception {
        vms.restartLibvirtd();
        assertClean(vms.awaitReceived(sink, RATE));
        assertEquals(1, bed.activeLinks());
        assertTrue(isPlugged());
    }

    @Test
    @Order(4)
    void whenTheRuleGoesTheDeviceGoes() throws Exception {
        bed.deleteFlow(FLOW);
        assertEquals(0, bed.activeLinks());
        vms.await("unplugged device", () -> isUnplugged());
        bed.addFlow(FLOW);
        bed.awaitLinks(1);
        vms.awaitReceived(sink, RATE);
    }

    @Test
    @Order(5)
    void twentyTimesPluggedAndUnpluggedLosesNothing() throws Exception {
        long lostBefore = lost();
        int removed = vms.removals();
        for (int round = 0; round < 20; round++) {
            hold(true);
            vms.await("unplugged device", () -> isUnplugged());
            int expected = removed + 2 * (round + 1);
            vms.await("report of both removals", () -> vms.removals() >= expected);
            hold(false);
            bed.awaitLinks(1);
        }
        JsonNode after = vms.awaitReceived(sink, RATE);
        assertEquals(lostBefore, after.path("lost").asLong());
        assertInOrder(after);
    }

    @Test
    @Order(6)
    void aLinkRestsWhileAGuestIsPaused() throws Exception {
        long lostBefore = lost();
        vms.guests.pause("source");
        vms.await("link at rest", () -> bed.activeLinks() == 0);
        vms.await("reason", () -> bed.links().contains("the VNF of port vnf1 is paused"));
        Thread.sleep(3000); // longer than a VNF may be silent
        vms.guests.resume("source");
        bed.awaitLinks(1);
        JsonNode after = vms.awaitReceived(sink, RATE);
        assertEquals(lostBefore, after.path("lost").asLong());
        assertInOrder(after);
    }

    @Test
    @Order(7)
    void aPreparedGuestCanBeSavedAndRestored() throws Exception {
        Path file = saved.resolve("source.state");
        IOException refused =
                assertThrows(IOException.class, () -> vms.guests.save("source", file));
        assertTrue(refused.getMessage().contains("shmem"), refused::getMessage);
        assertTrue(vms.guests.isRunning("source"));
        hold(true);
        vms.await("unplugged device", () -> isUnplugged());
        assertTrue(bed.links().contains("port vnf1 is prepared for migration"));
        vms.awaitReceived(sink, RATE / 2); // through the switch
        vms.guests.save("source", file);
        assertFalse(vms.guests.isRunning("source"));
        vms.await("driver to be gone", () -> !vms.isDriven("vnf1"));
        vms.guests.restore(file);
        vms.awaitDriver("vnf1");
        hold(false);
        bed.awaitLinks(1);
        assertInOrder(vms.awaitReceived(sink, RATE));
        Files.delete(file);
    }

    @Test
    @Order(8)
    void aKilledGuestTakesOnlyItsLinkDown() throws Exception {
        vms.guests.kill("source");
        vms.await("no link", () -> bed.activeLinks() == 0);
        assertTrue(vms.isDriven("vnf2"));
        packetOutReachesTheSink();
        vms.await("unplugged device", () -> !vms.isPlugged("sink"));
        vms.guests.start(vms.source("source2", "vnf1", RATE, 2));
        vms.awaitDriver("vnf1");
        bed.awaitLinks(1);
        vms.awaitReceived(sink, RATE);
    }

    private void packetOutReachesTheSink() throws Exception {
        long before = vms.statistics(sink).path("foreign").asLong();
        byte[] frame = new byte[64];
        Arrays.fill(frame, 0, 12, (byte) 0x02);
        bed.packetOut(frame, 2);
        vms.await(
                "foreign frame", () -> vms.statistics(sink).path("foreign").asLong() == before + 1);
    }

    private void hold(boolean on) throws Exception {
        bed.hold(List.of("vnf1"), on);
    }

    private boolean isPlugged() throws IOException {
        return vms.isPlugged("source") && vms.isPlugged("sink");
    }

    private boolean isUnplugged() throws IOException {
        return !vms.isPlugged("source") && !vms.isPlugged("sink");
    }

    private long lost() throws IOException {
        return vms.statistics(sink).path("lost").asLong();
    }

    private static void assertClean(JsonNode statistics) {
        assertInOrder(statistics);
        assertEquals(0, statistics.path("lost").asLong(), statistics::toString);
    }

    private static void assertInOrder(JsonNode statistics) {
        assertTrue(statistics.has("reordered"), statistics::toString);
        assertEquals(0, statistics.path("duplicates").asLong(), statistics::toString);
        assertEquals(0, statistics.path("reordered").asLong(), statistics::toString);
    }
}
