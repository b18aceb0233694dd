package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.dpdk.DpdkDriver;
import org.skyway.experiments.vm.host.GuestSpec;
import org.skyway.experiments.vm.image.GuestImage;
import org.skyway.vswitch.config.SwitchConfig;

/// Two guests with stock testpmd, whose driver in C finds ports and links as ivshmem devices.
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class TestpmdGuestsIT {
    private static final String FLOW = "priority=100,in_port=1,actions=output:2";
    private static final Pattern RECEIVED = Pattern.compile("RX-packets: (\\d+)");

    @Test
    void linksComeAndGoBetweenGuestsWithTestpmd() throws Exception {
        String missing = DpdkDriver.missing();
        assumeTrue(missing == null, missing);
        try (VmBed vms = new VmBed(2, SwitchConfig.LIBVIRT, GuestImage::testpmd)) {
            SwitchBed bed = vms.bed;
            GuestSpec sink = testpmd(vms, "sink", "vnf2", "rxonly");
            GuestSpec source = testpmd(vms, "source", "vnf1", "txonly");
            vms.guests.start(sink);
            vms.guests.start(source);
            vms.awaitDriver("vnf2");
            vms.awaitDriver("vnf1");
            bed.addFlow(FLOW);
            bed.awaitLinks(1);
            for (int round = 0; round < 2; round++) {
                long before = received(sink);
                vms.await("packets on the bypass", () -> received(sink) > before + 1000);
                bed.deleteFlow(FLOW); // which also sees to it that the sender has obeyed
                assertEquals(0, bed.activeLinks());
                // What the port counts is what the guest has received, to the packet.
                vms.await("equal counters", () -> received(sink) == bed.counters(2).txPackets());
                bed.addFlow(FLOW);
                bed.awaitLinks(1);
            }
            vms.guests.kill("source");
            vms.await("no link", () -> bed.activeLinks() == 0);
            vms.await("unplugged device", () -> !vms.isPlugged("sink"));
        }
    }

    private static GuestSpec testpmd(VmBed vms, String name, String port, String mode) {
        return vms.spec(name, List.of(port), "testpmd", "--forward-mode=" + mode, "--port", port);
    }

    private static long received(GuestSpec guest) throws IOException {
        long last = 0;
        Matcher lines = RECEIVED.matcher(Files.readString(guest.console()));
        while (lines.find()) {
            last = Long.parseLong(lines.group(1));
        }
        return last;
    }
}
