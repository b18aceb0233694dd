package org.skyway.experiments.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.experiments.dpdk.Testpmd;

/// Stock DPDK applications that play guests (virtio-user) at vhost-user ports.
@Timeout(180)
class VhostUserIT extends StockBed {
    private String device(int n, String socket, String more) {
        return "net_virtio_user%d,path=%s,queues=1,queue_size=1024%s"
                .formatted(n, dir.resolve(socket), more);
    }

    /// Packets of Skyway's own VNFs go through a testpmd that connects at one port and listens at
    /// the other, byte for byte and in order, while rules change which way the switch takes.
    @ParameterizedTest
    @ValueSource(strings = {"", ",mrg_rxbuf=0"})
    void testpmdForwardsEveryPacketWhoeverListens(String more) throws Exception {
        port(5, "dpdkvhostuser", "vhost5");
        port(6, "dpdkvhostuserclient,socket=their.sock", "vhost6");
        Testpmd middle =
                stock(
                        "middle",
                        1,
                        "io",
                        device(0, "vhost5", more),
                        device(1, "their.sock", ",server=1" + more));
        middle.tell("start");
        awaitUp("vhost5", "vhost6");
        String agreed = shown("vhost5").get("agreed").asText();
        assertTrue(agreed.startsWith("virtio 1"), agreed);
        assertEquals(more.isEmpty(), agreed.contains("mergeable"), agreed);
        assertTrue(agreed.contains("rx 1024, tx 1024 slots"), agreed);
        assertEquals(middle.program().pid(), shown("vhost6").get("pid").asLong());
        rule(1, 5);
        rule(6, 4);
        forwards("vhost5", "vhost6", () -> endAndBegin(6, "vhost6", "vnf4"));
        assertEquals(0, middle.quit());
        awaitDown("vhost5");
        awaitDown("vhost6");
    }

    @Test
    void fullSpeedIsCountedAndAListenerOutlivesTheSwitch() throws Exception {
        port(5, "dpdkvhostuser", "vhost5");
        port(6, "dpdkvhostuserclient,socket=their.sock", "vhost6");
        Testpmd receiver = stock("receiver", 1, "rxonly", device(0, "their.sock", ",server=1"));
        Testpmd sender = stock("sender", 0, "txonly", device(0, "vhost5", ""));
        awaitUp("vhost5", "vhost6");
        rule(5, 6);
        receiver.tell("start");
        sender.tell("start");
        awaitCutThrough("vhost5", "vhost6");
        await(() -> counted("vhost6", "txPackets") > 100_000, "packets");
        sender.tell("stop");
        long sent = sender.statistics(0).get("TX-packets");
        await(() -> counted("vhost5", "rxPackets") == sent, "all " + sent + " packets");
        await(
                () -> receiver.statistics(0).get("RX-packets") == counted("vhost6", "txPackets"),
                "equal counters");
        assertEquals(sent, counted("vhost6", "txPackets") + counted("vhost6", "txDropped"));

        sender.tell("start");
        sender.program().kill();
        awaitDown("vhost5");
        Testpmd next = stock("next", 0, "txonly", device(0, "vhost5", ""));
        awaitUp("vhost5");
        next.tell("start");
        long before = receiver.statistics(0).get("RX-packets");
        await(() -> receiver.statistics(0).get("RX-packets") > before + 10_000, "its packets");

        // The next switch has the ports, which nobody configured, and finds who listens.
        replaceSwitch();
        await(
                () -> {
                    receiver.linkStatus(0); // asked for that, it finds that somebody has connected
                    return shown("vhost6").get("up").asBoolean();
                },
                "port vhost6 that is up again");
        Testpmd third = stock("third", 0, "txonly", device(0, "vhost5", ""));
        awaitUp("vhost5");
        third.tell("start");
        long then = receiver.statistics(0).get("RX-packets");
        await(() -> receiver.statistics(0).get("RX-packets") > then + 10_000, "packets again");
    }
}
