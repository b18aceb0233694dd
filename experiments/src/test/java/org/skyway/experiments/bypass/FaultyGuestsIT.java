package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.vswitch.config.SwitchConfig;

/// Guests that can't have links: the reason is shown, and traffic goes through the switch.
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class FaultyGuestsIT {
    private static final String FLOW = "priority=100,in_port=1,actions=output:2";
    private static final int SLOTS = 32;
    private static final int RATE = 500;

    private VmBed vms;
    private SwitchBed bed;

    @BeforeEach
    void start() throws Exception {
        vms = new VmBed(2, SwitchConfig.LIBVIRT);
        bed = vms.bed;
    }

    @AfterEach
    void end() throws Exception {
        vms.close();
    }

    @Test
    void withoutAFreeSlotTheLinkFailsAndTrafficGoesOn() throws Exception {
        GuestSpec sink = vms.sink("vnf2");
        startWithFullBus(sink);
        aLinkFails(sink, "No more available PCI slots", "give the domain free slots");
    }

    @Test
    void withoutRoomBehindABridgeTheLinkFailsAndTrafficGoesOn() throws Exception {
        GuestSpec sink = vms.sink("vnf2");
        startWithABridge(sink);
        aLinkFails(sink, "its BAR2 got no address", "give the domain free slots");
    }

    private void aLinkFails(GuestSpec sink, String problem, String advice) throws Exception {
        vms.guests.start(vms.source("source", "vnf1", RATE, 1));
        vms.awaitDriver("vnf2");
        vms.awaitDriver("vnf1");
        bed.addFlow(FLOW);
        vms.await("failure", () -> state().equals("FAILED"));
        String reason = bed.request("links", null).get(0).get("reason").asText();
        assertTrue(reason.contains(problem) && reason.contains(advice), reason);
        JsonNode statistics = vms.awaitReceived(sink, RATE);
        assertEquals(0, statistics.path("reordered").asLong(), statistics::toString);
        assertEquals(0, statistics.path("duplicates").asLong(), statistics::toString);
        // It is tried again, and what the guests had been given is taken back each time.
        vms.await("another try", () -> !state().equals("FAILED"));
        vms.await("another failure", () -> state().equals("FAILED"));
        vms.await("unplugged device", () -> !vms.isPlugged("source") && !vms.isPlugged("sink"));
    }

    @Test
    void aDomainWithoutAChannelIsNamed() throws Exception {
        GuestSpec silent = vms.sink("vnf2");
        Files.createDirectories(silent.directory());
        vms.guests.start(
                "sink",
                silent.xml()
                        .replaceAll("(?s)<channel.*?</channel>", "")
                        .replaceAll("<(kernel|initrd|cmdline)>.*</\\1>", ""));
        vms.await(
                "the problem",
                () -> machines().contains("port vnf2 has no <channel> of type unix named"));
    }

    @Test
    void aPortThatTheSwitchHasNotIsNamedWithThoseThatItHas() throws Exception {
        GuestSpec typo = vms.sink("vnf2");
        Files.createDirectories(typo.directory());
        vms.guests.start(
                "sink",
                typo.xml()
                        .replaceAll("(<[a-z]+:port name=)(['\"])vnf2", "$1$2vnf9")
                        .replaceAll("<(kernel|initrd|cmdline)>.*</\\1>", ""));
        vms.await(
                "the problem",
                () ->
                        bed.request("machines", null)
                                .toString()
                                .contains("the switch has no port vnf9; its ports are vnf1, vnf2"));
    }

    @Test
    void aDomainWithARegionAndNoPortIsNamed() throws Exception {
        GuestSpec mute = vms.sink("vnf2");
        Files.createDirectories(mute.directory());
        vms.guests.start(
                "sink",
                mute.xml()
                        .replaceAll("(?s)<metadata>.*</metadata>", "")
                        .replaceAll("<(kernel|initrd|cmdline)>.*</\\1>", ""));
        vms.await(
                "the problem",
                () -> machines().contains("neither its metadata nor the switch's configuration"));
    }

    @Test
    void aDomainThatHasLessOfItsRegionThanThereIsIsTold() throws Exception {
        GuestSpec small = vms.sink("vnf2");
        Files.createDirectories(small.directory());
        // What a domain that only has to run, and not to do anything, boots matters little.
        vms.guests.start(
                "sink",
                small.xml()
                        .replaceAll(
                                "<size unit='KiB'>[0-9]+</size>", "<size unit='KiB'>1024</size>")
                        .replaceAll("<(kernel|initrd|cmdline)>.*</\\1>", ""));
        vms.await("the problem", () -> machines().contains("domain sink has 1 MiB of region"));
        assertTrue(machines().contains("of port vnf2, which has "), machines());
    }

    // Every slot has a controller that the guest's kernel has no driver for, but for two that have
    // what the guest needs. All addresses are given: where one is left to it, libvirt adds a
    // bridge.
    private void startWithFullBus(GuestSpec guest) throws IOException {
        Files.createDirectories(guest.directory());
        StringBuilder controllers = new StringBuilder();
        for (int slot = 2; slot < SLOTS - 2; slot++) {
            controllers.append(
                    "<controller type='scsi' index='%d' model='lsilogic'>%s</controller>"
                            .formatted(slot, address(slot)));
        }
        String serial = "<controller type='virtio-serial' index='0'";
        String xml =
                guest.xml()
                        .replace(serial + "/>", serial + ">" + address(30) + "</controller>")
                        .replace("</shmem>", address(31) + "</shmem>")
                        .replace("</devices>", controllers + "</devices>");
        vms.guests.start(guest.name(), xml);
    }

    private static String address(int slot) {
        return "<address type='pci' domain='0' bus='0' slot='%d' function='0'/>".formatted(slot);
    }

    // Left to libvirt, the last controllers come behind a bridge that it adds, and so does what is
    // plugged in later; the firmware has given that bridge too little memory for a link.
    private void startWithABridge(GuestSpec guest) throws IOException {
        Files.createDirectories(guest.directory());
        StringBuilder controllers = new StringBuilder();
        for (int i = 0; i < SLOTS; i++) {
            controllers.append(
                    "<controller type='scsi' index='%d' model='lsilogic'/>".formatted(i));
        }
        String xml = guest.xml().replace("</devices>", controllers + "</devices>");
        vms.guests.start(guest.name(), xml);
    }

    private String state() throws Exception {
        return bed.request("links", null).path(0).path("state").asText();
    }

    private String machines() throws Exception {
        return bed.agent().machines().toCompletableFuture().get().toString();
    }
}
