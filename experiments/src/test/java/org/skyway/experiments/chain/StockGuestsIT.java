package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.vm.host.QemuGuest;

/// Two machines of QEMU's, with Debian's kernel and its own network driver.
@Timeout(400)
class StockGuestsIT extends StockBed {
    private static final String ONE = "guest5";
    private static final String TWO = "guest6";

    private QemuGuest one;
    private QemuGuest two;

    /// QEMU listens, and the switch connects.
    @Test
    void rulesChangeUnderLoadAndEachOfThreeIsKilledOrReset() throws Exception {
        port(5, "dpdkvhostuserclient,socket=one.sock", ONE);
        port(6, "dpdkvhostuserclient,socket=two.sock", TWO);
        one = guest("one", "one.sock", true, "--address", "10.9.0.1/24");
        two = guest("two", "two.sock", true, "--address", "10.9.0.2/24");
        connect();

        rulesChangeUnderLoad();
        countersAreEqual();
        String refusal = one.refused("migrate tcp:127.0.0.1:1");
        assertTrue(refusal.contains("LOG_SHMFD"), refusal);
        aDriverIsResetInMidBurst();
        nothingIsLostWhenTheSwitchIsKilled();
        aGuestIsKilledAndAnotherTakesItsPlace();
    }

    /// The switch listens, and QEMU connects.
    @Test
    void guestsConnectAgainAfterAnyEnd() throws Exception {
        port(5, "dpdkvhostuser,socket=one.sock", ONE);
        port(6, "dpdkvhostuser,socket=two.sock", TWO);
        one = guest("one", "one.sock", false, "--address", "10.9.0.1/24");
        two = guest("two", "two.sock", false, "--address", "10.9.0.2/24");
        connect();

        nothingIsLostWhenTheSwitchIsKilled();
        // Reset while packets come in.
        two.run("ping -i 0.01 10.9.0.1 > /dev/null 2>&1 &");
        one.reset();
        awaitDown(ONE);
        assertEquals("its driver has stopped", shown(ONE).get("trouble").asText());
        awaitLong(() -> shown(ONE).get("up").asBoolean(), ONE + " that is up again");
        await(() -> two.tryTo("ping -c 1 -W 1 10.9.0.1").contains(" 0% packet loss"), "an answer");
    }

    private void connect() throws Exception {
        one.run("true"); // has booted
        two.run("true");
        awaitUp(ONE, TWO);
        String agreed = shown(ONE).get("agreed").asText();
        assertTrue(agreed.startsWith("virtio 1, mergeable, indirect, rx 1024, tx 1024"), agreed);
        assertEquals(one.program().pid(), shown(ONE).get("pid").asLong());
        rule(5, 6);
        rule(6, 5);
        awaitCutThrough(ONE, TWO);
        awaitCutThrough(TWO, ONE);
        one.run("echo 8000000 > /proc/sys/net/core/rmem_default; iperf3 -s -D");
        String ping = two.run("ping -c 3 10.9.0.1");
        assertTrue(ping.contains(" 0% packet loss"), ping);
        knowEachOther();
    }

    // They need not ask, which is done in vain while there is no switch.
    private void knowEachOther() {
        String read = "cat /sys/class/net/eth0/address";
        one.run("arp -s 10.9.0.2 " + two.run(read).strip());
        two.run("arp -s 10.9.0.1 " + one.run(read).strip());
    }

    // Datagrams that iperf3 numbers.
    private void rulesChangeUnderLoad() throws Exception {
        long dropped = counted(ONE, "txDropped");
        two.begin("iperf3 -c 10.9.0.1 -u -b 4M -l 1000 -t 6 --json");
        int rounds = 0;
        do {
            endAndBegin(6, TWO, ONE);
            rounds++;
        } while (!two.hasEnded());
        assertTrue(rounds > 3, "rules changed " + rounds + " times only");
        JsonNode stream = udp();
        assertEquals(0, stream.path("out_of_order").asLong(-1), stream::toString);
        assertTrue(stream.path("packets").asLong() > 1000, stream::toString);
        long lost = stream.path("lost_packets").asLong(-1);
        // A guest that has no processor for seconds lets its queue run over.
        assertTrue(lost <= counted(ONE, "txDropped") - dropped, stream::toString);
    }

    private JsonNode udp() throws IOException {
        return new ObjectMapper().readTree(two.said()).at("/end/streams/0/udp");
    }

    private void countersAreEqual() throws InterruptedException {
        await(
                () -> counted(TWO, "rxPackets") == two.counter("tx_packets"),
                "equal counters of " + TWO);
        await(
                () -> counted(ONE, "txPackets") == one.counter("rx_packets"),
                "equal counters of " + ONE);
        await(() -> counted(ONE, "rxPackets") == one.counter("tx_packets"), "equal counters");
        await(
                () ->
                        counted(TWO, "txPackets") + counted(TWO, "txDropped")
                                == counted(ONE, "rxPackets"),
                "one way's");
        await(
                () ->
                        counted(ONE, "txPackets") + counted(ONE, "txDropped")
                                == counted(TWO, "rxPackets"),
                "the other's");
    }

    private void aDriverIsResetInMidBurst() throws Exception {
        two.begin("iperf3 -c 10.9.0.1 -u -b 8M -l 1000 -t 4 --connect-timeout 3000");
        long before = counted(ONE, "txPackets");
        await(() -> counted(ONE, "txPackets") > before + 500, "a burst");
        String device = one.run("cd /sys/bus/virtio/drivers/virtio_net; echo virtio*").strip();
        one.run("echo %s > /sys/bus/virtio/drivers/virtio_net/unbind".formatted(device));
        awaitDown(ONE);
        assertEquals("its driver has stopped", shown(ONE).get("trouble").asText());
        assertTrue(shown(TWO).get("up").asBoolean());
        one.run("echo %s > /sys/bus/virtio/drivers/virtio_net/bind".formatted(device));
        one.run("ip link set eth0 up; ip address add 10.9.0.1/24 dev eth0");
        knowEachOther();
        awaitUp(ONE);
        awaitCutThrough(TWO, ONE);
        await(() -> two.tryTo("ping -c 1 -W 1 10.9.0.1").contains(" 0% packet loss"), "an answer");
        awaitLong(two::hasEnded, "end of iperf3");
    }

    // One burst may come twice; what comes late is one of that.
    private void nothingIsLostWhenTheSwitchIsKilled() throws Exception {
        two.begin("iperf3 -c 10.9.0.1 -u -b 400K -l 1000 -t 15 --json");
        long before = counted(TWO, "rxPackets");
        await(() -> counted(TWO, "rxPackets") > before + 50, "datagrams");
        replaceSwitch();
        awaitUp(ONE, TWO);
        awaitCutThrough(TWO, ONE);
        awaitLong(two::hasEnded, "end of iperf3");
        JsonNode stream = udp();
        assertEquals(0, stream.path("lost_packets").asLong(-1), stream::toString);
        assertTrue(stream.path("out_of_order").asLong(-1) <= 32, stream::toString);
    }

    private void aGuestIsKilledAndAnotherTakesItsPlace() throws Exception {
        two.run("ping -i 0.01 10.9.0.1 > /dev/null 2>&1 &");
        one.program().kill();
        awaitDown(ONE);
        assertEquals("the other side is gone", shown(ONE).get("trouble").asText());
        long before = counted(TWO, "rxPackets");
        await(() -> counted(TWO, "rxPackets") > before + 100, "packets of the other");
        assertTrue(shown(TWO).get("up").asBoolean());
        two.run("killall ping; arp -d 10.9.0.1"); // its next packets would wait for an answer
        one = guest("next", "one.sock", true, "--address", "10.9.0.1/24");
        awaitLong(() -> shown(ONE).get("up").asBoolean(), ONE + " that is up");
        one.run("true");
        String ping = one.run("ping -c 3 10.9.0.2");
        assertTrue(ping.contains(" 0% packet loss"), ping);
        awaitCutThrough(ONE, TWO);
    }
}
